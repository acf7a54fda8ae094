"""A simulated homelab on loopback: stateful simulators of services."""
