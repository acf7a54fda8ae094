"""One process of the app: it asks, presses, and is killed; the last one waits and reports."""

import asyncio
import os
import random
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
import orjson
from sqlalchemy import select

from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus
from rig.agent_rig import AgentRig, open_rig
from rig.databases import workflow_url
from rig.inventory import alert, box, speaker
from steward.agent.limits import Limits
from steward.agent.runs.dbos_engine import DbosEngine
from steward.store import approvals, incidents, tables

from .service import RUNBOOKS, Client, TortureInventory

LOOKED_FOR: Final = 4.0
"""Seconds in which a lost effect is looked for: longer than the world takes."""

LIMITS: Final = Limits(expiry=timedelta(hours=1), changes_per_hour=1_000_000, looked_for=LOOKED_FOR)
KINDS: Final = ("one", "two", "worse", "restart", "search", "memory", "cpu")
REQUESTS: Final[dict[str, dict[str, object]]] = {
    "restart": {},
    "search": {},
    "memory": {"memory": 3072},
    "cpu": {"cpu": 4},
}
BUSY: Final = (IncidentStatus.OPEN, IncidentStatus.DIAGNOSED, IncidentStatus.ACTING)
LONGEST_END: Final = 480.0
"""Seconds for the last process: on a busy machine reads time out and are repeated."""


@dataclass(frozen=True, kw_only=True)
class AppProcess:
    """What one process does. ``seconds`` is when it is killed, None for the last one."""

    folder: Path
    url: str
    number: int
    seed: int
    seconds: float | None


type Work = Callable[[AppProcess], Awaitable[None]]
"""What a process does until it is killed; the last one writes the report."""


def start(process: AppProcess, work: Work) -> int:
    """Fork the process; return its id."""
    pid = os.fork()
    if pid:
        return pid
    if process.seconds is not None:
        # The default action of the signal ends the process as SIGKILL does, at any instruction.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, process.seconds)
    code = 0
    with (process.folder / f"{process.number}.log").open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            asyncio.run(work(process))
        except BaseException:  # noqa: BLE001 - the log is the only output of this process
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


async def ask_and_press(process: AppProcess) -> None:
    """Ask and press without end; the last process waits and writes the report."""
    async with (
        aiohttp.ClientSession() as session,
        open_rig(
            process.folder,
            inventory=TortureInventory(Client(session, process.url)),
            limits=LIMITS,
            runbooks=RUNBOOKS,
            engine=lambda stages: DbosEngine(workflow_url(process.folder), stages),
        ) as rig,
    ):
        if process.seconds is None:
            await write_report(rig, process.folder)
            os._exit(0)
        await ask_forever(rig, session, process)


async def ask_forever(rig: AgentRig, session: aiohttp.ClientSession, process: AppProcess) -> None:
    """Ask for changes and press, one after the other."""
    chance = random.Random(process.seed)  # noqa: S311 - repeatable, not secret
    for number in range(1_000):
        kind = chance.choice(KINDS)
        name = f"{kind}-{process.number}-{number}"
        async with session.post(f"{process.url}/boxes", json={"name": name}) as answer:
            answer.raise_for_status()
        await rig.inventory.poll_now("toy1")
        request = await _asked(rig, kind, name)
        press = asyncio.create_task(rig.press(request))
        await asyncio.sleep(chance.uniform(0.0, 0.25))
        await press


async def _asked(rig: AgentRig, kind: str, name: str) -> ApprovalRequest:
    if kind in REQUESTS:
        action = kind if kind in ("restart", "search") else f"set_{kind}"
        asked = await rig.agent.requests.request(
            RequestAction(
                instance_id="toy1",
                action=action,
                speaker=speaker(),
                target_id=box(name).id,
                arguments=REQUESTS[kind],  # type: ignore[arg-type]
            )
        )
        assert asked.approval_id is not None, asked.message
        return await rig.request_with(asked.approval_id)
    await rig.fire(alert("Two" if kind == "two" else "One", name=name, fingerprint=name))
    while True:
        for one in await rig.incidents():
            if one.target == box(name) and one.approval_id is not None:
                return await rig.request_with(one.approval_id)
        await asyncio.sleep(0.02)


async def write_report(rig: AgentRig, folder: Path) -> None:
    """Wait until nothing is under way, and write what is reported about each approval."""
    end = asyncio.get_running_loop().time() + LONGEST_END
    while busy := [one for one in await rig.incidents() if one.status in BUSY]:
        if asyncio.get_running_loop().time() > end:
            left = [(one.title, one.status, one.run and one.run.status, one.resolution) for one in busy]
            message = f"still under way: {left}"
            raise TimeoutError(message)
        await asyncio.sleep(0.2)
    rows = []
    async with rig.store.read() as connection:
        approved = select(tables.approvals.c.id).where(
            tables.approvals.c.status == ApprovalStatus.APPROVED.value
        )
        for request_id in (await connection.scalars(approved)).all():
            request = await approvals.request(connection, request_id)
            assert request is not None
            incident = await incidents.existing(connection, request.incident_id)
            rows.append(_row(request, incident.target.name if incident.target else "", incident))
    report = {
        "approvals": rows,
        "leases": await rig.leases(),
        "audit_broken_at": (await rig.audit()).broken_at,
    }
    (folder / "report.json").write_bytes(orjson.dumps(report))


def _row(request: ApprovalRequest, name: str, incident: object) -> dict[str, object]:
    run = getattr(incident, "run", None)
    if run is None or run.approval_id != request.id:
        return {"box": name, "status": "none", "steps": [], "error": ""}
    steps = [
        {"action": step.action.removeprefix("toy."), "state": step.state.value, "detail": step.detail}
        for step in run.steps
    ]
    return {"box": name, "status": run.status.value, "steps": steps, "error": run.error or ""}
