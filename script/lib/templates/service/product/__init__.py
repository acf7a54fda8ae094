"""Example: what it is, in a few words."""

from typing import Final

from ...sdk.access import Access
from ...sdk.auth import Key
from ...sdk.categories import GENERAL
from ...sdk.checks import warning
from ...sdk.description import ResourceKind, Service, Versions
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.rest import Rest
from ...sdk.sensors import count, flag
from ...texts import Text
from .actions import ACTIONS
from .models import ExampleState, Worker
from .tools import workers

API_KEY: Final = secret_field("api_key", "API key", "In Example under Settings, API.")


def connect(access: Access) -> Rest:
    """Return the client, with the path of the API and the credentials."""
    return Rest(access, base="api/v1", auth=Key("X-Api-Key", (API_KEY,)))


def _is_stopped(worker: Worker) -> Text | None:
    return None if worker.is_running else t"Worker {worker.name} is stopped"


SERVICE: Final = Service[Rest, ExampleState](
    key="example",
    name="Example",
    category=GENERAL,
    icon="mdi:cube-outline",
    settings=(url_field("http://example.example.org:8080"), API_KEY, *TLS_SETTINGS),
    connect=connect,
    poll=ExampleState.poll,
    version=lambda state: state.status.version,
    sensors=(
        count("jobs_waiting", "Jobs waiting", lambda state: state.status.jobs_waiting, "mdi:tray-full"),
    ),
    resources=(
        ResourceKind[ExampleState, Worker](
            key="worker",
            name="Worker",
            items=lambda state: state.workers,
            id=lambda worker: str(worker.id),
            title=lambda worker: worker.name,
            labels=lambda worker: {"worker": worker.name},
            sensors=(flag("running", "Running", lambda worker: worker.is_running, "running"),),
        ),
    ),
    checks=(warning("worker_stopped", "Worker stopped", _is_stopped, scope="worker"),),
    tools=(workers,),
    actions=ACTIONS,
    understood=Versions("1", "1"),
)
