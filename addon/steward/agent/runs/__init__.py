"""Carries out approved requests, verifies and undoes their runs, and records the results."""
