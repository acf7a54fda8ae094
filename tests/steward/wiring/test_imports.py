"""What the app loads when it starts: nothing that only some homelabs need, and every table."""

import subprocess
import sys

from steward.store.schema import metadata
from steward.wiring.backup_commands import ALL_TABLES

LATER = ("alembic", "fastmcp", "hassil", "litellm", "pysnmp", "telegram")
"""Packages that take long to load, and which the first use loads."""

CODE = f"""
import sys
import steward.app
from steward.store.schema import metadata
print([one for one in {LATER} if one in sys.modules], len(metadata.tables))
"""


def test_the_app_loads_what_every_homelab_needs() -> None:
    assert ALL_TABLES
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", str(len(metadata.tables))]
