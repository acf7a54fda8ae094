"""Builds groups of parts and connects them to each other."""
