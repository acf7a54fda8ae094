"""The configured instances: their connections, their readings, and the relations between their targets."""
