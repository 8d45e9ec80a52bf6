"""Where a browser's session is kept: in a store here, or sealed in its cookies."""
