"""Detectors of private text: by its pattern, by the name of a value, or by its context."""
