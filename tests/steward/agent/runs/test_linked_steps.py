"""Steps across instances: named targets, outputs of earlier steps, waits, and steps not carried out."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final, override

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    StepState,
)
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Snapshot, TargetRef
from homelab_steward.contract.step_parts import PlannedReference
from rig.agent_rig import LIMITS, LINKED, THREE_STEPS, AgentRig, TaskEngine, open_rig
from rig.inventory import NOW, ToyInventory, alert, box
from rig.toy import SERVICE, Toy
from steward.agent.plans.references import ARGUMENT
from steward.agent.runs import step_reads
from steward.agent.runs.executor import NOT_CARRIED_OUT
from steward.clock import ManualClock
from steward.sdk.description import Action, AnyService, Call
from steward.sdk.outputs import Output, OutputKind
from steward.sdk.readings import Reading

BOOK: Final = """---
id: toy-linked
version: 1
title: Linked
match: {alerts: [ToyLinked], targets: [box]}
recipes:
  - id: all
    label: Change all
    steps: [STEPS]
    verify: [{name: It runs, reading: running, equals: true}]
    settle: 5
    within: 16
---
# Linked
"""

MEMORY: Final = "{id: memory, action: toy.set_memory, arguments: {memory: 4096}}"
CPU: Final = "{action: toy.set_cpu, arguments: {cores: {from: memory, output: granted}}}"
WAIT: Final = "{wait_for: {name: It is calm, reading: share, below: 60, within: 12}}"


def book(*steps: str) -> str:
    return BOOK.replace("STEPS", ", ".join(steps))


def quick_book(*steps: str) -> str:
    """Return a book whose result is read at once, and twice."""
    return book(*steps).replace("settle: 5\n    within: 16", "settle: 0.01\n    within: 0.02")


def run_of(incident: Incident) -> Run:
    assert incident.run is not None
    return incident.run


async def approved(rig: AgentRig, option: int = 1) -> ApprovalRequest:
    """Approve with an engine that begins nothing: the test executes by hand."""
    assert isinstance(rig.engine, TaskEngine)
    rig.engine.broken = True
    request = await rig.ask(alert("ToyLinked"))
    await rig.press(request, option)
    return request


def only_option(request: ApprovalRequest) -> Option:
    (option,) = request.proposal.options
    return option


async def states(rig: AgentRig, request: ApprovalRequest) -> list[StepState]:
    return [one.state for one in await rig.entries(request)]


async def _diagnosed(rig: AgentRig) -> Incident:
    await rig.ask(alert("ToyLinked"))
    return await rig.incident()


# Named targets


class TwoToys(ToyInventory):
    """Two instances of the toy, each with a box radarr and a box of its own."""

    def __init__(self, toy: Toy, second: Toy) -> None:
        super().__init__(toy)
        self.second = ToyInventory(second, ["radarr", "extra"])
        self.second.boxes = {key: replace(one, instance_id="toy2") for key, one in self.second.boxes.items()}
        self.second.instance_row = Instance(
            id="toy2", service="toy", name="Second", origin=Origin.FILE, status=InstanceStatus.OK
        )
        self.polled: list[str] = []

    @override
    def instances(self) -> tuple[Instance, ...]:
        return (self.instance_row, self.second.instance_row)

    @override
    def instance(self, instance_id: str) -> Instance | None:
        return next((one for one in self.instances() if one.id == instance_id), None)

    @override
    def service(self, instance_id: str) -> AnyService | None:
        return self.service_row if self.instance(instance_id) else None

    @override
    def client(self, instance_id: str) -> Toy:
        return self.second.toy if instance_id == "toy2" else super().client(instance_id)

    @override
    def snapshot(self, instance_id: str) -> Snapshot | None:
        return self.second._snapshot if instance_id == "toy2" else super().snapshot(instance_id)

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        self.polled.append(instance_id)
        if instance_id != "toy2":
            return await super().poll_now(instance_id)
        found = await self.second.poll_now("toy1")
        self.second._snapshot = replace(found, instance_id="toy2")
        return self.second._snapshot

    @override
    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        if instance_id != "toy2":
            return super().target(instance_id, kind, target_id)
        found = self.second.target("toy1", kind, target_id)
        return replace(found, instance_id="toy2") if found else None

    @override
    def find(
        self,
        *,
        service: str | None = None,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        role: object = None,
    ) -> tuple[TargetRef, ...]:
        first = super().find(service=service, instance=instance, kind=kind, name=name)
        return tuple(
            dict.fromkeys(
                (*first, *self.second.find(service=service, instance=instance, kind=kind, name=name))
            )
        )

    @override
    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        return self.second.readings(target) if target.instance_id == "toy2" else super().readings(target)


EXTRA: Final = "{action: toy.set_cpu, target: {service: toy, name: extra}, arguments: {cores: 8}}"


async def test_a_step_changes_the_target_it_names(tmp_path: Path) -> None:
    toys = TwoToys(Toy(), Toy())
    async with open_rig(tmp_path, inventory=toys, runbooks=[book(MEMORY, EXTRA)]) as rig:
        request = await rig.ask(alert("ToyLinked"))
        first, second = only_option(request).steps
        assert (first.target, second.target) == (box(), replace(box("extra"), instance_id="toy2"))
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert (toys.toy.done, toys.second.toy.done) == (["set_memory 4096"], ["set_cpu 8"])
        assert incident.resolution == "Change all: done and checked."
        assert await rig.leases() == []


async def test_worse_is_undone_on_each_instance(tmp_path: Path) -> None:
    toys = TwoToys(Toy(), Toy())

    def fall_over(place: str) -> None:
        if place == "effect":
            toys.toy.running = False

    toys.second.toy.passing = fall_over
    async with open_rig(tmp_path, inventory=toys, runbooks=[quick_book(MEMORY, EXTRA)]) as rig:
        await rig.press(await rig.ask(alert("ToyLinked")))
        await rig.asked_again()
        assert toys.toy.done == ["set_memory 4096", "undo set_memory 2048"]
        assert toys.second.toy.done == ["set_cpu 8", "undo set_cpu 2"]


RUNNING: Final = "{action: toy.set_cpu, target: {kind: box, reading: running}, arguments: {cores: 8}}"


async def test_a_target_of_the_same_instance_is_chosen_by_a_reading(tmp_path: Path) -> None:
    toys = TwoToys(Toy(), Toy())
    del toys.boxes["box/sonarr"]
    async with open_rig(tmp_path, inventory=toys, runbooks=[book(RUNNING)]) as rig:
        request = await approved(rig)
        assert [one.target for one in only_option(request).steps] == [box()]
        toys.toy.running = False
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert run_of(await rig.incident()).error == "no target fits kind box, reading running"


async def test_a_look_at_what_a_reading_chooses_needs_a_target(tmp_path: Path) -> None:
    look = "looks: [{tool: toy.log, target: {kind: box, reading: running}}]\nrecipes:"
    text = book(MEMORY).replace("recipes:", look).replace(", targets: [box]", "")
    async with open_rig(tmp_path, runbooks=[text]) as rig:
        await rig.ask(alert("ToyLinked", name="nobody"))
        incident = await rig.incident()
        assert (incident.target, incident.diagnosis is not None) == (None, True)
        assert incident.diagnosis is not None
        assert "no target fits kind box, reading running" in incident.diagnosis.summary


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (RUNNING, "2 targets fit kind box, reading running: radarr, sonarr"),
        (
            RUNNING.replace("kind", "service: toy, kind"),
            "2 targets fit service toy, kind box, reading running: radarr, sonarr",
        ),
        (
            "{capability: restart, target: {service: toy, name: nobody}}",
            "no target fits service toy, name nobody",
        ),
        (
            "{capability: restart, target: {role: host, kind: box}}",
            "2 targets fit kind box, role host: radarr, sonarr",
        ),
        (
            "{capability: restart, target: {instance: toy1}}",
            "Toy cannot be restarted by the steward",
        ),
        (
            "{wait_for: {name: Calm, reading: missing, below: 1, within: 5}}",
            "radarr has no reading missing",
        ),
        (
            "{wait_for: {name: Calm, reading: share, below: 1, within: 5, target: {instance: other}}}",
            "no target fits instance other",
        ),
        (
            "{wait_for: {name: Calm, reading: share, below: 1, within: 5, of: application}}",
            "no configured application is known to run in it",
        ),
        (
            "{wait_for: {name: Calm, reading: share, below: 1, within: 5, target: {instance: toy1}}}",
            "Toy has no reading share",
        ),
    ],
)
async def test_an_option_whose_target_is_not_one_is_left_out(tmp_path: Path, step: str, reason: str) -> None:
    async with open_rig(tmp_path, runbooks=[book(MEMORY, step)]) as rig:
        request = await rig.ask(alert("ToyLinked"))
        assert request.proposal.left_out == (f"Change all: {reason}.",)
        assert [one.recipe for one in request.proposal.options] == ["investigate"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("{service: toy, name: nobody}", "no target fits service toy, name nobody"),
        ("{instance: Toy}", "Toy has no reading running"),
    ],
)
async def test_an_option_that_could_not_be_verified_is_left_out(
    tmp_path: Path, target: str, reason: str
) -> None:
    text = book(MEMORY).replace("equals: true", f"equals: true, target: {target}")
    async with open_rig(tmp_path, runbooks=[text]) as rig:
        request = await rig.ask(alert("ToyLinked"))
        assert request.proposal.left_out == (f"Change all: {reason}.",)


async def test_a_reading_of_an_instance_can_be_waited_for(tmp_path: Path) -> None:
    step = "{wait_for: {name: One, reading: count, equals: 1, within: 5, target: {instance: toy1}}}"
    async with open_rig(tmp_path, runbooks=[book(MEMORY, step)]) as rig:
        assert [one.target.kind for one in only_option(await rig.ask(alert("ToyLinked"))).steps] == [
            "box",
            "instance",
        ]


async def test_an_instance_of_an_unknown_service_has_nothing_to_wait_for(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[book(WAIT, MEMORY)]) as rig:
        rig.inventory.known = False
        request = await rig.ask(alert("ToyLinked"))
        assert request.proposal.left_out == ("Change all: radarr has no reading share.",)


async def test_a_named_look_that_does_not_apply_is_reported(tmp_path: Path) -> None:
    text = book(MEMORY).replace(
        "recipes:", "looks: [{tool: toy.log, target: {service: toy, name: nobody}}]\nrecipes:"
    )
    async with open_rig(tmp_path, runbooks=[text]) as rig:
        incident = await _diagnosed(rig)
        assert incident.diagnosis is not None
        assert incident.diagnosis.summary.endswith(" no target fits service toy, name nobody.")


async def test_a_named_look_is_read(tmp_path: Path) -> None:
    text = book(MEMORY).replace(
        "recipes:", "looks: [{tool: toy.log, target: {service: toy, name: sonarr}}]\nrecipes:"
    )
    async with open_rig(tmp_path, runbooks=[text]) as rig:
        incident = await _diagnosed(rig)
        assert incident.diagnosis is not None
        assert [one.text for one in incident.diagnosis.evidence if one.tool == "toy.log"] == ["log of sonarr"]


async def test_a_named_target_that_is_gone_is_not_known_afterwards(tmp_path: Path) -> None:
    text = book(MEMORY).replace("equals: true", "equals: true, target: {service: toy, name: sonarr}")
    async with open_rig(tmp_path, runbooks=[text]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        del rig.inventory.boxes["box/sonarr"]
        assert await rig.agent.verify(request.id, 3) is None
        run = run_of(await rig.incident())
        assert run.status is RunStatus.UNKNOWN
        assert run.verdict is not None
        assert [one.ok for one in run.verdict.checks] == [None]


async def test_a_named_target_that_became_two_is_refused(tmp_path: Path) -> None:
    step = "{action: toy.set_cpu, target: {service: toy, name: sonarr}, arguments: {cores: 8}}"
    async with open_rig(tmp_path, runbooks=[book(MEMORY, step)]) as rig:
        request = await approved(rig)
        rig.inventory.boxes["box/2"] = replace(box("2"), name="sonarr")
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert run_of(await rig.incident()).error == "2 targets fit service toy, name sonarr: sonarr, sonarr"
        assert rig.toy.done == []


async def test_a_name_that_means_another_target_since_is_refused(tmp_path: Path) -> None:
    step = "{action: toy.set_cpu, target: {service: toy, name: sonarr}, arguments: {cores: 8}}"
    async with open_rig(tmp_path, runbooks=[book(MEMORY, step)]) as rig:
        request = await approved(rig)
        rig.inventory.boxes["box/2"] = replace(box("2"), name="sonarr")
        del rig.inventory.boxes["box/sonarr"]
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        error = run_of(await rig.incident()).error
        assert error == "the plan is not the one you approved: something changed since"
        assert rig.toy.done == []


# Outputs


async def test_a_value_that_an_earlier_step_reported_is_used(tmp_path: Path) -> None:
    toy = Toy(reported={"granted": 6})
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        request = await approved(rig)
        memory, cpu = only_option(request).steps
        assert (memory.id, cpu.id, cpu.arguments) == ("memory", "", {})
        assert cpu.references == (
            PlannedReference(
                argument="cores", step="memory", output="granted", kind="number", minimum=1, maximum=65536
            ),
        )
        assert [(one.field, one.before, one.after) for one in cpu.differences] == [
            ("cores", "not known yet", "granted of step memory, a number from 1 to 65536")
        ]
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert toy.done == ["set_memory 4096", "set_cpu 6"]
        _, entry = await rig.entries(request)
        assert entry.baseline == {"cpu": 2.0, "granted": 6, ARGUMENT + "cores": 6}


async def test_a_step_with_a_filled_in_argument_is_undone(tmp_path: Path) -> None:
    toy = Toy(reported={"granted": 6})

    def fall_over(place: str) -> None:
        toy.breaks = place in ("execute", "effect") and len(toy.done) >= 1

    toy.passing = fall_over
    async with open_rig(tmp_path, toy, runbooks=[quick_book(MEMORY, CPU)]) as rig:
        await rig.press(await rig.ask(alert("ToyLinked")))
        await rig.asked_again()
        assert toy.done == ["set_memory 4096", "set_cpu 6", "undo set_cpu 2", "undo set_memory 2048"]


GARBAGE: Final = [
    ({"other": 1}, "cores: step memory did not report granted"),
    *(
        ({"granted": value}, "cores: granted of step memory must be a number from 1 to 65536")
        for value in (0, -1, 65537, 1e300, "6", "6; reboot", "", True, False)
    ),
    ({"granted": None}, "cores: step memory did not report granted"),
    ({"granted": float("nan")}, "cores: step memory did not report granted"),
    ({"granted": float("inf")}, "cores: step memory did not report granted"),
]


UNDONE: Final = "Undone: Set memory (radarr)."


@pytest.mark.parametrize(("reported", "reason"), GARBAGE)
async def test_an_output_that_does_not_fit_fails_before_anything_is_sent(
    tmp_path: Path, reported: dict[str, Value], reason: str
) -> None:
    toy = Toy(reported=reported)
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]
        assert run_of(await rig.incident()).error == f"Set cpu (radarr): {reason}. {UNDONE}"
        assert await states(rig, request) == [StepState.UNDONE, StepState.FAILED]
        assert await rig.leases() == []


def _mover(argument: Field, key: str) -> Action[Toy]:
    """Return the toy's restart with another key and an argument that it records."""

    async def execute(toy: Toy, call: Call, _baseline: Mapping[str, Value]) -> str:
        toy.effects.append(f"{key} {call.text(argument.key)}")
        return "ok"

    restart = next(one for one in SERVICE.actions if one.key == "restart")
    return replace(
        restart, key=key, name=key.capitalize(), capability=None, arguments=(argument,), execute=execute
    )


MODES: Final = Field(key="mode", kind=SettingKind.CHOICE, name="Mode", choices=("fast", "slow", "off"))
PLACE: Final = Field(key="to", kind=SettingKind.TARGET, name="To", scope="box")
MOVING: Final[AnyService] = replace(
    SERVICE, actions=(*SERVICE.actions, _mover(MODES, "tune"), _mover(PLACE, "move"))
)
TUNE: Final = "{action: toy.tune, arguments: {mode: {from: memory, output: mode}}}"
MOVE: Final = "{action: toy.move, arguments: {to: {from: memory, output: other}}}"
MOVE_EXTRA: Final = MOVE.replace("{action", "{target: {service: toy, name: extra}, action")


@pytest.mark.parametrize(
    ("step", "reported", "done", "reason"),
    [
        (TUNE, "fast", "tune fast", None),
        (TUNE, "off", None, "mode: mode of step memory must be one of fast, slow"),
        (TUNE, "fast; rm", None, "mode: mode of step memory must be one of fast, slow"),
        (TUNE, 1, None, "mode: mode of step memory must be one of fast, slow"),
        (MOVE, "box/sonarr", "move box/sonarr", None),
        (MOVE, "sonarr", None, "to: other of step memory must be the id of a box that exists"),
        (MOVE, "../box/sonarr", None, "to: other of step memory must be the id of a box that exists"),
        (MOVE, 7, None, "to: other of step memory must be the id of a box that exists"),
    ],
)
async def test_choices_and_targets_are_enumerated(
    tmp_path: Path, step: str, reported: Value, done: str | None, reason: str | None
) -> None:
    toy = Toy(reported={"mode": reported, "other": reported})
    inventory = ToyInventory(toy)
    inventory.service_row = MOVING
    async with open_rig(tmp_path, inventory=inventory, runbooks=[book(MEMORY, step)]) as rig:
        request = await approved(rig)
        await rig.agent.execute(request.id)
        assert toy.done == ["set_memory 4096", done or "undo set_memory 2048"]
        error = run_of(await rig.incident()).error
        assert error is None if reason is None else f": {reason}. {UNDONE}" in (error or "")


async def test_a_target_must_exist_when_the_step_is_started(tmp_path: Path) -> None:
    toy = Toy(reported={"other": "box/sonarr"})
    inventory = ToyInventory(toy)
    inventory.service_row = MOVING

    def remove(place: str) -> None:
        if place == "effect":
            inventory.boxes.pop("box/sonarr", None)

    toy.passing = remove
    async with open_rig(tmp_path, inventory=inventory, runbooks=[book(MEMORY, MOVE)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        ("box/radarr", None),
        ("box/sonarr", "to: must be one of these: box/extra, box/radarr"),
        ("box/extra", "to: other of step memory must be the id of a box that exists"),
    ],
)
async def test_a_target_must_exist_in_both_instances(
    tmp_path: Path, reported: str, reason: str | None
) -> None:
    toys = TwoToys(Toy(reported={"other": reported}), Toy())
    toys.service_row = MOVING
    async with open_rig(tmp_path, inventory=toys, runbooks=[book(MEMORY, MOVE_EXTRA)]) as rig:
        request = await approved(rig)
        toys.polled.clear()
        await rig.agent.execute(request.id)
        assert {"toy1", "toy2"} <= set(toys.polled)
        assert toys.second.toy.done == ([] if reason else [f"move {reported}"])
        error = run_of(await rig.incident()).error
        assert error == (reason and f"Move (extra): {reason}. {UNDONE}")


async def test_an_instance_that_does_not_answer_then_fails_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_reads, "RETRY_DELAYS", ())
    toy = Toy(reported={"granted": 6})

    def go_away(place: str) -> None:
        if place == "verify":
            toy.passing = lambda _place: None
            asyncio.get_running_loop().call_soon(setattr, toy, "down", True)

    toy.passing = go_away
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)], clock=clock) as rig:
        request = await approved(rig)
        while isinstance(wait := await rig.agent.execute(request.id), float):
            clock.move(wait)
        assert wait is RunStatus.FAILED
        away = "the toy does not answer"
        error = f"Set cpu (radarr): {away}. Not undone: Set memory (radarr): {away}."
        assert run_of(await rig.incident()).error == error
        assert toy.done == ["set_memory 4096"]


async def test_a_late_dry_run_that_is_refused_fails_the_step(tmp_path: Path) -> None:
    toy = Toy(reported={"granted": 6})

    def refuse(place: str) -> None:
        if place == "effect":
            toy.refusal = "a backup runs"

    toy.passing = refuse
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert run_of(await rig.incident()).error == f"Set cpu (radarr): a backup runs. {UNDONE}"
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("argument", "cores: is not an argument of this action"),
        ("output", "cores: step memory has no output granted"),
        ("kind", "cores: is a number, and granted is a choice"),
        ("bound", "cores: needs a minimum and a maximum to take an output"),
        ("right", "Set cpu is not available: no right"),
    ],
)
async def test_a_reference_that_does_not_fit_leaves_the_option_out(
    tmp_path: Path, change: str, reason: str
) -> None:
    memory, cpu, *others = SERVICE.actions
    number = cpu.arguments[0]
    if change == "argument":
        cpu = replace(cpu, arguments=())
    elif change == "output":
        memory = replace(memory, outputs=())
    elif change == "kind":
        choice = Output(key="granted", kind=OutputKind.CHOICE, choices=("a",))
        memory = replace(memory, outputs=(choice,))
    elif change == "bound":
        cpu = replace(cpu, arguments=(replace(number, maximum=None),))
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(SERVICE, actions=(memory, cpu, *others))
    if change == "right":
        inventory.not_offered["action.set_cpu"] = "no right"
    async with open_rig(tmp_path, inventory=inventory, runbooks=[book(MEMORY, CPU)]) as rig:
        request = await rig.ask(alert("ToyLinked"))
        assert request.proposal.left_out == (f"Change all: {reason}.",)


async def test_other_bounds_than_the_approved_ones_are_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(reported={"granted": 6}), runbooks=[book(MEMORY, CPU)]) as rig:
        request = await approved(rig)
        memory, cpu, *others = SERVICE.actions
        wider = replace(cpu, arguments=(replace(cpu.arguments[0], maximum=99999),))
        rig.inventory.service_row = replace(SERVICE, actions=(memory, wider, *others))
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []


async def test_a_step_that_interrupts_is_risky_before_its_values_are_known(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    inventory.service_row = MOVING
    inventory.interrupted = "Home Assistant runs in it"
    async with open_rig(tmp_path, inventory=inventory, runbooks=[book(MEMORY, MOVE)]) as rig:
        option = only_option(await rig.ask(alert("ToyLinked")))
        assert option.risk is Risk.HIGH
        assert option.steps[1].note == "Home Assistant runs in it."


async def test_after_a_crash_the_journaled_value_is_used(tmp_path: Path) -> None:
    toy = Toy(reported={"granted": 6})

    def hold(place: str) -> None:
        if place == "execute" and toy.done:
            toy.hold = asyncio.Event()

    toy.passing = hold
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        await rig.press(await rig.ask(alert("ToyLinked")))
        await toy.holding.wait()
    # The app stopped before the service answered; the first step would report something else now.
    toy.passing, toy.hold, toy.reported = lambda _place: None, None, {"granted": 9}
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 4096", "set_cpu 6"]


async def test_a_value_that_was_journaled_before_the_start_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy(reported={"granted": 6})
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        request = await approved(rig)
        journal = rig.agent._runs.executor._journal
        real = journal.lease

        async def broken(run_id: str, step: object) -> bool:
            if toy.done:
                monkeypatch.undo()
                message = "the disk is full"
                raise OSError(message)
            return await real(run_id, step)  # type: ignore[arg-type]

        monkeypatch.setattr(journal, "lease", broken)
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        _, entry = await rig.entries(request)
        assert (entry.state, entry.baseline[ARGUMENT + "cores"]) == (StepState.INTENDED, 6)
        await journal.note(request.id, 0, {"granted": 70000})
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]


async def test_a_step_that_was_started_keeps_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy(reported={"granted": 6})
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, CPU)]) as rig:
        request = await approved(rig)
        journal = rig.agent._runs.executor._journal
        real = journal.start

        async def broken(run_id: str, position: int) -> bool:
            assert await real(run_id, position)
            if position == 0:
                return True
            # A probe found that nothing happened, and the app stopped before the second try.
            await journal.mark(run_id, position, StepState.INTENDED)
            monkeypatch.undo()
            message = "the disk is full"
            raise OSError(message)

        monkeypatch.setattr(journal, "start", broken)
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        await journal.note(request.id, 0, {"granted": 9})
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert toy.done == ["set_memory 4096", "set_cpu 6"]


# Waits


async def test_a_wait_is_polled_every_settle_seconds_until_its_time_is_over(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, Toy(slow=99), clock=clock, runbooks=[book(MEMORY, WAIT, EXTRA_CPU)]) as rig:
        request = await approved(rig)
        pauses = []
        for _ in range(3):
            pauses.append(pause := await rig.agent.execute(request.id))
            assert not isinstance(pause, RunStatus)
            assert await states(rig, request) == [
                StepState.VERIFIED,
                StepState.STARTED,
                StepState.INTENDED,
            ]
            clock.move(pause)
        assert pauses == [5, 5, 2]
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        run = run_of(await rig.incident())
        assert run.error == (
            'Wait up to 12 seconds for "It is calm" (radarr): waited 12 s for It is calm: last seen 95. '
            "Undone: Set memory (radarr)."
        )
        assert [one.state for one in run.steps] == [
            StepState.UNDONE,
            StepState.FAILED,
            StepState.INTENDED,
        ]
        assert [one.has_effect for one in run.steps] == [True, False, True]
        assert rig.toy.done == ["set_memory 4096", "undo set_memory 2048"], "the next step is not done"
        assert await rig.leases() == []


EXTRA_CPU: Final = "{action: toy.set_cpu, arguments: {cores: 8}}"


async def test_a_wait_ends_as_soon_as_its_condition_is_true(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, Toy(slow=1), clock=clock, runbooks=[book(MEMORY, WAIT, EXTRA_CPU)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) == 5
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert await states(rig, request) == [StepState.VERIFIED] * 3
        assert rig.toy.done == ["set_memory 4096", "set_cpu 8"]
        _, wait, _ = await rig.entries(request)
        assert wait.detail == "47.5"
        step = only_option(request).steps[1]
        assert (step.action, step.title, step.target) == (
            "wait_for",
            'Wait up to 12 seconds for "It is calm"',
            box(),
        )
        assert not step.has_effect


async def test_an_unknown_reading_does_not_end_a_wait(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock, runbooks=[book(MEMORY, WAIT, EXTRA_CPU)]) as rig:
        request = await approved(rig)
        rig.inventory.unknown["share"] = "the API failed"
        assert await rig.agent.execute(request.id) == 5
        clock.move(12)
        rig.toy.down = True
        assert await rig.agent.execute(request.id) is RunStatus.UNKNOWN
        error = run_of(await rig.incident()).error
        assert error == (
            'Wait up to 12 seconds for "It is calm" (radarr): waited 12 s for It is calm: last seen '
            "not known (the toy does not answer). Done before it, and not undone: Set memory (radarr)"
        )


async def test_a_wait_that_ended_as_unknown_stays_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock, runbooks=[book(MEMORY, WAIT, EXTRA_CPU)]) as rig:
        request = await approved(rig)
        rig.inventory.unknown["share"] = "the API failed"
        assert await rig.agent.execute(request.id) == 5
        clock.move(12)

        async def broken(*_arguments: object) -> None:
            monkeypatch.undo()
            message = "the disk is full"
            raise OSError(message)

        monkeypatch.setattr(rig.agent._runs.executor._journal, "settle", broken)
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        rig.inventory.unknown.clear()
        assert await rig.agent.execute(request.id) is RunStatus.UNKNOWN
        assert rig.toy.done == ["set_memory 4096"], "nothing is undone or continued"


async def test_a_target_that_is_gone_does_not_end_a_wait(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, Toy(slow=9), clock=clock, runbooks=[book(MEMORY, WAIT)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) == 5
        rig.inventory.boxes.clear()
        assert await rig.agent.execute(request.id) == 5
        rig.inventory.known = False
        clock.move(12)
        assert await rig.agent.execute(request.id) is RunStatus.UNKNOWN
        error = run_of(await rig.incident()).error or ""
        text = "waited 12 s for It is calm: last seen not known (The service does not report it). Done before"
        assert text in error


@pytest.mark.parametrize(("away", "pause"), [(4, 5), (9, 3), (11.5, 0.5)])
async def test_after_a_crash_a_wait_has_what_is_left_of_its_time(
    tmp_path: Path, away: float, pause: float
) -> None:
    clock, toy = ManualClock(NOW), Toy(slow=99)
    texts = [book(MEMORY, WAIT, EXTRA_CPU)]
    async with open_rig(tmp_path, toy, clock=clock, runbooks=texts) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) == 5
    later = ManualClock(NOW + timedelta(seconds=away))
    async with open_rig(tmp_path, toy, clock=later, runbooks=texts) as rig:
        request = await rig.request_with(request.id)
        assert isinstance(rig.engine, TaskEngine)
        assert await rig.agent.execute(request.id) == pause
        later.move(12 - away)
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]


async def test_a_clock_that_was_set_back_does_not_make_a_wait_endless(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, Toy(slow=99), clock=clock, runbooks=[book(MEMORY, WAIT)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) == 5
        clock.jump(-3600)
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE


@pytest.mark.parametrize("state", [StepState.VERIFIED, StepState.FAILED])
async def test_a_wait_whose_end_was_written_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: StepState
) -> None:
    clock, toy = ManualClock(NOW), Toy(slow=0 if state is StepState.VERIFIED else 99)
    async with open_rig(tmp_path, toy, clock=clock, runbooks=[book(MEMORY, WAIT)]) as rig:
        request = await approved(rig)
        if state is StepState.FAILED:
            await rig.agent.execute(request.id)
            clock.move(12)
        journal = rig.agent._runs.executor._journal

        async def broken(*_arguments: object) -> None:
            monkeypatch.undo()
            message = "the disk is full"
            raise OSError(message)

        monkeypatch.setattr(journal, "settle", broken)
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        assert (await states(rig, request))[1] is state
        toy.slow = 99 if state is StepState.VERIFIED else 0
        end = RunStatus.VERIFYING if state is StepState.VERIFIED else RunStatus.UNDONE
        assert await rig.agent.execute(request.id) is end


async def test_a_wait_is_not_undone(tmp_path: Path) -> None:
    toy = Toy()

    def fall_over(place: str) -> None:
        toy.breaks = place in ("execute", "effect") and len(toy.done) >= 1

    toy.passing = fall_over
    async with open_rig(tmp_path, toy, runbooks=[quick_book(MEMORY, WAIT, EXTRA_CPU)]) as rig:
        await rig.press(await rig.ask(alert("ToyLinked")))
        incident = await rig.asked_again()
        assert toy.done == ["set_memory 4096", "set_cpu 8", "undo set_cpu 2", "undo set_memory 2048"]
        assert run_of(incident).status is RunStatus.UNDONE
        assert [one.state for one in run_of(incident).steps] == [
            StepState.UNDONE,
            StepState.VERIFIED,
            StepState.UNDONE,
        ]


@pytest.mark.parametrize(("budget", "status"), [(2, RunStatus.VERIFYING), (1, RunStatus.REFUSED)])
async def test_only_steps_with_an_effect_use_the_budget(
    tmp_path: Path, budget: int, status: RunStatus
) -> None:
    limits = replace(LIMITS, changes_per_hour=budget)
    texts = [book(MEMORY, WAIT, EXTRA_CPU)]
    async with open_rig(tmp_path, limits=limits, clock=ManualClock(NOW), runbooks=texts) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) is status


async def test_the_whole_loop_with_a_name_an_output_and_a_wait(tmp_path: Path) -> None:
    toy = Toy(reported={"granted": 6}, slow=3)
    async with open_rig(tmp_path, toy, runbooks=[LINKED]) as rig:
        await rig.press(await rig.ask(alert("ToyLinked")))
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 4096", "set_cpu 6"]
        assert [one.state for one in run_of(incident).steps] == [StepState.VERIFIED] * 3
        assert (await rig.audit()).broken_at is None


# Steps after one whose result is not known

TEXT: Final = f"Set memory (radarr): {NOT_CARRIED_OUT}"


async def test_what_follows_a_step_whose_result_is_not_known_is_not_carried_out(tmp_path: Path) -> None:
    toy = Toy(verify_blind=True)
    async with open_rig(tmp_path, toy, runbooks=[THREE_STEPS]) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        incident = await rig.status(IncidentStatus.RESOLVED)
        run = run_of(incident)
        assert toy.done == ["set_memory 4096"]
        assert [one.state for one in run.steps] == [
            StepState.EFFECT_KNOWN,
            StepState.INTENDED,
            StepState.INTENDED,
        ]
        assert run.verdict is not None
        assert (run.verdict.outcome, run.verdict.summary) == (Outcome.FIXED, f"It helped. {TEXT}.")
        assert incident.resolution == f"Change all: It helped. {TEXT}."
        assert await rig.leases() == []


async def test_the_run_is_verified_with_the_reason(tmp_path: Path) -> None:
    toy = Toy(verify_blind=True)
    async with open_rig(tmp_path, toy, runbooks=[book(MEMORY, WAIT, EXTRA_CPU)]) as rig:
        request = await approved(rig)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert run_of(await rig.incident()).error == TEXT
        toy.verify_blind = False
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert toy.done == ["set_memory 4096"], "it is not continued later"
        toy.down = True
        assert await rig.agent.verify(request.id, 3) is None
        run = run_of(await rig.incident())
        assert run.status is RunStatus.UNKNOWN
        assert (run.error or "").endswith(f"{TEXT}.")


async def test_a_step_whose_result_is_not_known_is_undone_when_it_made_things_worse(tmp_path: Path) -> None:
    toy = Toy(verify_blind=True, breaks=True)
    async with open_rig(tmp_path, toy, runbooks=[THREE_STEPS]) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        await rig.asked_again()
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]


async def test_a_result_that_is_known_after_a_crash_continues_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy(verify_blind=True)
    async with open_rig(tmp_path, toy, runbooks=[THREE_STEPS]) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        request = await rig.ask(alert("ToyThree"))
        await rig.press(request)
        journal = rig.agent._runs.executor._journal

        async def broken(*_arguments: object) -> None:
            monkeypatch.undo()
            message = "the disk is full"
            raise OSError(message)

        monkeypatch.setattr(journal, "settle", broken)
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        toy.verify_blind = False
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert toy.done == ["set_memory 4096", "set_cpu 4", "set_swap 1024"]
