"""The shared parts of monitors that list items with a status: sensors, a check, and alerts."""
