"""From alerts to incidents, and what people say about incidents."""
