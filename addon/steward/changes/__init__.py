"""Updates of what runs in the homelab: read, judged, approved, applied, watched, and taken back."""
