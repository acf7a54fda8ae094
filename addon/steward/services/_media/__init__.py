"""What the services that know who streams what share. Names of people and titles are not read."""
