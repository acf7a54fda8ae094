"""Measures the answers of the conversation in the lab: script/steward eval conversation FILE."""
