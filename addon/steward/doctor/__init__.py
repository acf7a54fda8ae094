"""The doctor: checks of everything that the app depends on. What is read is apart from what it means."""
