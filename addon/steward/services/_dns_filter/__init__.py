"""What the DNS servers that filter advertisements share: AdGuard Home and Pi-hole."""
