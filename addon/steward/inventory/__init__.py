"""The configured instances: connection, readings, and the relations between them."""
