"""An approval is for one target: another one that has its id now is refused."""

import pytest

from steward.errors import PreconditionFailed
from steward.sdk.description import Action, Call
from steward.sdk.kits.jobs import RunJob
from steward.sdk.kits.restart import Restart
from steward.sdk.kits.switch import Switch, Turn

from .fakes import ABOUT, Thing, call, jobs

CALL = call()


async def name(thing: Thing, _: Call) -> str:
    return str(thing.values["name"])


async def text(_: Thing, __: Call) -> str:
    return "1"


async def is_on(_: Thing, __: Call) -> bool:
    return False


async def nothing(_: Thing, __: Call) -> tuple[()]:
    return ()


SWITCH = Switch(is_on=is_on, on=Turn(to=True, run=text), off=Turn(to=False, run=text), identity=name)


@pytest.mark.parametrize(
    "action",
    [
        Restart(started=text, request=text, identity=name).action(**ABOUT),
        SWITCH.turn_on(**ABOUT),
        RunJob(start=text, jobs=jobs(), changes=nothing, identity=name).action(**ABOUT),
    ],
    ids=["restart", "switch", "job"],
)
async def test_a_replaced_target_is_refused(action: Action[Thing]) -> None:
    thing = Thing(values={"name": "media"})
    before = await action.dry_run(thing, CALL)
    await action.precheck(thing, CALL, before.baseline)
    thing.values["name"] = "vaultwarden"
    with pytest.raises(PreconditionFailed, match="Pump was replaced in the meantime"):
        await action.precheck(thing, CALL, before.baseline)


async def test_a_replaced_target_is_not_switched_back() -> None:
    thing, action = Thing(values={"name": "media"}), SWITCH.turn_off(**ABOUT)
    assert action.undo is not None
    baseline = {"identity": "media"}
    assert len(await action.undo.dry_run(thing, CALL, baseline)) == 1
    thing.values["name"] = "vaultwarden"
    with pytest.raises(PreconditionFailed, match="replaced"):
        await action.undo.dry_run(thing, CALL, baseline)
