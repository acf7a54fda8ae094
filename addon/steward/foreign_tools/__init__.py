"""Tools of other servers: which may be used, their pinned definitions, and their calls."""
