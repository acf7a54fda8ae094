"""People say what is meant to be off: by a command, or by pressing an option of a request."""

from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.commands import ExpectOff
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import NOW, alert, box, speaker, with_labels
from steward.clock import ManualClock
from steward.inventory.ports import OUTAGE
from steward.store import incidents

BOX = box()
STOPPED = """---
id: toy-stopped
version: 1
title: Toy is stopped
match: {alerts: [ToyStopped], targets: [box]}
recipes:
  - id: restart
    label: Restart it
    steps: [{action: toy.restart}]
    verify: [{name: It runs, reading: running, equals: true}]
    settle: 0.01
    within: 0.05
  - {id: meant, label: "{target} is meant to be off", kind: expect_off}
---
# Toy is stopped
"""


def said(user: str = "1", *, off: bool = True, **more: object) -> ExpectOff:
    given = {"instance_id": "toy1", "kind": "box", "target_id": BOX.id, "speaker": speaker(user), **more}
    return ExpectOff(off=off, **given)  # type: ignore[arg-type]


async def refused(rig: AgentRig, request: ExpectOff) -> ErrorCode:
    with pytest.raises(ContractError) as caught:
        await rig.agent.expectations.set(request)
    return caught.value.code


async def test_a_person_says_it_and_takes_it_back(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.off.add(BOX.key)
        assert await rig.agent.expectations.set(said()) == Nothing()
        assert rig.inventory.said_off == {BOX.key: "Olga said that it is meant to be off"}
        await rig.agent.expectations.set(said("2", off=False))
        assert rig.inventory.said_off == {BOX.key: None}
        written = [body for event, body in await rig.audited() if event == "target.expected_off"]
        assert ['"person":"olga"' in written[0], '"person":"max"' in written[1]] == [True, True]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (said("3"), ErrorCode.FORBIDDEN),
        (said("99"), ErrorCode.FORBIDDEN),
        (said(speaker=speaker(front_end=FrontEnd.MCP)), ErrorCode.FORBIDDEN),
        (said(target_id="box/nothing"), ErrorCode.NOT_FOUND),
        (said(until=NOW), ErrorCode.INVALID_ARGUMENT),
        (said(kind=None, target_id=None), ErrorCode.INVALID_ARGUMENT),
    ],
    ids=["guest", "stranger", "mcp", "no target", "time is over", "not watched"],
)
async def test_what_is_refused_changes_nothing(tmp_path: Path, request_: ExpectOff, code: ErrorCode) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        rig.inventory.off.add(BOX.key)
        assert await refused(rig, request_) is code
        assert rig.inventory.said_off == {}
        events = [event for event, _ in await rig.audited()]
        assert "target.expected_off" not in events
        assert ("target.expected_off_refused" in events) is (code is ErrorCode.FORBIDDEN)


async def test_it_may_hold_for_a_time(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        rig.inventory.off.add(BOX.key)
        assert await rig.agent.expectations.set(said(until=NOW + timedelta(hours=2))) == Nothing()


async def test_one_press_says_it_and_ends_the_incident(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(STOPPED,)) as rig:
        rig.inventory.off.add(BOX.key)
        request = await rig.ask(with_labels(alert("ToyStopped"), {OUTAGE: "stopped"}))
        option = request.proposal.options[1]
        assert (option.label, option.kind, option.steps) == (
            "radarr is meant to be off",
            OptionKind.EXPECT_OFF,
            (),
        )
        await rig.press(request, 2)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.resolution == "radarr: Olga said that it is meant to be off."
        assert rig.inventory.said_off == {BOX.key: "Olga said that it is meant to be off"}
        assert [one.status for one in incident.alerts] == [AlertStatus.RESOLVED]
        assert rig.toy.done == []
        async with rig.store.read() as connection:
            assert await incidents.count_in(connection, incident.id) == (1, 0)


async def test_it_is_not_offered_for_what_runs(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(STOPPED,)) as rig:
        request = await rig.ask(alert("ToyStopped"))
        assert [one.kind for one in request.proposal.options] == [OptionKind.ACT]
        assert request.proposal.left_out == ()


async def test_what_runs_again_is_not_meant_to_be_off(tmp_path: Path) -> None:
    """A press that comes late must not silence the next outage."""
    async with open_rig(tmp_path, runbooks=(STOPPED,)) as rig:
        rig.inventory.off.add(BOX.key)
        request = await rig.ask(alert("ToyStopped"))
        rig.inventory.off.clear()
        await rig.press(request, 2)
        incident = await rig.until(lambda one: one.round == 2 and one.status is IncidentStatus.WAITING)
        assert incident.resolution == (
            "radarr is meant to be off: it is not off any more, so nothing was changed."
        )
        assert rig.inventory.said_off == {}
        assert incident.proposal is not None
        assert [one.kind for one in incident.proposal.options] == [OptionKind.ACT]
        assert "target.expected_off" not in [event for event, _ in await rig.audited()]


async def test_an_alert_of_a_monitor_about_what_is_meant_to_be_off_opens_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(STOPPED,)) as rig:
        rig.inventory.said_off[BOX.key] = "Olga said so"
        await rig.fire(alert("ToyStopped"))
        assert await rig.incidents() == ()
        rig.inventory.said_off.clear()
        await rig.fire(alert("ToyStopped"))
        await rig.status(IncidentStatus.WAITING)
