"""Docker: one engine, and the state, health, memory and CPU of its containers."""

from typing import Final

from ...sdk.categories import INFRASTRUCTURE
from ...sdk.description import Control, Right, Role, Service, Versions
from .actions import ACTIONS
from .client import VERBS, DockerClient, poll
from .connection import SETTINGS
from .models import DockerState
from .readings import CHECKS, CONTAINER, SENSORS
from .tools import TOOLS

RIGHTS: Final = (
    Right(key="info", name="GET /info", needed_for="the host name, by which alerts find containers"),
    Right(key="disk", name="GET /system/df", needed_for="disk use"),
    Right(key="events", name="GET /events", needed_for="seeing changes at once"),
    *(
        Right(key=verb, name=f"POST /containers/*/{verb}", needed_for=f"{verb} of a container")
        for verb in VERBS
    ),
)

SERVICE: Final = Service[DockerClient, DockerState](
    key="docker",
    name="Docker",
    category=INFRASTRUCTURE,
    manufacturer="Docker",
    icon="mdi:docker",
    role=Role.HOST,
    settings=SETTINGS,
    connect=DockerClient,
    poll=poll,
    version=lambda state: state.version.version,
    identity=lambda state: min((one.details.id for one in state.containers), default=""),
    sensors=SENSORS,
    resources=(CONTAINER,),
    checks=CHECKS,
    tools=TOOLS,
    actions=ACTIONS,
    controls=(Control.switch("running", "Running", "running", on="start", off="stop", scope="container"),),
    listen=DockerClient.listen,
    rights=RIGHTS,
    granted=lambda state: frozenset(one.key for one in RIGHTS) - state.denied,
    understood=Versions("20.10", "28", name="Docker Engine", note="with API 1.41 to 1.51"),
    tested="Docker Engine 28.5.2",
)
