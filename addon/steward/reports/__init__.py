"""The weekly report: reads the store, computes figures, and writes text and pictures."""
