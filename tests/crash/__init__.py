"""Ends the app wherever it commits, sends, or publishes, and compares what follows with the world."""
