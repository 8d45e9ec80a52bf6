"""What is kept of each refusal: by which check, what was received, and what helps."""
