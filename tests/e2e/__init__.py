"""End-to-end tests: the steward as a separate process, with faults."""
