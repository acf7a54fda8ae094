"""Foreign servers as instances of a service: readings, and calls that go through the gate."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import (
    CALL_TOOL,
    FOREIGN_TOOLS,
    READ_PRIVATE_TOOL,
    READ_TOOL,
    ToolState,
)
from homelab_steward.contract.incidents import ApprovalRequest, Incident, JournalStep, RunStatus, StepState
from rig.agent_rig import AgentRig, open_rig, opened_store
from rig.inventory import speaker
from rig.visited_inventory import Connected, VisitedInventory
from steward.clock import SystemClock
from steward.foreign_tools.output import RawOutput
from steward.foreign_tools.ports import CallLost, Offered
from steward.foreign_tools.service import ServerClient, foreign_service, instances
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import AnyService
from steward.sdk.snapshot import run_checks
from steward.sdk.validation import validate_service
from steward.texts import texts_of

from .rig import Foreign, definition

INSTANCE = "tools-lab"


class Lab:
    """An agent with a foreign server."""

    def __init__(self, foreign: Foreign, rig: AgentRig) -> None:
        self.foreign = foreign
        self.rig = rig

    async def request(self, arguments: str = '{"to": "alex"}', tool: str = "send") -> ApprovalRequest:
        """Request a call."""
        request = RequestAction(
            instance_id=INSTANCE,
            action=CALL_TOOL,
            speaker=speaker(),
            target_id=tool,
            arguments={"arguments": arguments},
        )
        asked = await self.rig.agent.requests.request(request)
        assert asked.approval_id is not None
        return await self.rig.request_with(asked.approval_id)

    async def approved(self, request: ApprovalRequest) -> JournalStep:
        """Approve a call, and return its step once its answer is in the journal."""
        await self.rig.press(request)

        def is_answered(one: Incident) -> bool:
            return one.run is not None and one.run.steps[0].state is StepState.EFFECT_KNOWN

        found = await self.rig.until(is_answered)
        assert found.run is not None
        return found.run.steps[0]


def service_of(foreign: Foreign) -> AnyService:
    return foreign_service(lambda access: ServerClient(access, foreign.registry))


@asynccontextmanager
async def laboratory(folder: Path) -> AsyncIterator[Lab]:
    clock = SystemClock()
    async with opened_store(folder / "foreign") as store, aiohttp.ClientSession() as session:
        foreign = Foreign(store)
        await foreign.start()
        service = service_of(foreign)
        (configured,) = instances(foreign.servers)
        client = service.connect(Access(settings=configured.settings, session=session, clock=clock))
        connected = Connected(service=service, client=client, clock=clock)
        inventory = VisitedInventory[Connected]({configured.id: connected})
        try:
            async with open_rig(folder, inventory=inventory) as rig:
                await inventory.poll_now(configured.id)
                yield Lab(foreign, rig)
        finally:
            await foreign.registry.close()


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    (tmp_path / "foreign").mkdir()
    async with laboratory(tmp_path) as made:
        yield made


def test_the_description_is_right(foreign: Foreign) -> None:
    assert validate_service(service_of(foreign), FOREIGN_TOOLS) == ()
    assert not service_of(foreign).offer().is_addable


@pytest.mark.parametrize("language", ["de", "es", "fr", "nl"])
def test_what_people_see_of_it_is_translated(foreign: Foreign, language: str) -> None:
    service, texts = service_of(foreign), texts_of(language)
    shown = {one.name for one in service.sensors} | {one.name for one in service.checks}
    shown |= {one.name for one in service.tools} | {one.description for one in service.actions}
    assert shown | {one.name for one in service.actions} <= texts.names.keys()
    assert texts(service.name) != service.name


async def test_a_call_is_made_once_after_its_approval_and_nothing_is_claimed(lab: Lab) -> None:
    request = await lab.request()
    (step,) = request.proposal.options[0].steps
    assert '{"to": "alex"}' in str(step.arguments)
    assert not step.reversible
    assert lab.foreign.fake.calls == []
    answered = await lab.approved(request)
    assert lab.foreign.fake.calls == [("send", {"to": "alex"})]
    assert "fine" in answered.detail
    assert "not of the steward" in answered.detail
    ended = await lab.rig.until(lambda one: one.status.is_closed)
    assert ended.run is not None
    assert ended.run.status is RunStatus.UNKNOWN
    assert len(lab.foreign.fake.calls) == 1


async def test_a_definition_that_changed_after_the_approval_was_asked_for_stops_the_call(lab: Lab) -> None:
    request = await lab.request()
    lab.foreign.fake.offer = Offered(tools=(definition("send", "Another"),), unusable={})
    await lab.rig.press(request)
    await lab.rig.until(
        lambda one: (one.id == request.incident_id and one.run is not None) or one.status.is_closed
    )
    assert lab.foreign.fake.calls == []


@pytest.mark.parametrize("is_lost", [False, True])
async def test_a_call_that_failed_is_not_made_again(lab: Lab, is_lost: bool) -> None:  # noqa: FBT001
    def fail() -> RawOutput:
        if is_lost:
            raise CallLost("no answer")
        return RawOutput(text="it broke half-way", is_error=True)

    lab.foreign.fake.answer = fail
    request = await lab.request()
    await lab.rig.press(request)
    await lab.foreign.fake.arrived.wait()
    found = await lab.rig.until(lambda one: one.status.is_closed)
    assert found.run is not None
    assert found.run.status is RunStatus.UNKNOWN
    assert found.run.steps[0].state is StepState.EFFECT_UNKNOWN
    assert len(lab.foreign.fake.calls) == 1


@pytest.mark.parametrize(("tool", "code"), [("look", ErrorCode.NOT_FOUND), ("other", ErrorCode.NOT_FOUND)])
async def test_only_a_tool_that_writes_can_be_requested(lab: Lab, tool: str, code: ErrorCode) -> None:
    with pytest.raises(ContractError) as caught:
        await lab.request(tool=tool)
    assert caught.value.code is code


@pytest.mark.parametrize("arguments", ["[]", "{", json.dumps({"a": "x" * 20_000})])
async def test_wrong_arguments_are_not_requested(lab: Lab, arguments: str) -> None:
    with pytest.raises(ContractError) as caught:
        await lab.request(arguments)
    assert caught.value.code is ErrorCode.INVALID_ARGUMENT


async def test_a_changed_definition_is_a_problem_until_it_is_accepted(foreign: Foreign) -> None:
    await foreign.start()
    service = service_of(foreign)
    async with aiohttp.ClientSession() as session:
        client = service.connect(Access(settings={"server": "lab"}, session=session, clock=foreign.clock))
        assert run_checks(service, await service.poll(client, Gaps())).problems == {}
        foreign.fake.change(definition(description="Another"), definition("mail"), definition("send"))
        await foreign.until(lambda one: one.report().servers[0].tools[0].state is ToolState.CHANGED)
        problems = run_checks(service, await service.poll(client, Gaps())).problems
    assert list(problems) == [("read_tool_unusable", ("read_tool", "look"))]
    assert "changed" in next(iter(problems.values()))


async def test_private_and_other_tools_are_different_kinds(foreign: Foreign) -> None:
    service = service_of(foreign)
    private = {one.key: one.is_owner_only for one in service.tools}
    assert private == {READ_TOOL: False, READ_PRIVATE_TOOL: True}
    assert all(one.is_sent_out for one in service.tools)
