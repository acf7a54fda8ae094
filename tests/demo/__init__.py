"""The whole product on one machine: real Home Assistant, the steward and the lab."""
