"""What is decided about sign-ins, as pages ask and show it."""
