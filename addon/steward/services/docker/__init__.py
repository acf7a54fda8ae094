"""Docker: one engine, and the state, health, memory and CPU of its containers."""

from typing import Final

from ...sdk.answers import known
from ...sdk.description import INFRASTRUCTURE, Call, Gaps, Right, Role, Service, Versions
from ...sdk.display import gibibytes, list_tool
from .._docker.actions import ACTIONS, CONTROLS
from .._docker.readings import CHECKS, CONTAINER, COUNTS
from .._docker.restore_drill import RESTORE_DRILL
from .._docker.tools import TOOLS, image_lines
from .client import VERBS, DockerClient, poll
from .connection import SETTINGS
from .models import DockerState

ALSO: Final = ("/containers/*/rename", "/networks/*/connect", "/images/create", "and DELETE /containers/*")
RIGHTS: Final = (
    Right(key="info", name="GET /info", needed_for="the host name, by which alerts find containers"),
    Right(key="disk", name="GET /system/df", needed_for="disk use"),
    Right(key="events", name="GET /events", needed_for="seeing changes at once"),
    Right(
        key="create", name=f"POST /containers/create, {', '.join(ALSO)}", needed_for="another tag of an image"
    ),
    Right(
        key="volumes",
        name="POST /volumes/create, DELETE /volumes/* and the archives of containers",
        needed_for="copies of data before an update",
    ),
    Right(
        key="exec",
        name="POST /containers/*/exec and /exec/*/start, GET /exec/*",
        needed_for="dumps of databases before an update",
    ),
    *(
        Right(key=verb, name=f"POST /containers/*/{verb}", needed_for=f"{verb} of a container")
        for verb in VERBS
    ),
)


@list_tool("images", "Images", "Its images with their digests.")
async def _images(client: DockerClient, gaps: Gaps, _: Call) -> list[str]:
    used = {one.details.image_id for one in await client.containers(None, gaps)}
    return image_lines(await client.images("", gaps), used)


SERVICE: Final = Service[DockerClient, DockerState](
    key="docker",
    home_integrations=("portainer",),
    category=INFRASTRUCTURE,
    icon="mdi:docker",
    role=Role.HOST,
    settings=SETTINGS,
    connect=DockerClient,
    poll=poll,
    version=lambda state: state.version.version,
    identity=lambda state: min((one.details.id for one in state.containers), default=""),
    sensors=(
        *COUNTS,
        gibibytes("disk_used", "Disk used", lambda state: known(state.disk).used),
    ),
    resources=(CONTAINER,),
    checks=CHECKS,
    tools=(*TOOLS, _images),
    actions=ACTIONS,
    controls=CONTROLS,
    restore_drill=RESTORE_DRILL,
    listen=DockerClient.listen,
    rights=RIGHTS,
    granted=lambda state: frozenset(one.key for one in RIGHTS) - state.denied,
    product="docker-engine",
    understood=Versions("20.10", "28", name="Docker Engine", note="with API 1.41 to 1.51"),
    tested="Docker Engine 28.5.2",
)
