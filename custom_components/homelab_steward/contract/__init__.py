"""The wire contract between the app and its clients."""
