"""Searches for the films that are wanted and missing."""

from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult, Difference

from ...description import Action, Call, DryRun, Effect
from ...errors import PreconditionFailed
from ...tasks import task_group
from .client import RadarrClient
from .models import Command

_COMMAND: Final = "MissingMoviesSearch"


async def _dry_run(client: RadarrClient, _: Call) -> DryRun:
    async with task_group() as calls:
        missing = calls.create_task(client.missing_count())
        newest = calls.create_task(_last(client))
    change = Difference(field="search", before="none", after=f"for {missing.result()} missing films")
    last = newest.result()
    return DryRun(differences=(change,), baseline={"last_command": last.id if last else 0})


async def _precheck(client: RadarrClient, _: Call, baseline: Mapping[str, Value]) -> None:
    last = await _last(client)
    if last is not None and (last.is_open or last.id != baseline["last_command"]):
        raise PreconditionFailed("Radarr has searched or is searching already")


async def _execute(client: RadarrClient, _: Call, __: Mapping[str, Value]) -> str:
    command = await client.start_command(_COMMAND)
    return f"Search {command.id} is {command.status}"


async def _probe(client: RadarrClient, _: Call, baseline: Mapping[str, Value]) -> Effect:
    last = await _last(client)
    if last is None or last.id == baseline["last_command"]:
        return Effect.NOT_DONE
    return Effect.DONE


async def _verify(client: RadarrClient, _: Call, baseline: Mapping[str, Value]) -> CheckResult:
    last = await _last(client)
    if last is None or last.id == baseline["last_command"]:
        return CheckResult(name="Search", ok=False, text="no search was begun")
    is_well = last.is_open or last.status == "completed"
    return CheckResult(name="Search", ok=is_well, text=f"search {last.id} is {last.status}")


async def _last(client: RadarrClient) -> Command | None:
    return next((one for one in await client.commands() if one.name == _COMMAND), None)


SEARCH_MISSING: Final = Action(
    key="search_missing",
    name="Search for missing films",
    description="Asks all indexers for the films that are wanted and missing.",
    risk=Risk.LOW,
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    idempotent=True,
    blast_radius="Indexers and download clients get work to do",
    button=True,
    icon="mdi:magnify",
)
