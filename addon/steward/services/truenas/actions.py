"""What can be done: scrub a pool, take a snapshot, roll back, replicate, and restart, start and stop apps."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from homelab_steward.contract.incidents import CheckResult

from ...errors import PreconditionFailed
from ...sdk.answers import known
from ...sdk.description import Call, Control, Gaps, Risk
from ...sdk.kits import ITEM_NAME, About, Jobs, RunJob, Switch, Turn, always, result
from ...texts import Text
from .client import TrueNasClient
from .models import App, Pool, Replication
from .readings import app_runs
from .snapshots import BACK_TO, SNAPSHOT, roll_back

APPS: Final = "APPS_WRITE"
REPLICATION: Final = "REPLICATION_TASK_WRITE"
TASKS: Final = "SNAPSHOT_TASK_WRITE"


def _jobs(method: str, subject: Callable[[Call], object], **more: Any) -> Jobs[TrueNasClient]:
    return Jobs(
        read=lambda client, _, number: client.job(number),
        newest=lambda client, call: client.newest_job(method, subject(call)),
        **more,
    )


def _start(method: str, *more: str, subject: Any = None) -> Callable[[TrueNasClient, Call], Awaitable[str]]:
    about = subject or (lambda call: call.target.id)
    return lambda client, call: client.started(method, about(call), *more)


async def _pool(client: TrueNasClient, call: Call) -> Pool:
    pools = await client.many(Pool, "pool.query", Gaps())
    return _found(call, (one for one in pools if one.guid == call.target.id))


async def _app(client: TrueNasClient, call: Call) -> App:
    apps = await client.many(App, "app.query", Gaps())
    return _found(call, (one for one in apps if one.id == call.target.id))


def _found[T](call: Call, items: Iterator[T]) -> T:
    if (item := next(items, None)) is None:
        raise PreconditionFailed(t"TrueNAS does not list {call.target.name}")
    return item


async def _no_scrub(client: TrueNasClient, call: Call) -> Text | None:
    pool = await _pool(client, call)
    if pool.name != call.target.name:
        return t"The pool is called {pool.name} now"
    is_scanning = pool.scan is not None and known(pool.scan.state) == "SCANNING"
    return t"A scrub or resilver of {pool.name} is running" if is_scanning else None


async def _no_replication(client: TrueNasClient, call: Call) -> Text | None:
    tasks = await client.many(Replication, "replication.query", Gaps())
    task = _found(call, (one for one in tasks if str(one.id) == call.target.id))
    return None if known(task.enabled) else t"{task.name} is disabled"


async def _is_on(client: TrueNasClient, call: Call) -> bool:
    return app_runs(await _app(client, call))


async def _not_running(client: TrueNasClient, call: Call) -> Text | None:
    return None if await _is_on(client, call) else t"{call.target.name} is not running"


async def _runs(client: TrueNasClient, call: Call) -> CheckResult:
    app = await _app(client, call)
    ok = None if app.state == "DEPLOYING" else app.state == "RUNNING"
    return result(t"State", app.state.lower(), ok=ok)


SCRUB: Final = RunJob(
    start=_start("pool.scrub.scrub", subject=lambda call: call.target.name),
    jobs=_jobs("pool.scrub.scrub", lambda call: call.target.name),
    changes=always(t"Scrub", t"not running", t"running"),
    refusal=_no_scrub,
    waits=False,
    note=t"It reads all data and takes hours. The pool is slower meanwhile.",
)
REPLICATE: Final = RunJob(
    start=_start("replication.run", subject=lambda call: int(call.target.id)),
    jobs=_jobs("replication.run", lambda call: int(call.target.id)),
    changes=always(t"Replication", t"not running", t"running"),
    refusal=_no_replication,
    waits=False,
)
SNAPSHOT_TASK: Final = RunJob(
    start=_start("pool.snapshottask.run", subject=lambda call: int(call.target.id)),
    jobs=_jobs("pool.snapshottask.run", lambda call: int(call.target.id)),
    changes=always(t"Snapshot task", t"not running", t"running"),
)
RESTART: Final = RunJob(
    start=_start("app.redeploy"),
    jobs=_jobs("app.redeploy", lambda call: call.target.id, seconds=300.0),
    changes=always(t"State", t"running", t"restarted"),
    refusal=_not_running,
    goal=_runs,
    note=t"Its images are pulled again: a newer image of the same tag is used.",
)
POWER: Final = Switch(
    is_on=_is_on,
    on=Turn(to=True, run=_start("app.start"), jobs=_jobs("app.start", lambda call: call.target.id)),
    off=Turn(to=False, run=_start("app.stop"), jobs=_jobs("app.stop", lambda call: call.target.id)),
    words=(t"stopped", t"running"),
)


ABOUT: Final = {
    "scrub_pool": ("Scrub pool", "Reads and verifies all its data.", "pool", "scrub", "POOL_WRITE"),
    "create_snapshot": ("Create snapshot", "Takes a snapshot.", "dataset", "snapshot", "SNAPSHOT_WRITE"),
    "roll_back": (
        "Roll back the dataset",
        "Goes back to a snapshot. What changed since then is lost.",
        "dataset",
        "rollback",
        "SNAPSHOT_WRITE",
    ),
    "run_replication": ("Run replication", "Starts it now.", "replication", "replicate", REPLICATION),
    "run_snapshot_task": ("Run snapshot task", "Takes its snapshots now.", "snapshot_task", "retry", TASKS),
    "restart_app": ("Restart app", "Stops it, pulls its images, and starts it.", "app", "restart", APPS),
    "start_app": ("Start app", "Starts the app.", "app", "start", APPS),
    "stop_app": ("Stop app", "Stops the app.", "app", "stop", APPS),
}
BLAST: Final = {
    **dict.fromkeys(("restart", "stop"), "One app is interrupted"),
    "rollback": "Everything that was written to the dataset since then is lost",
}
RISKS: Final = {"restart": Risk.MEDIUM, "stop": Risk.HIGH, "rollback": Risk.HIGH}
ARGUMENTS: Final = {"snapshot": (ITEM_NAME,), "rollback": (BACK_TO,)}
ICONS: Final = {
    "scrub": "mdi:broom",
    "snapshot": "mdi:camera",
    "rollback": "mdi:backup-restore",
    "replicate": "mdi:content-duplicate",
    "retry": "mdi:camera-burst",
    "restart": "mdi:restart",
    "start": "mdi:play",
    "stop": "mdi:stop",
}


def _about(key: str) -> About:
    name, description, scope, capability, right = ABOUT[key]
    interrupts = capability in ("restart", "stop")
    return {
        "key": key,
        "name": name,
        "description": description,
        "risk": RISKS.get(capability, Risk.LOW),
        "scope": scope,
        "arguments": ARGUMENTS.get(capability, ()),
        "blast_radius": BLAST.get(capability, ""),
        "button": capability == "restart",
        "icon": ICONS[capability],
        "capability": capability,
        "interrupts": interrupts,
        "needs": (right,),
    }


ACTIONS: Final = (
    SCRUB.action(**_about("scrub_pool")),
    SNAPSHOT.action(**_about("create_snapshot")),
    roll_back(_about("roll_back")),
    REPLICATE.action(**_about("run_replication")),
    SNAPSHOT_TASK.action(**_about("run_snapshot_task")),
    RESTART.action(**_about("restart_app")),
    POWER.turn_on(**_about("start_app")),
    POWER.turn_off(**_about("stop_app")),
)
CONTROLS: Final = (
    Control.switch("power_app", "Power", "running", on="start_app", off="stop_app", scope="app"),
    Control.update("https://apps.truenas.com/", installed="installed", scope="app"),
)
