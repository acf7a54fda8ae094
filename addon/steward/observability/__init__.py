"""What the app tells of itself: logs without secrets, and figures."""
