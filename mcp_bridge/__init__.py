"""A bridge for other assistants: the steward's tools over MCP and as plain REST."""
