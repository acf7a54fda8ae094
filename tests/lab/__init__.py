"""A simulated homelab on loopback: stateful stand-ins for the programs a steward meets."""
