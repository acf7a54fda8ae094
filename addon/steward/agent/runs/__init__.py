"""Carries out what was approved, verifies it, undoes it, and records how it ended."""
