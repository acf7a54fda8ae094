"""What the services behind a Kubernetes API server share: the client, metadata, conditions, and rights."""
