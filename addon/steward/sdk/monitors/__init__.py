"""What monitors share that list what they watch with a status: sensors, a check, and alerts."""
