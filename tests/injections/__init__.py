"""Measures what text from outside brings about: script/steward eval injection FILE."""
