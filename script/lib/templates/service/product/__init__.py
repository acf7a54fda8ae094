"""Example: what it is, in a few words."""

from typing import Final

from ...sdk.client import Key, Rest
from ...sdk.description import GENERAL, Call, Gaps, ResourceKind, Service, Versions
from ...sdk.display import Text, brief, count, flag, list_tool, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import restart_program
from .models import ExampleState, Worker

API_KEY: Final = secret_field("api_key", "API key", "In Example under Settings, API.")


class ExampleClient(Rest):
    """One Example: the path of its API, how it logs in, and its changes."""

    base = "api/v1"
    auth = Key("X-Api-Key", (API_KEY,))

    async def started(self, _: Call) -> str:
        """Return what changes with every start."""
        return (await ExampleState.status.whole(self)).started_at.isoformat()

    async def restart(self, _: Call) -> None:
        """Ask it to restart."""
        await self.send("POST", "restart")


@list_tool("workers", "Workers", "Which workers run, and which do not.", capability="status")
async def _workers(client: ExampleClient, gaps: Gaps, _: Call) -> list[str]:
    found = worst_first(await ExampleState.workers.now(client, gaps), lambda one: not one.is_running)
    return [f"{brief(one.name, 100)}: {one.state or 'state not known'}" for one in found]


def _is_stopped(worker: Worker) -> Text | None:
    return None if worker.is_running else t"Worker {worker.name} is stopped"


SERVICE: Final = Service[ExampleClient, ExampleState](
    key="example",
    name="Example",
    category=GENERAL,
    icon="mdi:cube-outline",
    settings=(url_field("http://example.example.org:8080"), API_KEY, *TLS_SETTINGS),
    connect=ExampleClient,
    poll=ExampleState.poll,
    version=lambda state: state.status.version,
    sensors=(
        count("jobs_waiting", "Jobs waiting", lambda state: state.status.jobs_waiting, "mdi:tray-full"),
    ),
    resources=(
        ResourceKind[ExampleState, Worker](
            key="worker",
            items=lambda state: state.workers,
            id=lambda worker: str(worker.id),
            title=lambda worker: worker.name,
            labels=lambda worker: {"worker": worker.name},
            sensors=(flag("running", "Running", lambda worker: worker.is_running, "running"),),
        ),
    ),
    checks=(warning("worker_stopped", "Worker stopped", _is_stopped, scope="worker"),),
    tools=(_workers,),
    actions=(
        restart_program(
            ExampleClient.started,
            ExampleClient.restart,
            t"Jobs that wait are kept.",
        ),
    ),
    understood=Versions("1", "1"),
)
