"""What is wrong: readings, explanations, and similar incidents of the past."""
