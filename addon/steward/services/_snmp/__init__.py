"""What devices with SNMP share: the protocol, a client that reads tables, and the system group."""
