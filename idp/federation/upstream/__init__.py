"""The protocol with an upstream provider: what is asked, and what is believed."""
