"""Creates a container again from another image, with the configuration, networks and volumes it has."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from ...errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceNotFound
from ...sdk.answers import at, parse
from ...sdk.description import Call
from ...sdk.image_names import with_version
from .client import SUFFIX, ContainerClient
from .engine import Engine, Raw
from .models import Details

ENDPOINT: Final = ("IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority")
"""What is wanted of the connection to a network; the other fields say whether it was reached."""


async def recreate(client: ContainerClient, call: Call, tag: str | None = None, *, pulls: bool) -> None:
    """Replace the target by one with this tag of its image; on a failure the old one runs again.

    None is the image that it has.
    The old one is removed once the new one is started. Its volumes stay.

    Raises:
        PreconditionFailed: there is no such image; nothing was changed.
        ServiceError: as Rest.send does; the old container runs again if that was possible.
    """
    old = await client.inspect(call)
    image = old.config.image if tag is None else with_version(old.config.image, tag)
    if pulls:
        await _pull(client, call, image)
    try:
        await client.get(await client.at(call, f"images/{image}/json"))
    except ServiceNotFound as err:
        raise PreconditionFailed(t"The engine does not have {image}, and could not pull it") from err
    raw = await _object(client, call, f"containers/{old.id}/json")
    base = await _object(client, call, f"images/{old.image_id}/json")
    body, more = container_body(raw, parse(Raw, at(base, "Config"), "image"), image)
    aside = f"{old.id[:12]}_{old.name}"
    await _remove(client, call, f"{aside}{SUFFIX}")  # of an attempt that was interrupted
    try:
        await _post(client, call, "containers/create", body, name=f"{aside}{SUFFIX}")
        for network, endpoint in more.items():
            connect = {"Container": f"{aside}{SUFFIX}", "EndpointConfig": endpoint}
            await _post(client, call, f"networks/{network}/connect", connect)
        await _post(client, call, f"containers/{old.id}/stop")
        await _post(client, call, f"containers/{old.id}/rename", name=aside)
        await _post(client, call, f"containers/{aside}{SUFFIX}/rename", name=old.name)
        new = await client.one(Details, await client.at(call, f"containers/{old.name}/json"))
        await _post(client, call, f"containers/{new.id}/start")
    except ServiceError as err:
        if not (isinstance(err, EffectUnknown) and await _runs_anew(client, call, old)):
            await _restore(client, call, old, aside)
            raise
        await _remove(client, call, old.id)
        raise
    await _remove(client, call, old.id)


def container_body(raw: Raw, base: Raw, image: str) -> tuple[Raw, Mapping[str, Raw]]:
    """Return what creates a container like ``raw``, and the networks to connect it to afterwards.

    What its old image set (``base``) is left out, so that the new image sets it.
    """
    host = parse(Raw, at(raw, "HostConfig"), "container")
    config = {key: value for key, value in raw["Config"].items() if value != base.get(key)}
    given = set(base.get("Env") or ())
    config["Env"] = [one for one in raw["Config"].get("Env") or () if one not in given]
    for key in ("Labels", "ExposedPorts", "Volumes"):
        own, of_image = raw["Config"].get(key) or {}, base.get(key) or {}
        config[key] = {
            name: one for name, one in own.items() if of_image.get(name) != one or name not in of_image
        }
    mode = str(host.get("NetworkMode", ""))
    is_shared = mode in ("host", "none") or mode.startswith("container:")
    if is_shared or config.get("Hostname") == raw["Id"][:12]:
        config.pop("Hostname", None)
    bound = {str(one).split(":")[1] for one in host.get("Binds") or () if ":" in str(one)}
    bound |= {str(one.get("Target")) for one in host.get("Mounts") or ()}
    unnamed = [
        f"{one['Name']}:{one['Destination']}{'' if one.get('RW', True) else ':ro'}"
        for one in raw.get("Mounts") or ()
        if one.get("Type") == "volume" and one["Destination"] not in bound
    ]
    host["Binds"] = [*(host.get("Binds") or ()), *unnamed]
    found = {} if is_shared else at(raw, "NetworkSettings.Networks")
    networks = {
        name: _endpoint(one, raw["Id"]) for name, one in parse(dict[str, Raw], found, "networks").items()
    }
    first = mode if mode in networks else next(iter(networks), None)
    body = {**config, "Image": image, "HostConfig": host}
    if first is not None:
        body["NetworkingConfig"] = {"EndpointsConfig": {first: networks.pop(first)}}
    return body, networks


def _endpoint(one: Raw, container: str) -> Raw:
    kept = {key: one[key] for key in ENDPOINT if one.get(key)}
    kept["Aliases"] = [alias for alias in kept.get("Aliases", ()) if alias != container[:12]]
    return kept


async def _pull(client: ContainerClient, call: Call, image: str) -> None:
    """Pull an image. What fails shows when the image is looked for: it may be there already."""
    name, _, tag = image.partition("@") if "@" in image else image.rpartition(":")
    with suppress(ServiceError):
        await client.pulling.send("POST", await client.at(call, "images/create"), fromImage=name, tag=tag)


async def _object(client: ContainerClient, call: Call, path: str) -> Raw:
    return parse(Raw, await client.get(await client.at(call, path)), path)


async def _post(
    client: ContainerClient, call: Call, path: str, body: object = None, name: str | None = None
) -> None:
    await client.late.send("POST", await client.at(call, path), body, name=name)


async def _runs_anew(client: ContainerClient, call: Call, old: Details) -> bool:
    try:
        found = await client.inspect(call)
    except ServiceError:
        return False
    return found.is_up and found.id != old.id


async def _remove(client: ContainerClient, call: Call, container: str) -> None:
    with suppress(ServiceError):
        await client.late.send("DELETE", await client.at(call, f"containers/{container}"))


async def _restore(client: ContainerClient, call: Call, old: Details, aside: str) -> None:
    """Remove the new container, and let the old one run under its name again."""
    await _remove(client, call, f"{aside}{SUFFIX}")
    with suppress(ServiceError):
        found = await client.one(Details, await client.at(call, f"containers/{old.name}/json"))
        if found.id != old.id:
            await _remove(client, call, found.id)
    for path, name in ((f"containers/{old.id}/rename", old.name), (f"containers/{old.id}/start", None)):
        with suppress(ServiceError):
            await _post(client, call, path, name=name)


async def create(engine: Engine, name: str, body: Raw, networks: Mapping[str, Raw]) -> None:
    """Create a container and connect it to its networks; it is not started."""
    await engine.post("containers/create", body, name=name)
    try:
        for network, endpoint in networks.items():
            connect = {"Container": name, "EndpointConfig": endpoint}
            await engine.post(f"networks/{network}/connect", connect)
    except ServiceError:
        with suppress(ServiceError):
            await engine.discard(name)
        raise


async def tag(engine: Engine, image: str, reference: str) -> None:
    """Give an image the tag of a reference; one with a digest names its image itself."""
    if "@" in reference or reference.startswith("sha256:"):
        return
    repository, name = split(reference)
    await engine.post(f"images/{image}/tag", repo=repository, tag=name)


def split(reference: str) -> tuple[str, str]:
    """Return repository and tag of a reference without a digest; the tag is "latest" by default."""
    folder, slash, last = reference.rpartition("/")
    name, _, found = last.partition(":")
    return f"{folder}{slash}{name}", found or "latest"


def lost_parts(body: Raw, networks: Mapping[str, Raw], raw: Raw) -> list[str]:
    """Return the names of settings that were given to the old container and that the new one has not.

    ``raw`` is the new one as the engine inspects it. Pure.
    """
    config, host = raw.get("Config") or {}, raw.get("HostConfig") or {}
    wanted = body.get("HostConfig") or {}
    lost = [f"HostConfig.{key}" for key, value in wanted.items() if not _holds(value, host.get(key))]
    left_out = ("Image", "HostConfig", "NetworkingConfig")
    lost += [key for key, value in body.items() if key not in left_out and not _holds(value, config.get(key))]
    endpoints = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    found = parse(Raw, at(raw, "NetworkSettings.Networks") or {}, "networks")
    return lost + [f"network {one}" for one in (*endpoints, *networks) if one not in found]


def _holds(wanted: Any, found: Any) -> bool:
    """Return whether a setting has all that is wanted; empty and missing are the same."""
    if not wanted:
        return True
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_holds(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return all(one in found for one in wanted)
    return bool(wanted == found)
