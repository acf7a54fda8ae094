"""Who may decide what: the gate, fences, elevation, and the pause."""
