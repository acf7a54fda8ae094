"""Tests with real programs; script/test-real fetches them and runs the tests."""
