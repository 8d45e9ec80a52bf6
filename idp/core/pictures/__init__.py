"""Pictures that others send, and what becomes of them before they are served."""
