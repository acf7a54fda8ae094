"""What can be done: scrub a pool, take a snapshot, replicate, and restart, start and stop apps."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult

from ...errors import PreconditionFailed
from ...sdk.coverage import Gaps
from ...sdk.description import Call, Control
from ...sdk.kits.create_item import CreateItem
from ...sdk.kits.jobs import Jobs, RunJob, always
from ...sdk.kits.switch import Switch, Turn
from ...sdk.readings import known
from .client import TrueNasClient
from .models import App, Pool, Replication
from .readings import app_runs

APPS, SNAPSHOTS = "APPS_WRITE", "SNAPSHOT_WRITE"


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
        raise PreconditionFailed(f"TrueNAS does not list {call.target.name}")
    return item


async def _no_scrub(client: TrueNasClient, call: Call) -> str | None:
    pool = await _pool(client, call)
    if pool.name != call.target.name:
        return f"The pool is called {pool.name} now"
    is_scanning = pool.scan is not None and known(pool.scan.state) == "SCANNING"
    return f"A scrub or resilver of {pool.name} is running" if is_scanning else None


async def _no_replication(client: TrueNasClient, call: Call) -> str | None:
    tasks = await client.many(Replication, "replication.query", Gaps())
    task = _found(call, (one for one in tasks if str(one.id) == call.target.id))
    return None if known(task.enabled) else f"{task.name} is disabled"


async def _not_running(client: TrueNasClient, call: Call) -> str | None:
    return None if app_runs(await _app(client, call)) else f"{call.target.name} is not running"


async def _is_on(client: TrueNasClient, call: Call) -> bool:
    return app_runs(await _app(client, call))


async def _runs(client: TrueNasClient, call: Call) -> CheckResult:
    app = await _app(client, call)
    ok = None if app.state == "DEPLOYING" else app.state == "RUNNING"
    return CheckResult(name="State", ok=ok, text=app.state.lower())


SCRUB: Final = RunJob(
    start=_start("pool.scrub.scrub", subject=lambda call: call.target.name),
    jobs=_jobs("pool.scrub.scrub", lambda call: call.target.name),
    changes=always("Scrub", "not running", "running"),
    refusal=_no_scrub,
    waits=False,
    note="It reads all data and takes hours. The pool is slower meanwhile.",
)
REPLICATE: Final = RunJob(
    start=_start("replication.run", subject=lambda call: int(call.target.id)),
    jobs=_jobs("replication.run", lambda call: int(call.target.id)),
    changes=always("Replication", "not running", "running"),
    refusal=_no_replication,
    waits=False,
)
SNAPSHOT_TASK: Final = RunJob(
    start=_start("pool.snapshottask.run", subject=lambda call: int(call.target.id)),
    jobs=_jobs("pool.snapshottask.run", lambda call: int(call.target.id)),
    changes=always("Snapshot task", "not running", "running"),
)
RESTART: Final = RunJob(
    start=_start("app.redeploy"),
    jobs=_jobs("app.redeploy", lambda call: call.target.id, seconds=300.0),
    changes=always("State", "running", "restarted"),
    refusal=_not_running,
    goal=_runs,
    note="Its images are pulled again: a newer image of the same tag is used.",
)
POWER: Final = Switch(
    is_on=_is_on,
    on=Turn(to=True, run=_start("app.start"), jobs=_jobs("app.start", lambda call: call.target.id)),
    off=Turn(to=False, run=_start("app.stop"), jobs=_jobs("app.stop", lambda call: call.target.id)),
    words=("stopped", "running"),
)


def _created(client: TrueNasClient, call: Call, name: str) -> Awaitable[object]:
    form: Mapping[str, str] = {"dataset": call.target.id, "name": name}
    return client.call("pool.snapshot.create", form, changes=True)


SNAPSHOT: Final = CreateItem(
    label="Snapshot",
    names=TrueNasClient.snapshots,
    create=_created,
    delete=lambda client, call, name: client.call(
        "pool.snapshot.delete", f"{call.target.id}@{name}", changes=True
    ),
)
ACTIONS: Final = (
    SCRUB.action(
        key="scrub_pool",
        name="Scrub pool",
        description="Reads and verifies all data of the pool.",
        risk=Risk.LOW,
        scope="pool",
        icon="mdi:broom",
        capability="scrub",
        needs=("POOL_WRITE",),
    ),
    SNAPSHOT.action(
        key="create_snapshot",
        name="Create snapshot",
        description="Takes a snapshot of the dataset.",
        risk=Risk.LOW,
        scope="dataset",
        icon="mdi:camera",
        capability="snapshot",
        needs=(SNAPSHOTS,),
    ),
    REPLICATE.action(
        key="run_replication",
        name="Run replication",
        description="Starts the replication now.",
        risk=Risk.LOW,
        scope="replication",
        icon="mdi:content-duplicate",
        capability="replicate",
        needs=("REPLICATION_TASK_WRITE",),
    ),
    SNAPSHOT_TASK.action(
        key="run_snapshot_task",
        name="Run snapshot task",
        description="Takes the snapshots of the task now.",
        risk=Risk.LOW,
        scope="snapshot_task",
        icon="mdi:camera-burst",
        capability="retry",
        needs=("SNAPSHOT_TASK_WRITE",),
    ),
    RESTART.action(
        key="restart_app",
        name="Restart app",
        description="Stops the app, pulls its images, and starts it.",
        risk=Risk.MEDIUM,
        scope="app",
        blast_radius="One app is interrupted",
        button=True,
        icon="mdi:restart",
        capability="restart",
        interrupts=True,
        needs=(APPS,),
    ),
    POWER.turn_on(
        key="start_app",
        name="Start app",
        description="Starts the app.",
        risk=Risk.LOW,
        scope="app",
        icon="mdi:play",
        capability="start",
        needs=(APPS,),
    ),
    POWER.turn_off(
        key="stop_app",
        name="Stop app",
        description="Stops the app.",
        risk=Risk.HIGH,
        scope="app",
        blast_radius="One app is interrupted",
        icon="mdi:stop",
        capability="stop",
        interrupts=True,
        needs=(APPS,),
    ),
)
CONTROLS: Final = (
    Control.switch("power_app", "Power", "running", on="start_app", off="stop_app", scope="app"),
)
