"""Draws charts, and the courses of readings over the last hours as pictures."""
