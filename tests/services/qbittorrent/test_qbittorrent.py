"""qBittorrent: versions, sessions, and what its states mean."""

import pytest

from lab.replay import Raw
from lab.visit import visit
from lab.wire import Json
from services.qbittorrent import DATA, TORRENTS, data, torrent
from steward.errors import ServiceForbidden, ServiceMalformed

STUCK = ("queue_stuck", None)


async def test_version_5_has_other_names_for_start_and_stop() -> None:
    async with visit("qbittorrent") as here:
        here.served.state.answers["GET /api/v2/app/version"] = Raw(text="v5.1.2")
        pause = here.action("pause")
        call = await here.call_of(pause)
        before = await pause.dry_run(here.client, call)
        assert [(one.field, one.before) for one in before.differences] == [
            ("Debian DVD", "running"),
            ("Map tiles", "running"),
        ]
        here.served.requests.clear()
        with pytest.raises(Exception, match="404"):
            await pause.execute(here.client, call, before.baseline)
        assert here.served.requests[-1].path.endswith("/api/v2/torrents/stop")


async def test_a_session_that_ended_is_renewed() -> None:
    async with visit("qbittorrent") as here:
        await here.poll()
        here.served.state.values["session"] = "def456"
        assert (await here.snapshot()).values["torrents"] == 3


async def test_too_many_logins_are_refused_with_the_reason() -> None:
    async with visit("qbittorrent") as here:
        here.served.state.answers["POST /api/v2/auth/login"] = Raw(status=403, text="banned")
        with pytest.raises(ServiceForbidden):
            await here.poll()


@pytest.mark.parametrize(
    ("states", "is_stuck"),
    [
        (["stalledDL", "metaDL"], True),
        (["stalledDL", "downloading"], False),
        (["pausedDL"], False),
        ([], False),
    ],
)
async def test_it_is_stuck_when_no_download_gets_data(states: list[str], is_stuck: bool) -> None:  # noqa: FBT001
    async with visit("qbittorrent") as here:
        rows: list[Json] = [torrent(str(number), "x", one) for number, one in enumerate(states)]
        here.served.state.answers[TORRENTS] = rows
        assert (STUCK in (await here.checks()).problems) is is_stuck


async def test_a_disk_that_was_not_measured_is_not_known() -> None:
    async with visit("qbittorrent") as here:
        here.served.state.answers[DATA] = data(free_space_on_disk=-1)
        assert (await here.snapshot()).values["free_disk"] is None
        assert ("download_disk_full", None) in (await here.checks()).unknown


async def test_failed_torrents_are_shown_first() -> None:
    async with visit("qbittorrent") as here:
        await here.make_unhealthy()
        for key in ("queue", "failed"):
            tool = here.tool(key)
            text = (await tool.read(here.client, await here.call_of(tool))).text
            assert text.startswith("Debian DVD: missingFiles, 700 MiB left")


async def test_a_list_with_a_gap_is_not_changed() -> None:
    async with visit("qbittorrent") as here:
        here.served.state.answers[TORRENTS] = [torrent("aa11", "Debian DVD", "downloading"), {"name": "odd"}]
        pause = here.action("pause")
        with pytest.raises(ServiceMalformed):
            await pause.dry_run(here.client, await here.call_of(pause))
