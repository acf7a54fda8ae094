"""Tests of the services: one folder each, found by the service's key; its FIXTURE is in ``__init__``."""
