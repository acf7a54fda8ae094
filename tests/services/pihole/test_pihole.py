"""Pi-hole: the session, states of filtering, lists that cannot be loaded, and restarts."""

import pytest

from lab.visit import visit
from lab.wire import Json
from services.pihole import BLOCKING, FIXTURE, LISTS, LOGIN, PART, SID, VERSION, listed
from steward.sdk.description import Effect


async def test_without_a_password_there_is_no_session() -> None:
    async with visit("pihole") as here:
        answer: Json = {"session": {"valid": True, "sid": None, "validity": -1}}
        here.served.state.answers[LOGIN] = answer
        used = await here.client._current()
        assert dict(used.headers) == {}


async def test_a_session_that_expired_is_renewed_once() -> None:
    async with visit("pihole") as here:
        await here.poll()
        logins = [one for one in here.served.requests if one.path == "/api/auth"]
        assert len(logins) == 1
        assert SID not in str(here.client._credentials)


@pytest.mark.parametrize(
    ("blocking", "filtering", "running"),
    [
        ("enabled", True, True),
        ("disabled", False, True),
        ("failed", False, False),
        ("unknown", None, None),
        ("odd", None, True),
    ],
)
async def test_what_it_says_of_filtering(blocking: str, filtering: bool | None, running: bool | None) -> None:  # noqa: FBT001
    async with visit("pihole") as here:
        here.served.state.answers[BLOCKING] = {"blocking": blocking, "timer": None}
        shown = await here.snapshot()
        assert (shown.values["filtering"], shown.values["running"]) == (filtering, running)


@pytest.mark.parametrize(("part", "latest"), [({"local": None, "remote": None}, None), (PART, "v6.4")])
async def test_the_versions_of_its_parts(part: Json, latest: str | None) -> None:
    async with visit("pihole") as here:
        here.served.state.answers[VERSION] = {"version": {"core": PART, "web": part, "ftl": part}}
        values = (await here.snapshot()).values
        assert (values["version"], values["latest_version"]) == ("v6.3", "v6.4")
        assert (values["web"], values["latest_web"]) == (latest and "v6.3", latest)
        assert (values["ftl"], values["latest_ftl"]) == (latest and "v6.3", latest)


async def test_a_list_that_did_not_change_is_not_old() -> None:
    async with visit("pihole") as here:
        here.served.state.answers[LISTS] = {"lists": [listed(1, "Ads", 2), listed(2, "Malware", 4)]}
        found = (await here.checks()).problems[("lists_outdated", None)]
        assert found == "https://lists.example.org/2.txt: It could not be downloaded, and there is no copy"


async def test_a_restart_is_seen_by_its_uptime() -> None:
    async with visit("pihole") as here:
        restart, call = here.action("restart"), await here.call(FIXTURE.rounds[3])
        before = await restart.dry_run(here.client, call)
        here.clock.advance(7)
        assert await restart.probe(here.client, call, before.baseline) is Effect.NOT_SEEN
        await restart.execute(here.client, call, before.baseline)
        result = await restart.verify(here.client, call, before.baseline)
        assert (result.ok, result.text) == (True, "running since 2026-11-18 11:06 UTC")


async def test_messages_are_shown() -> None:
    async with visit("pihole") as here:
        await here.make_unhealthy()
        tool = here.tool("messages")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.startswith("LOAD: Long-term load")
