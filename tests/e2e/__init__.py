"""The steward as a process of its own, through the worst."""
