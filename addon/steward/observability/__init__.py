"""Logs without secrets, and metrics."""
