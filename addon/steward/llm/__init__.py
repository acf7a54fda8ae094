"""Language models: the gateway, privacy classification, redaction and egress."""
