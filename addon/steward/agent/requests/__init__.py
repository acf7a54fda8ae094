"""Requests that wait for a decision: those that the steward proposes, and those that people make."""
