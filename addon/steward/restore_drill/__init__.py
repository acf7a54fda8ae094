"""Restores the newest backups in isolation, and keeps how far each could be restored."""
