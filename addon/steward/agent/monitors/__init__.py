"""Monitors: their testimonies about devices, whether they agree, and which of them are silent."""
