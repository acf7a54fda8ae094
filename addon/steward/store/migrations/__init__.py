"""The shape of the database, version by version."""
