"""Copies of the app's own backups in object storage: encrypted, read back, and only so many kept."""
