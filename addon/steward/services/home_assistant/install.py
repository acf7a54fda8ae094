"""Installs an exact version through Home Assistant, finds it again after a crash, and takes it back."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.home import HomeAction, HomeUpdate
from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceRefused
from ...sdk.description import Action, Call, DryRun, Effect, Risk, Undo
from ...sdk.fields import text_field
from ...sdk.kits import Job, Jobs, RunJob, difference
from ...sdk.kits.jobs import LAST, wait_for
from ...texts import Text, translate
from .client import HomeAssistantClient
from .updates import INSTALL, INSTALL_VERSION, VERSION, can_go_back, takes

LONG: Final = 280.0
"""Seconds that an installation or a backup is waited for at a time; an installation is read again for as
long as it may take."""

TAKES: Final = "takes"
"""The key of the baseline for how many seconds the installation may take. Home Assistant may be away when
it is asked for, and a restart of the host ends the app too."""

BEGUN: Final = "begun"
"""The key of the baseline for when the last installation of the target was started, "" for none."""


async def _updating(client: HomeAssistantClient, call: Call, handle: str) -> Job:
    """Return the installation of one version."""
    update = await client.update(call)
    is_done = update.installed == handle
    # Some devices install later, without saying so: only a failure that was reported is one.
    is_running = update.in_progress or not (is_done or update.failure)
    text = f"version {update.installed} is installed"
    if update.installed is None:
        text = "the installed version is not known"
    return Job(
        handle=handle,
        is_running=is_running,
        ok=None if is_running else is_done,
        text=text if is_done else update.failure or f"{text}, not {handle} yet",
    )


async def _newest(client: HomeAssistantClient, call: Call) -> Job | None:
    """Return the installation that runs or was the last: its handle is the version."""
    update = await client.update(call)
    version = update.latest if update.in_progress else update.installed
    return None if version is None else await _updating(client, call, version)


def _wanted(call: Call, update: HomeUpdate) -> str:
    return str(call.arguments.get(VERSION) or update.latest)


async def _changes(client: HomeAssistantClient, call: Call) -> tuple[Difference, ...]:
    update = await client.update(call)
    return (difference(t"Version", str(update.installed), _wanted(call, update)),)


async def _refusal(client: HomeAssistantClient, call: Call) -> Text | None:
    update = await client.update(call)
    if not update.can_install:
        return t"Home Assistant cannot install updates of {call.target.name}"
    if not update.is_waiting:
        return t"No update of {call.target.name} waits"
    wanted = _wanted(call, update)
    if not update.can_choose_version and wanted != update.latest:
        return t"{call.target.name} offers version {update.latest} now, not {wanted}"
    return None


async def _version_refusal(client: HomeAssistantClient, call: Call) -> Text | None:
    update = await client.update(call)
    if not update.can_install or not can_go_back(update):
        return t"Home Assistant cannot choose the version of {call.target.name}"
    if update.installed == _wanted(call, update):
        return t"{call.target.name} has version {update.installed} already"
    return None


async def _note(client: HomeAssistantClient, call: Call) -> str:
    can_backup = (await client.update(call)).can_backup
    return translate(t"Creates a backup first." if can_backup else t"No backup is created first.")


async def _install(client: HomeAssistantClient, call: Call) -> str:
    version = call.arguments.get(VERSION)
    wanted = None if version is None else str(version)
    return (await client.home.call(HomeAction.INSTALL_UPDATE, call.target.id, wanted)).handle


_JOBS: Final = Jobs(read=_updating, newest=_newest, seconds=LONG)


def _action(job: Action[HomeAssistantClient]) -> Action[HomeAssistantClient]:
    """Return the action of a job that finds out whether a failed installation changed anything."""

    async def dry_run(client: HomeAssistantClient, call: Call) -> DryRun:
        found = await job.dry_run(client, call)
        longest = takes(await client.update(call))
        baseline = {**found.baseline, BEGUN: await _begun(client, call), TAKES: longest}
        return replace(found, baseline=baseline)

    async def execute(client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]) -> str:
        try:
            return await job.execute(client, call, baseline)
        except EffectUnknown as err:
            failure = await _failure_now(client, call, baseline)
            if failure is None:
                raise
            version = str(baseline[LAST])
            text = t"{call.target.name} keeps version {version}: {failure}"
            raise ServiceRefused(text) from err

    async def probe(client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
        if await _failure(client, call, baseline) is not None:
            return Effect.NOT_DONE
        return await job.probe(client, call, baseline)

    return replace(job, dry_run=dry_run, execute=execute, probe=probe, latest=_latest)


async def _latest(client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]) -> float:
    """Return how long the installation may take: without end while it reports progress."""
    longest = float(str(baseline[TAKES]))
    try:
        update = await client.update(call)
    except ServiceError:
        return longest
    return inf if update.in_progress and client.progress.moves(update) else longest


async def _begun(client: HomeAssistantClient, call: Call) -> str:
    job = await client.job(HomeAction.INSTALL_UPDATE, call)
    return "" if job is None else job.begun_at.isoformat()


async def _failure(client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]) -> str | None:
    """Return why our installation failed when the version from before is still installed."""
    job = await client.job(HomeAction.INSTALL_UPDATE, call)
    if job is None or job.ended_at is None or job.begun_at.isoformat() == baseline[BEGUN]:
        return None
    update = await client.update(call)
    is_as_before = update.installed == baseline[LAST] and not update.in_progress
    return job.failure if is_as_before else None


async def _failure_now(client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]) -> str | None:
    try:
        return await _failure(client, call, baseline)
    except ServiceError:
        return None


async def _undo_changes(
    client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    update, before = await client.update(call), str(baseline[LAST])
    if update.installed == before and not update.in_progress:
        return ()
    if update.installed not in (before, _wanted(call, update)):
        raise PreconditionFailed(
            t"{call.target.name} has version {update.installed}: somebody else changed it"
        )
    if not update.can_choose_version:
        raise PreconditionFailed(t"Home Assistant cannot choose the version of {call.target.name}")
    return (difference(t"Version", str(update.installed), before),)


async def _undo(client: HomeAssistantClient, call: Call, baseline: Mapping[str, Value]) -> str:
    before = str(baseline[LAST])
    await client.home.call(HomeAction.INSTALL_UPDATE, call.target.id, before)
    job = await wait_for(client, call, before, _JOBS)
    return translate(t"{call.target.name}: {job.text}")


_INSTALL: Final = _action(
    RunJob(start=_install, jobs=_JOBS, changes=_changes, refusal=_refusal, note=_note).action(
        key=INSTALL,
        name="Install update",
        description="Installs the newest version, after a backup where that is supported.",
        risk=Risk.MEDIUM,
        scope="update",
        capability="update",
        arguments=(
            text_field(VERSION, "Version", "It is refused when another one is the newest", required=False),
        ),
        blast_radius="What is updated may be away meanwhile",
    )
)
_INSTALL_VERSION: Final = replace(
    _action(
        RunJob(start=_install, jobs=_JOBS, changes=_changes, refusal=_version_refusal, note=_note).action(
            key=INSTALL_VERSION,
            name="Install version",
            description="Installs one version, after a backup where that is supported.",
            risk=Risk.MEDIUM,
            scope="update",
            icon="mdi:update",
            arguments=(text_field(VERSION, "Version", "Such as 2026.11.1"),),
            blast_radius="What is updated may be away meanwhile",
        )
    ),
    undo=Undo(dry_run=_undo_changes, execute=_undo),
)
UPDATE_ACTIONS: Final = (_INSTALL, _INSTALL_VERSION)
