"""Earned autonomy: the level of each runbook, its evidence, and its changes."""
