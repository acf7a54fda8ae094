"""The tests of store and agent with PostgreSQL instead of SQLite."""

import os
import re
import subprocess
import sys

import pytest

from real.conftest import LONGEST, Record
from real.postgresql import ROOT, PostgresqlServer
from rig.databases import SERVER

SHARE = int(os.environ.get("STEWARD_TEST_SHARE", "5"))
"""Of the many tests of the agent, one in so many is run."""

PARTS = (("store", 1), ("agent", SHARE), ("changes/test_pipeline.py", SHARE))


@pytest.mark.parametrize(("part", "share"), PARTS)
def test_the_tests_of_sqlite_pass_on_postgresql(
    postgresql: PostgresqlServer, part: str, share: int, record_testsuite_property: Record
) -> None:
    command = [sys.executable, "-m", "pytest", f"tests/steward/{part}", "-q", "-n", "2", "--timeout", "600"]
    sample = ["-p", "rig.sample", "--share", str(share), "--seed", "11"]
    done = subprocess.run(
        [*command, *sample, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {SERVER: postgresql.url},
        timeout=LONGEST,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:] + done.stdout[-8_000:]
    count = re.search(r"\d+ passed.*", done.stdout)
    assert count is not None
    record_testsuite_property(f"PostgreSQL, tests of the {part}", count[0].strip("= "))
