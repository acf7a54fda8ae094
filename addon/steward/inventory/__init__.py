"""The configured services: where they are, how they are, what runs on what."""
