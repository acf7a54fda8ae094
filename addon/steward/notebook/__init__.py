"""The notebook: the homelab, what happened, and what people decided, as Markdown."""
