"""Whether a container can be replaced by a new one."""

from collections.abc import Sequence
from socket import gethostname

from ...sdk.display import Text
from ...sdk.image_names import parse_image
from .client import ContainerClient
from .engine import Raw
from .kept import SHORT
from .models import Details


def replace_refusal(client: ContainerClient, details: Details) -> Text | None:
    """Return why a container must not be replaced, None when it may be."""
    name = parse_image(details.config.image)
    if name is not None and name.repository.path.rpartition("/")[2] in client.way:
        return t"The engine is reached through {details.name}: it cannot be started again from here"
    if (manager := details.config.manager) is not None:
        return t"{manager} manages {details.name}: update it there"
    if _is_own(details):
        return t"The app runs in {details.name} and cannot update itself"
    if not details.is_up or details.state.paused:
        return t"{details.name} does not run: it is {details.state.status}"
    if name is None:
        return t"{details.name} runs from an image without a name"
    return details.stop_refusal()


def network_refusal(rows: Sequence[Raw], details: Details) -> Text | None:
    """Return that other containers use the network of a container, which they would lose.

    ``rows`` are those of all containers.
    """
    modes = {f"container:{one}" for one in (details.id, details.id[:SHORT], details.name)}
    names = [
        str((row.get("Names") or ["/"])[0]).removeprefix("/")
        for row in rows
        if (row.get("HostConfig") or {}).get("NetworkMode") in modes
    ]
    if not names:
        return None
    return t"{', '.join(names[:3])} would lose the network, which is that of {details.name}"


def _is_own(details: Details) -> bool:
    """Return whether the app runs in a container: its host name is by default the beginning of the id."""
    return len(name := gethostname()) >= SHORT and details.id.startswith(name)
