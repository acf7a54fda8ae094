"""A pytest plugin with the settings of all properties."""

from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail: each test has the time limit of pytest-timeout.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
