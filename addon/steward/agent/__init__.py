"""The agent: from an alert to a verified repair. Its stages exchange data only through the store."""
