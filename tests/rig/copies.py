"""The toy with copies of its data: of the node that its boxes are on, and of a disk with their folders."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import Difference
from steward.clock import Clock, ManualClock
from steward.errors import PreconditionFailed, ServiceRefused
from steward.sdk.description import (
    BY_HAND,
    Action,
    AnyService,
    Call,
    Covers,
    DryRun,
    Effect,
    Preserves,
    ResourceKind,
)
from steward.sdk.item_versions import ItemFolder
from steward.sdk.kits import ITEM_NAME, NAME, About, CreateItem, Switch, Turn
from steward.texts import Text

from .inventory import NOW, ToyInventory
from .toy import GOOD, SERVICE, Toy

DISK: Final = TargetRef(instance_id="toy1", kind="disk", id="tank/apps", name="tank/apps")


@dataclass
class CopyToy(Toy):
    """``copies`` are the numbers by the target and the name of a copy."""

    clock: Clock = field(default_factory=lambda: ManualClock(NOW))
    copies: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    no_copies: str = ""
    by_hand: str = ""
    full: bool = False


async def _names(toy: CopyToy, call: Call) -> Collection[str]:
    toy.check("copies")
    return [name for target, name in toy.copies if target == call.target.id]


async def _make(toy: CopyToy, call: Call, name: str) -> None:
    toy.check("execute")
    if toy.full:
        raise ServiceRefused("the storage is full")
    toy.copies[call.target.id, name] = dict(toy.numbers)
    toy.effects.append(f"copy {call.target.name} {name}")
    toy.passing("effect")


async def _drop(toy: CopyToy, call: Call, name: str) -> None:
    toy.check("undo")
    if toy.undo_refused:
        raise ServiceRefused("the copy is busy")
    if (call.target.id, name) not in toy.copies:
        raise ServiceRefused("there is no such copy")
    del toy.copies[call.target.id, name]
    toy.effects.append(f"drop {call.target.name} {name}")


async def _refusal(toy: CopyToy, _: Call) -> Text | None:
    return toy.no_copies or None


COPY: Final = CreateItem[CopyToy](label="Copy", names=_names, create=_make, delete=_drop, refusal=_refusal)


async def _dry_back(toy: CopyToy, call: Call) -> DryRun:
    name = call.text(NAME)
    if (call.target.id, name) not in toy.copies:
        raise PreconditionFailed(f"there is no copy {name}")
    return DryRun(differences=(Difference(field="State", before="now", after=name),), baseline={NAME: name})


async def _precheck_back(toy: CopyToy, call: Call, _: Mapping[str, Value]) -> None:
    await _dry_back(toy, call)


async def _bring_back(toy: CopyToy, call: Call, baseline: Mapping[str, Value]) -> str:
    toy.check("execute")
    if toy.refused_change == "back":
        raise ServiceRefused("the toy said no")
    is_running = toy.numbers["running"]
    toy.numbers.update(toy.copies[call.target.id, str(baseline[NAME])])
    if call.target.kind == "disk":
        toy.numbers["running"] = is_running
    toy.effects.append(f"back {call.target.name}")
    return "as before"


async def _probe_back(toy: CopyToy, call: Call, _: Mapping[str, Value]) -> Effect:
    return Effect.DONE if f"back {call.target.name}" in toy.effects else Effect.NOT_SEEN


async def _verify_back(toy: CopyToy, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    is_done = await _probe_back(toy, call, baseline) is Effect.DONE
    return CheckResult(name="State", ok=is_done, text="as before" if is_done else "now")


async def _is_running(toy: CopyToy, _: Call) -> bool:
    return toy.running


def _turn(*, to: bool) -> Turn[CopyToy]:
    async def run(toy: CopyToy, call: Call) -> None:
        toy.running = to
        toy.effects.append(f"{'start' if to else 'stop'} {call.target.name}")

    return Turn(to=to, run=run)


def _about(key: str, scope: str, *arguments: Field) -> About:
    return {
        "key": key,
        "name": key.capitalize(),
        "description": "",
        "risk": Risk.LOW,
        "scope": scope,
        "arguments": arguments,
    }


async def _dry_copy(toy: CopyToy, call: Call) -> DryRun:
    dry = await COPY.action(**_about("copy", "box")).dry_run(toy, call)
    return replace(dry, baseline={**dry.baseline, BY_HAND: toy.by_hand})


def _actions(kind: str) -> tuple[Action[CopyToy], ...]:
    copy = replace(COPY.action(**_about(f"copy_{kind}", kind, ITEM_NAME)), dry_run=_dry_copy)
    back = Action(
        **_about(f"back_{kind}", kind, ITEM_NAME),
        dry_run=_dry_back,
        precheck=_precheck_back,
        execute=_bring_back,
        probe=_probe_back,
        verify=_verify_back,
    )
    return copy, back


def _kind(key: str, covers: Covers) -> ResourceKind[Toy, str]:
    how = Preserves[str](action=f"copy_{key}", covers=covers, back=f"back_{key}")
    return ResourceKind(key=key, name=key, items=lambda _: (), id=str, preserves=how)


COPIES: Final[AnyService] = SERVICE.extended(
    resources=(_kind("node", Covers.MACHINE), _kind("disk", Covers.FOLDERS)),
    actions=(
        *_actions("node"),
        *_actions("disk"),
        Switch(is_on=_is_running, on=_turn(to=True), off=_turn(to=False)).turn_off(**_about("stop", "box")),
    ),
)


def _with_volumes() -> AnyService:
    """Return the service whose boxes can be copied themselves."""
    how = Preserves[str](
        action="copy_box", covers=Covers.VOLUMES, back="back_box", by_hand="A person restores them."
    )
    kinds = [replace(one, preserves=how) if one.key == "box" else one for one in COPIES.resources]
    return replace(COPIES, resources=tuple(kinds), actions=(*COPIES.actions, *_actions("box")))


class CopyInventory(ToyInventory):
    """The boxes are on the node, which can be copied.

    ``has_disk``: their folders are on a disk. ``has_volumes``: their volumes can be copied.
    """

    def __init__(self, clock: Clock, *, has_disk: bool = False, has_volumes: bool = False) -> None:
        super().__init__(CopyToy(numbers=dict(GOOD), clock=clock))
        self.service_row = _with_volumes() if has_volumes else COPIES
        self.instance_row = replace(self.instance_row, settings={"url": "http://nas.lan"})
        if has_disk:
            self.item_folders = (ItemFolder(kind="disk", id=DISK.id, path="/mnt/tank/apps"),)

    @property
    def copies(self) -> CopyToy:
        """The toy with its copies."""
        assert isinstance(self.toy, CopyToy)
        return self.toy

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        if (instance_id, kind, target_id) == DISK.key:
            return DISK
        return super().target(instance_id, kind, target_id)

    def application(self, target: TargetRef) -> TargetRef | None:
        return None
