"""What we know of homelab programs: one folder each, found and not listed."""
