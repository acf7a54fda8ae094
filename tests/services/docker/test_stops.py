"""Whether a container that ended was meant to end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from steward.services._docker.models import Details

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ended(policy: str, *, ago: timedelta = timedelta(seconds=20), **state: Any) -> Details:
    time = (NOW - ago).isoformat()
    described = {
        "Status": "exited",
        "Running": False,
        "Paused": False,
        "Restarting": False,
        "OOMKilled": False,
        "ExitCode": 0,
        "StartedAt": time,
        "FinishedAt": time,
        **state,
    }
    container = {
        "Id": "1",
        "Name": "/radarr",
        "State": described,
        "HostConfig": {"Memory": 0, "RestartPolicy": {"Name": policy}},
        "Config": {"Image": "radarr", "Tty": False},
        "RestartCount": 0,
    }
    return msgspec.convert(container, Details, strict=False)


LONG = timedelta(hours=1)


@pytest.mark.parametrize(
    ("details", "is_meant"),
    [
        (ended("unless-stopped"), True),
        (ended("unless-stopped", ExitCode=143), True),
        (ended("always", ExitCode=137), True),
        (ended("no"), True),
        (ended("no", ExitCode=3), False),
        (ended("no", ExitCode=3, ago=LONG), True),
        (ended("", OOMKilled=True, ExitCode=137, ago=LONG), True),
        (ended("no", OOMKilled=True, ExitCode=137), False),
        (ended("always", ExitCode=3, ago=LONG), False),
        (ended("on-failure", Status="dead", ago=LONG), False),
        (ended("always", Status="created", Error="port in use", ago=LONG), False),
    ],
)
def test_only_an_end_without_an_error_or_long_ago_is_meant(details: Details, is_meant: bool) -> None:  # noqa: FBT001
    assert details.stop(NOW).is_meant is is_meant
