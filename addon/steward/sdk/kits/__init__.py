"""Action kits: complete actions from a few reads and one write."""
