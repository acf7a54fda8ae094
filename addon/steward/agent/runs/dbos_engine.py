"""The workflow engine on DBOS: steps and sleeps in a database of its own."""

import asyncio
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, cast

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID

from ...errors import LeadershipLost
from ...store.leader import Leader
from .workflow import Stages, run_approved

log = structlog.get_logger(__name__)

WORKFLOW_SCHEMA: Final = "run-approved-1"
"""The version of the workflow, not of the app: after an app update unfinished workflows
must be continued. Raised only when the order of steps changes."""

SQLITE: Final = "sqlite:///"
MOST_RECOVERIES: Final = 1_000_000
"""The restarts after which DBOS gives up a workflow: these workflows must never be given up."""


class _DurableSteps:
    """Runs steps and sleeps with DBOS."""

    async def step[Result](self, name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            try:
                return await work()
            except LeadershipLost:
                # The new leader continues the workflow: an error of this process must not be recorded in it.
                await asyncio.get_running_loop().create_future()
                raise

        return await DBOS.run_step_async({"name": name}, run)

    async def sleep(self, seconds: float) -> None:
        await DBOS.sleep_async(seconds)


class DbosEngine:
    """The engine; one per process, because DBOS has one registry."""

    def __init__(self, url: str, stages: Stages, generation: str = "", leader: Leader | None = None) -> None:
        """``url`` is ``sqlite:///file`` or ``postgresql://…``; not the store's own file.

        Workflows of another ``generation`` of the store are not continued. Only the ``leader`` starts any.
        """
        self._url = url
        self._leader = leader
        self._stages = stages
        self._version = f"{WORKFLOW_SCHEMA} {generation}".strip()
        self._workflow: Callable[[str], Awaitable[None]] | None = None
        self._running: dict[asyncio.Task[object], str] = {}

    async def start(self) -> None:
        """Start DBOS in the running event loop, which then runs the workflows."""
        await asyncio.to_thread(_prepare, self._url)
        config: DBOSConfig = {
            "name": "homelab-steward",
            "system_database_url": self._url,
            "application_version": self._version,
            # The same for all replicas: only the leader starts the engine, and it continues all workflows.
            "executor_id": "local",
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
        }
        DBOS(config=config)
        stages = self._stages

        @DBOS.workflow(name="run_approved", max_recovery_attempts=MOST_RECOVERIES)
        async def workflow(request_id: str) -> None:
            with self._tracked(request_id):
                await run_approved(_DurableSteps(), stages, request_id)

        self._workflow = workflow
        DBOS.launch()

    async def begin(self, request_id: str) -> None:
        """Start the workflow with the request's id; does nothing when it was started before."""
        await self._start(request_id, request_id)

    def is_live(self, request_id: str) -> bool:
        """Return whether a workflow of the request runs now."""
        return request_id in self._running.values()

    async def resume(self, request_id: str) -> None:
        """Start another workflow of a request whose workflow ended before its run did.

        A full disk, or a database that was restored from a backup, may end a workflow. Other workflows of
        the request are cancelled first, because two must not work on one run.
        """
        self._require_leader()
        left = await DBOS.list_workflows_async(workflow_id_prefix=request_id, status=["PENDING", "ENQUEUED"])
        for one in left:
            await DBOS.cancel_workflow_async(one.workflow_id)
        await self._start(f"{request_id}-{secrets.token_hex(4)}", request_id)

    async def _start(self, workflow_id: str, request_id: str) -> None:
        if self._workflow is None:
            message = "the workflow engine is not started"
            raise RuntimeError(message)
        self._require_leader()
        with SetWorkflowID(workflow_id):
            await DBOS.start_workflow_async(self._workflow, request_id)  # type: ignore[arg-type]

    def _require_leader(self) -> None:
        if self._leader is not None:
            self._leader.require()

    async def close(self) -> None:
        """Stop all workflows; the next start continues them."""
        self._workflow = None
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        # DBOS replaced the loop's default executor and closes its own with itself.
        threads = ThreadPoolExecutor(thread_name_prefix="steward")
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(threads, partial(DBOS.destroy, destroy_registry=True))
        loop.set_default_executor(threads)

    @contextmanager
    def _tracked(self, request_id: str) -> Iterator[None]:
        """Keep the workflow's task: DBOS does not stop it when it is closed."""
        task = cast("asyncio.Task[object]", asyncio.current_task())
        self._running[task] = request_id
        try:
            yield
        finally:
            del self._running[task]


def _prepare(url: str) -> None:
    """Set write-ahead logging on DBOS's own SQLite file (it stays set).

    A damaged file is renamed: the journal has everything that a run needs to be continued.
    """
    if not url.startswith(SQLITE):
        return
    path = Path(url.removeprefix(SQLITE))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _is_sound(path):
        log.error("workflow database damaged, a new one is used", file=str(path))
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(f"{path.name}{suffix}")
            if part.exists():
                part.replace(path.with_name(f"{path.name}.damaged{suffix}"))
        _is_sound(path)


def _is_sound(path: Path) -> bool:
    """Return whether a SQLite file is sound; one that is missing is created.

    Raises sqlite3.OperationalError when it cannot be opened.
    """
    with closing(sqlite3.connect(path)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return False
