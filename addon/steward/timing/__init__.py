"""When something is due, and the scheduler that runs it."""
