"""What Sonarr, Radarr, Prowlarr and their relatives share."""
