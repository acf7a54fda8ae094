"""Offers the steward's tools over MCP and REST."""
