"""A sample of the replicas of script/torture."""

import os
import subprocess
import sys

from real.conftest import LONGEST, Record
from real.postgresql import ROOT, PostgresqlServer
from rig.databases import SERVER

SECONDS = 30


def test_replicas_that_are_killed_and_stopped_do_nothing_twice(
    postgresql: PostgresqlServer, record_testsuite_property: Record
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "torture", "--replicas", str(SECONDS), "--seed", "11"],
        cwd=ROOT,
        env=os.environ
        | {SERVER: postgresql.url, "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT / 'addon'}"},
        timeout=LONGEST,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    stopped, figures = done.stdout.splitlines()[:2]
    record_testsuite_property("PostgreSQL, replicas", f"{figures}, {stopped}")
