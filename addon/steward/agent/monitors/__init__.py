"""What monitors say about devices, whether they agree, and which of them are silent."""
