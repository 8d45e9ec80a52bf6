"""People: who they are, how they prove it, and the browser sessions they hold."""
