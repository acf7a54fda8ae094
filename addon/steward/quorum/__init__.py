"""What several monitors say about the same device, and whether they agree. Pure."""
