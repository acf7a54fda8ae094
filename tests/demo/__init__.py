"""The demo: real Home Assistant, the steward and the lab on one machine."""
