"""Measures the first diagnosis of recorded incidents: script/steward eval incidents DIR."""
