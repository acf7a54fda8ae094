"""The loop: one module per stage, which meet only in the store."""
