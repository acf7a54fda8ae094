"""A pytest plugin with the settings of all properties, of what the tests log, and of their databases."""

import coverage
import pytest
from hypothesis import HealthCheck, settings
from structlog.dev import ConsoleRenderer, plain_traceback

from .shared_statements import share_statements

# A busy machine is no reason to fail: each test has the time limit of pytest-timeout.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# By default it formats the source and all local variables with rich, which takes up to a second each time.
ConsoleRenderer.get_active().exception_formatter = plain_traceback

share_statements()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Save what a worker has measured: one that does not end within ten seconds is killed by xdist."""
    measured = coverage.Coverage.current()
    if measured is not None and hasattr(session.config, "workerinput"):
        measured.stop()
        measured.save()
