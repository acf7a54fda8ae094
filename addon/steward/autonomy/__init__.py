"""What the steward may do without a person: evidence, levels, and their evaluation. Pure."""
