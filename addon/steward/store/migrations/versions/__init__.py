"""One module per change of shape."""
