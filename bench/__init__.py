"""Benchmarks. Where possible, a peer is measured in the same run."""
