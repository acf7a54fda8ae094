"""The action that updates a container: its image, with a copy of its data for the way back."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from msgspec import structs
from msgspec.json import decode, encode

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed, ServiceError
from ...sdk.answers import Item, at, parse
from ...sdk.description import ALSO_CHANGES, BRINGS_DATA_BACK, IMAGE_ONLY, Action, Call, DryRun, Effect, Undo
from ...sdk.display import Text, brief, size
from ...sdk.image_names import VERSION, with_version
from ...sdk.kits import About, difference, poll_until, result
from ...texts import translate
from .beside import with_beside
from .client import ContainerClient
from .databases import database
from .engine import Engine, Raw
from .images import ImageDetails
from .kept import Definition, Kept, beside_must_be_free
from .models import Details
from .mounts import BesideDump, Data, data_of
from .neighbours import Neighbours
from .recreate import container_body, split
from .replaceable import network_refusal, replace_refusal
from .update import BACK, GOING_BACK, Goal, Update, persistently, take_back

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
SPACE: Final = ("Space Available", "Data Space Available")
"""What some storage drivers of engines say of the free space."""

SHORT_DIGEST: Final = len("sha256:") + 12
SETTLE: Final = 30.0


class Status(Item, rename="pascal"):
    """What an engine says of its storage: pairs of a name and a text."""

    driver_status: tuple[tuple[str, str], ...] = ()


def update(about: About) -> Action[ContainerClient]:
    """Return the action. Its arguments are a version, which is a tag, and the digest that it must have."""
    return Action(
        dry_run=_dry_run,
        precheck=_precheck,
        execute=_execute,
        probe=_probe,
        verify=_verify,
        undo=Undo(dry_run=_undo_dry_run, execute=_undo, deduplicated=True),
        **about,
    )


async def _dry_run(client: ContainerClient, call: Call) -> DryRun:
    details = await client.inspect(call)
    reference, wanted = details.config.image, _wanted(call, details.config.image)
    if (reason := replace_refusal(client, details)) is not None:
        raise PreconditionFailed(reason)
    engine = await Engine.of(client, call)
    image = parse(ImageDetails, await engine.raw(f"images/{details.image_id}/json"), "image")
    before, digest = image.digest(reference), _digest(call)
    if wanted == reference and digest and digest in (before, image.id):
        raise PreconditionFailed(t"{details.name} runs from {reference} already, with this content")
    rows = await engine.listed()
    if (reason := network_refusal(rows, details)) is not None:
        raise PreconditionFailed(reason)
    data = await _data(client, call, details, rows)
    await _must_have_space(engine, data)
    return DryRun(
        differences=(difference(t"Image", _shown(reference, before), _shown(wanted, digest)),),
        baseline={
            BRINGS_DATA_BACK: data.has_copies,
            "container": details.id,
            "image": details.image_id,
            "reference": reference,
            "volumes": ",".join(data.volumes),
            "dump": data.dump.key if data.dump is not None else "",
            **_also_changes(call, data),
            "beside": "" if data.beside is None else encode(data.beside).decode(),
        },
        note=_note(details, data),
    )


async def _precheck(client: ContainerClient, call: Call, baseline: Mapping[str, Value]) -> None:
    if baseline.get(GOING_BACK) is True:
        return
    engine, goal = await Engine.of(client, call), _goal(call, baseline)
    old, named = await engine.container(goal.container), await engine.container(goal.name)
    if old is None or (named is not None and named.id != old.id and named.config.image != goal.wanted):
        raise PreconditionFailed(t"{goal.name} was changed in the meantime")
    is_begun = old.name != goal.name or await engine.found(f"containers/{goal.aside}.new/json") is not None
    if not is_begun and (reason := replace_refusal(client, old)) is not None:
        raise PreconditionFailed(reason)


async def _execute(client: ContainerClient, call: Call, baseline: Mapping[str, Value]) -> str:
    goal = _goal(call, baseline)
    engine = await Engine.of(client, call)
    changed = {goal.container: goal.name, **await _server(engine, goal)}
    for name in sorted(changed[one] for one in client.updating & changed.keys()):
        raise PreconditionFailed(t"{name} is being updated already")
    client.updating.update(changed)
    try:
        update = Update(engine, goal, client.clock, call.note)
        await (update.go_back() if baseline.get(GOING_BACK) is True else update.run())
    finally:
        client.updating.difference_update(changed)
    return translate(t"{goal.name} was updated to {goal.wanted}")


async def _server(engine: Engine, goal: Goal) -> Mapping[str, str]:
    """Return the id and the name of the container whose database is dumped, nothing without one."""
    one = await engine.container(goal.beside.server) if goal.beside is not None else None
    return {} if one is None else {one.id: one.name}


async def _probe(client: ContainerClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    if baseline.get(BACK) is True:
        return Effect.NOT_DONE
    if baseline.get(GOING_BACK) is True:
        return Effect.NOT_SEEN
    engine, goal = await Engine.of(client, call), _goal(call, baseline)
    old, named = await engine.container(goal.container), await engine.container(goal.name)
    if old is not None:
        return Effect.NOT_SEEN
    return Effect.DONE if named is not None and _is_goal(named, goal) else Effect.UNKNOWN


async def _verify(client: ContainerClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    engine, goal = await Engine.of(client, call), _goal(call, baseline)
    named = await engine.container(goal.name)
    if named is None or not _is_goal(named, goal):
        text: Text = named.config.image if named is not None else t"the container does not exist any more"
        return result(t"Image", text, ok=False)
    if goal.digest:
        image = parse(ImageDetails, await engine.raw(f"images/{named.image_id}/json"), "image")
        if not any(one.endswith(f"@{goal.digest}") for one in (*image.repo_digests, f"@{image.id}")):
            return result(t"Image", t"{goal.wanted} with another content", ok=False)
    if not named.is_up:
        return result(t"State", named.state.status, ok=False)
    return result(t"Image", goal.wanted, ok=True)


async def _undo_dry_run(
    client: ContainerClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    engine, goal = await Engine.of(client, call), _goal(call, baseline)
    named = await engine.container(goal.name)
    kept = Kept(engine, goal.container)
    definition = await kept.definition()
    if named is not None and named.image_id == goal.image and named.is_up:
        if await _is_dump_left(kept, definition, named, baseline):
            return (_dump_difference(goal),)
        is_left = await kept.is_left()
        return (difference(t"Copies of its data", t"kept", t"removed"),) if is_left else ()
    if named is not None and named.image_id != goal.image and named.config.image != goal.wanted:
        raise PreconditionFailed(t"{goal.name} runs from {named.config.image}: somebody else changed it")
    if definition is None and (goal.has_data or named is None):
        raise PreconditionFailed(t"The copy of the data of {goal.name} does not exist any more")
    now: Text = named.config.image if named is not None else t"none"
    found = [difference(t"Image", now, goal.reference)]
    if definition is not None and definition.volumes and baseline.get(IMAGE_ONLY) is not True:
        names = ", ".join(one.name for one in definition.volumes)
        found.append(difference(t"Data in {names}", t"as it is now", t"as before the update"))
    if definition is not None and definition.dump and baseline.get(IMAGE_ONLY) is not True:
        found.append(_dump_difference(goal))
    if definition is not None and definition.beside is not None and baseline.get(IMAGE_ONLY) is not True:
        await beside_must_be_free(engine, kept, definition)
        place = t"Data in {definition.beside.shown} in {definition.beside.server}"
        found.append(difference(place, t"as it is now", t"as in the dump before the update"))
    return tuple(found)


async def _is_dump_left(
    kept: Kept, definition: Definition | None, named: Details, baseline: Mapping[str, Value]
) -> bool:
    """Return whether the container was made again, and its dump was not restored so far."""
    if definition is None or not definition.dump or baseline.get(IMAGE_ONLY) is True:
        return False
    return named.id != kept.container and await kept.dump.is_there()


def _dump_difference(goal: Goal) -> Difference:
    name = database(goal.dump).name
    return difference(t"Data in {name}", t"as it is now", t"as in the dump before the update")


async def _undo(client: ContainerClient, call: Call, baseline: Mapping[str, Value]) -> str:
    engine, goal = await Engine.of(client, call), _goal(call, baseline)
    kept = Kept(engine, goal.container)
    named, definition = await engine.container(goal.name), await kept.definition()
    is_back = named is not None and named.image_id == goal.image and named.is_up
    if named is not None and is_back and not await _is_dump_left(kept, definition, named, baseline):
        await kept.drop()  # it was interrupted after the container was back
        return translate(t"{goal.name} runs from {goal.reference} again")
    definition = definition or await _without_copy(engine, goal)
    if baseline.get(IMAGE_ONLY) is True:
        definition = structs.replace(definition, volumes=(), dump="", beside=None)
    if await engine.found(f"images/{definition.image}/json") is None:
        raise PreconditionFailed(t"The engine does not have the old image of {goal.name} any more")
    await persistently(client.clock, lambda: take_back(engine, kept, definition))
    found = await poll_until(
        client.clock, lambda: engine.container(goal.name), _is_up, seconds=SETTLE, away=SETTLE
    )
    if not _is_up(found):
        raise ServiceError(t"{goal.name} was made again from {goal.reference} and does not run")
    return translate(t"{goal.name} runs from {goal.reference} again")


async def _without_copy(engine: Engine, goal: Goal) -> Definition:
    """Return the definition of the container as it is now, for one that has no data."""
    if goal.has_data:
        raise PreconditionFailed(t"The copy of the data of {goal.name} does not exist any more")
    raw = await engine.raw(f"containers/{goal.name}/json")
    base = parse(Raw, at(await engine.raw(f"images/{raw.get('Image')}/json"), "Config"), "image")
    body, networks = container_body(raw, base, goal.reference)
    return Definition(
        name=goal.name, image=goal.image, reference=goal.reference, body=body, networks=dict(networks)
    )


async def _data(client: ContainerClient, call: Call, details: Details, rows: Sequence[Raw]) -> Data:
    """Return what of the data can be copied, as the engine says it now."""
    place = call.target.id.rpartition("/")[0]
    users: dict[str, set[str]] = {}
    for row in rows:
        for mount in row.get("Mounts") or ():
            name = str((row.get("Names") or ["/"])[0]).removeprefix("/")
            users.setdefault(str(mount.get("Name", "")), set()).add(name)
    volumes, sizes = await client.volumes(place), client.volume_sizes(place)
    dumping = partial(client.dumping, volumes=volumes)
    data = data_of(details.mounts, volumes, users, sizes, details.name, dumping(details))
    return with_beside(data, details, Neighbours(await client.everyone(place)), dumping)


async def _must_have_space(engine: Engine, data: Data) -> None:
    """Raise PreconditionFailed when the engine says that it lacks the space for the copies."""
    if not data.bytes:
        return
    status = parse(Status, await engine.raw("info"), "info", is_lenient=True).driver_status
    free = next((_bytes(text) for name, text in status if name in SPACE), None)
    if free is not None and free < data.bytes:
        raise PreconditionFailed(
            t"A copy of its data needs {size(data.bytes)}, and the engine has {size(free)} left"
        )


def _bytes(text: str) -> int | None:
    """Return a size as storage drivers write it: ``123456`` or ``12.3 GB``."""
    number, _, unit = text.strip().partition(" ")
    factor = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}.get(unit.upper())
    if factor is None or not re.fullmatch(r"\d{1,18}(\.\d{1,6})?", number):
        return None
    return int(float(number) * factor)


def _wanted(call: Call, reference: str) -> str:
    """Return the reference of the new image; one that was pinned to a digest is pinned to the new one."""
    version, digest = call.text("version"), _digest(call)
    if not VERSION.fullmatch(version) or (digest and not DIGEST.fullmatch(digest)):
        raise PreconditionFailed(t"{brief(version, 40)} is no tag")
    if "@" in reference and digest and "@" not in version:
        return with_version(reference, f"{version}@{digest}")
    if "@" in reference and "@" not in version:
        raise PreconditionFailed(t"{call.target.name} is pinned to a digest: the new one is needed too")
    if version == "latest" and split(reference)[0] == reference:
        return reference
    return with_version(reference, version)


def _digest(call: Call) -> str:
    return str(call.arguments.get("digest") or "")


def _goal(call: Call, baseline: Mapping[str, Value]) -> Goal:
    reference = str(baseline["reference"])
    return Goal(
        container=str(baseline["container"]),
        name=call.target.id.rpartition("/")[2],
        image=str(baseline["image"]),
        reference=reference,
        wanted=_wanted(call, reference),
        digest=_digest(call),
        volumes=tuple(filter(None, str(baseline["volumes"]).split(","))),
        dump=str(baseline.get("dump") or ""),
        beside=decode(str(beside), type=BesideDump) if (beside := baseline.get("beside")) else None,
    )


def _is_goal(named: Details, goal: Goal) -> bool:
    return named.config.image == goal.wanted and named.id != goal.container and named.image_id != goal.image


def _is_up(found: Details | None) -> bool:
    return found is not None and found.is_up


def _shown(reference: str, digest: str | None) -> str:
    known = "" if not digest or "@" in reference else f" ({digest[:SHORT_DIGEST]})"
    return f"{reference}{known}"


def _also_changes(call: Call, data: Data) -> Mapping[str, Value]:
    """Return the container whose database is dumped and restored, as an item of the service."""
    if data.beside is None:
        return {}
    place, slash, _ = call.target.id.rpartition("/")
    return {ALSO_CHANGES: f"{place}{slash}{data.beside.server}"}


def _note(details: Details, data: Data) -> str:
    texts = [translate(data.text)]
    if project := details.config.compose("project"):
        texts.append(translate(t"The Compose file of {project} keeps its own tag: change it there too"))
    return f"{'. '.join(texts)}."
