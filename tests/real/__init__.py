"""The steward before programs that are what they say; script/test-real fetches them and runs this."""
