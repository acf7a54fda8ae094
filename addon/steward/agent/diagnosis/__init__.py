"""Diagnoses of incidents: evidence, explanations, and similar incidents of the past."""
