"""The lines that say what is wrong come before those that are first."""

import pytest

from steward.agent.diagnosis.diagnoser import telling_lines

LOG = ["starting", "ready", "ERROR: database is locked", "retry", "Traceback (most recent call last)", "bye"]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (LOG, ["ERROR: database is locked", "Traceback (most recent call last)"]),
        ([*LOG, "OSError: no space left on device"], [LOG[4], "OSError: no space left on device"]),
        (["a", "b", "c"], ["a", "b"]),
        (["a"], ["a"]),
        ([], []),
        (["tank: ONLINE", "sdb: ONLINE", "sdc: FAULTED"], ["sdc: FAULTED"]),
        (
            ["scrub repaired 0 B with 0 errors", "0 failed units", "out of memory: no"],
            ["scrub repaired 0 B with 0 errors", "0 failed units"],
        ),
        (["finished without errors", "errors: none", "last: permission denied"], ["last: permission denied"]),
        (["x" * 400 + " error", "b", "c"], ["x" * 400 + " error", "b"]),
        (["pod a: ImagePullBackOff", "pod b: running"], ["pod a: ImagePullBackOff"]),
    ],
)
def test_lines_that_are_shown(lines: list[str], shown: list[str]) -> None:
    assert telling_lines(lines, 2) == shown
