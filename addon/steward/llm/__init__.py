"""Everything that talks to a language model: what may leave the house, and through which door."""
