"""Answers that real programs gave are read without a gap, where they are at hand."""

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from homelab_steward.contract.state import CoverageStatus
from lab.visit import visit

PAYLOADS: Final = Path(os.environ.get("STEWARD_SHARED", Path(__file__).parents[4] / "shared")) / "payloads"
SAB: Final = "recorded/sabnzbd-5.1.3/sab-5.1.3"
DSM: Final = "synology/py-synologydsm-api"
ENTRY: Final = "GET /webapi/entry.cgi?api"
UPGRADE: Final = f"{ENTRY}=SYNO.Core.Upgrade.Server"
CASES: Final = (
    ("tautulli", "GET /api/v2?cmd=get_activity", "tautulli/pytautulli/get_activity.json", ""),
    ("sonarr", "GET /api/v3/queue", "arr/aiopyarr/radarr/queue-details.json", ""),
    ("sonarr", "GET /api/v3/diskspace", "arr/aiopyarr/common/diskspace.json", ""),
    ("sonarr", "GET /api/v3/rootfolder", "arr/aiopyarr/common/rootfolder.json", ""),
    ("sonarr", "GET /api/v3/wanted/missing", "arr/aiopyarr/sonarr/wantedmissing.json", ""),
    ("sabnzbd", "GET /api?mode=queue", f"{SAB}_queue.json", ""),
    ("sabnzbd", "GET /api?mode=queue", f"{SAB}_queue_paused_one_job.json", ""),
    ("sabnzbd", "GET /api?mode=warnings", f"{SAB}_warnings.json", ""),
    ("searxng", "GET /search?format=json", "recorded/searxng/searxng_search.json", ""),
    ("synology", f"{ENTRY}=SYNO.DSM.Info", f"{DSM}/dsm7_dsm_info.json", "DSM_7_DSM_INFORMATION_DS213_PLUS"),
    ("synology", UPGRADE, f"{DSM}/dsm7_core_upgrade.json", "DSM_7_CORE_UPGRADE_FALSE"),
    ("synology", UPGRADE, f"{DSM}/dsm7_core_upgrade.json", "DSM_7_CORE_UPGRADE_TRUE"),
)
"""Service, route, file, and the key of the answer in the file."""

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recorded answers are not at hand")


@pytest.mark.parametrize(("key", "route", "file", "part"), CASES)
async def test_the_answer_of_a_real_program_is_read(key: str, route: str, file: str, part: str) -> None:
    answer: Any = json.loads((PAYLOADS / file).read_text())
    async with visit(key) as here:
        assert route in here.served.state.answers
        here.served.state.answers[route] = answer[part] if part else answer
        found = await here.snapshot()
    assert found.coverage.status is CoverageStatus.COMPLETE, found.coverage.gaps
