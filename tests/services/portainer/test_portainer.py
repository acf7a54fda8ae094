"""What the service understands of several engines behind one address."""

import pytest

from lab.visit import Visit, visit
from services.portainer import FIXTURE, PortainerSimulator, environment, stack
from steward.errors import PreconditionFailed, ServiceRefused
from steward.sdk.coverage import Gaps
from steward.sdk.item_versions import versions
from steward.services.portainer import SERVICE

ROUNDS = {one.action: one for one in FIXTURE.rounds}


def served(here: Visit) -> PortainerSimulator:
    assert isinstance(here.served, PortainerSimulator)
    return here.served


async def test_containers_of_one_name_are_told_apart_by_their_environment() -> None:
    async with visit("portainer") as here:
        served(here).engines[2].add("radarr")
        shown = await here.snapshot()
        found = [one for one in shown.resources if one.name == "radarr"]
        assert [(one.id, one.parent.id if one.parent else "") for one in found] == [
            ("1/radarr", "1"),
            ("2/radarr", "2"),
        ]
        action, call = here.action("restart"), await here.call(ROUNDS["restart"])
        dry = await action.dry_run(here.client, call)
        await action.execute(here.client, call, dry.baseline)
        other = served(here).engines[(call.target.id == "1/radarr" and 2) or 1].containers["radarr"]
        assert other["State"]["StartedAt"].endswith("123456789Z")


async def test_an_environment_that_is_down_is_a_gap_and_no_loss() -> None:
    async with visit("portainer") as here:
        served(here).environments[1]["Status"] = 2
        shown, checks = await here.snapshot(), await here.checks()
        assert {one.id for one in shown.resources if one.kind == "container"} == {"1/radarr", "1/grafana"}
        assert "container" in {gap.part for gap in shown.coverage.gaps}
        assert shown.values["containers_running"] is None
        assert "attic" in checks.problems["environment_down", ("environment", "2")]
        served(here).environments[1]["Status"] = 3
        assert ("environment_down", ("environment", "2")) in (await here.checks()).unknown


async def test_an_engine_that_fails_costs_its_own_containers() -> None:
    async with visit("portainer") as here:
        served(here).engines[2].broken = {"/containers/json": 500}
        shown = await here.snapshot()
        assert {one.id for one in shown.resources if one.kind == "container"} == {"1/radarr", "1/grafana"}


async def test_a_cluster_is_listed_and_not_asked_for_containers() -> None:
    async with visit("portainer") as here:
        shown = await here.snapshot()
        assert {one.name for one in shown.resources if one.kind == "environment"} == {
            "nas",
            "attic",
            "cluster",
        }
        assert not [one for one in served(here).requests if "/endpoints/3/" in one.path]


async def test_stacks_that_are_being_deployed_are_neither_on_nor_off() -> None:
    async with visit("portainer") as here:
        served(here).stacks[0]["Status"] = 3
        checks = await here.checks()
        assert ("stack_failed", ("stack", "4")) in checks.unknown
        tool = here.tool("stacks")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text == "tools: stopped\nmedia: being deployed"


async def test_a_stack_that_is_gone_or_refused_is_named() -> None:
    async with visit("portainer") as here:
        call = await here.call(ROUNDS["stop_stack"])
        await here.client.turn(call, "stop")
        with pytest.raises(ServiceRefused, match="409"):
            await here.client.turn(call, "stop")
        served(here).stacks[:] = [stack(5, "tools", 2)]
        with pytest.raises(PreconditionFailed, match="no stack media"):
            await here.client.stack(call)


async def test_images_are_listed_by_environment() -> None:
    async with visit("portainer") as here:
        served(here).environments.append(environment(9, "off", 1, 2))
        tool = here.tool("images")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "nas: radarr:5: sha256:old, 256 MiB, used" in text
        assert "attic: radarr:6: sha256:new, 256 MiB, not used" in text


async def test_its_containers_are_those_of_the_engines() -> None:
    async with visit("portainer") as here:
        served(here).engines[1].info = {"ID": "7TRN:IPZB"}
        served(here).engines[2].denied = ("/info",)
        found = {one.id: one.identity for one in versions(SERVICE, await here.client.poll(Gaps()))}
        assert found["1/radarr"] is not None
        assert found["1/radarr"].place == "7TRN:IPZB/nas/radarr"
        assert {one.place for key, one in found.items() if one is not None and key[0] == "2"} <= {""}
