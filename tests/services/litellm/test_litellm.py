"""LiteLLM: a proxy without a database, keys that must not be shown, deployments that were not checked."""

import pytest

from lab.replay import Raw
from lab.visit import visit
from lab.wire import Json
from services.litellm import DETAILS, INFO, LATEST, details, health, latest
from steward.errors import ServiceRefused, ServiceUnauthorized


async def test_no_key_and_no_address_of_a_provider_is_shown() -> None:
    async with visit("litellm") as here:
        found, tool = await here.snapshot(), here.tool("deployments")
        shown = f"{found} {await tool.read(here.client, await here.call_of(tool))}"
        assert "sk-private" not in shown
        assert "10.0.4.7" not in shown


async def test_without_a_database_there_are_no_health_checks() -> None:
    async with visit("litellm") as here:
        here.served.state.answers[DETAILS] = details("Not connected")
        found, checks = await here.snapshot(), await here.checks()
        assert found.coverage.gaps == ()
        assert (found.values["models"], found.values["models_failing"]) == (3, None)
        assert ("database_lost", None) in checks.clear
        assert ("deployment_failing", ("deployment", "a1")) in checks.unknown
        assert "/health/latest" not in [seen.path for seen in here.served.requests]


@pytest.mark.parametrize(("status", "is_failing"), [("healthy", False), ("unhealthy", True), (None, None)])
async def test_a_deployment_fails_when_its_check_does(
    status: str | None,
    is_failing: bool | None,  # noqa: FBT001
) -> None:
    async with visit("litellm") as here:
        found = {**health("unhealthy", "Connection refused"), "status": status}
        here.served.state.answers[LATEST] = latest(a1=found, b2=health(), c3=health())
        checks, key = await here.checks(), ("deployment_failing", ("deployment", "a1"))
        assert (key in checks.problems, key in checks.clear) == (is_failing is True, is_failing is False)
        tool = here.tool("deployments")
        first = (await tool.read(here.client, await here.call_of(tool))).text.splitlines()[0]
        expected = {
            True: "local-chat: Its health check fails: Connection refused",
            False: "local-chat: healthy",
            None: "local-chat: not known (The service does not report it)",
        }
        assert first == expected[is_failing]


async def test_a_key_that_may_not_read_health_checks_is_named() -> None:
    async with visit("litellm") as here:
        assert (await here.snapshot()).missing_rights == ()
        here.served.state.answers[LATEST] = Raw(status=403, body={"detail": "only proxy admins"})
        assert len((await here.snapshot()).missing_rights) == 1
        here.served.state.answers[DETAILS] = details("Not connected")
        assert (await here.snapshot()).missing_rights == ()


@pytest.mark.parametrize(
    ("message", "error", "shown"),
    [
        ("No connected db.", ServiceUnauthorized, "not the master key"),
        ("Bad filter", ServiceRefused, "Bad filter"),
    ],
)
async def test_without_a_database_only_the_master_key_is_right(
    message: str, error: type[ServiceRefused | ServiceUnauthorized], shown: str
) -> None:
    async with visit("litellm") as here:
        refusal: Json = {"error": {"message": message, "type": "no_db_connection", "code": "400"}}
        here.served.state.answers[INFO] = Raw(status=400, body=refusal)
        with pytest.raises(error, match=shown):
            await here.client.get("model/info")
