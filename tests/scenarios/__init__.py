"""Scenarios of the general runbooks: one file each, with a tuple SCENARIOS."""
