"""What a copy of a container is created from: alone on a network, with limits and without secrets. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ...sdk.display import Text
from .engine import Raw
from .kept import Definition
from .models import NANO
from .mounts import SYSTEM

GIB: Final = 1024**3
PROCESSES: Final = 1024
CONFIG: Final = (
    *("Cmd", "Entrypoint", "ExposedPorts", "Healthcheck", "Hostname", "OpenStdin", "StopSignal"),
    *("StopTimeout", "Tty", "User", "WorkingDir"),
)
"""What a copy has from the definition of its container, besides its environment."""

HOST: Final = ("CapDrop", "GroupAdd", "Init", "ReadonlyRootfs", "ShmSize", "Tmpfs", "Ulimits")
SHARED: Final = ("CapAdd", "DeviceCgroupRules", "DeviceRequests", "Devices", "Privileged", "VolumesFrom")
MODES: Final = ("IpcMode", "NetworkMode", "PidMode")
"""What gives a container a part of its host, or of another container."""

RUNTIMES: Final = ("", "runc", "io.containerd.runc.v2")
SECRET: Final = re.compile(
    r"pass|pwd|secret|token|key|cred|auth|salt|private|dsn|webhook|cookie|session|license", re.IGNORECASE
)
DEPENDS: Final = "com.docker.compose.depends_on"
_LOGIN: Final = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DUMMY: Final = str.maketrans(
    {
        **{chr(one): "0" for one in range(ord("0"), ord("9") + 1)},
        **{chr(one): "x" for one in range(ord("a"), ord("z") + 1)},
        **{chr(one): "X" for one in range(ord("A"), ord("Z") + 1)},
    }
)


@dataclass(frozen=True, slots=True)
class Variables:
    """The environment of a copy. ``secrets`` are the names of the variables that have a dummy value."""

    env: tuple[str, ...]
    secrets: tuple[str, ...]


def share_refusal(definition: Definition) -> Text | None:
    """Return what of a container a copy would share with its host or with others, None for nothing."""
    host = definition.body["HostConfig"]
    part = next((one for one in SHARED if host.get(one)), None)
    part = part or next((one for one in MODES if _is_shared(str(host.get(one) or ""), one)), None)
    if part is None and str(host.get("Runtime") or "") not in RUNTIMES:
        part = "Runtime"
    part = part or next(_uncopied(definition), None)
    return None if part is None else t"A copy would share a part of its host: {part}"


def _is_shared(mode: str, name: str) -> bool:
    return mode.startswith("container:") or (mode == "host" and name != "NetworkMode")


def _uncopied(definition: Definition) -> Iterator[str]:
    """Yield the mounts whose data was not copied."""
    copied = {one.name for one in definition.volumes}
    for source, target, is_read_only in mounts(definition.body):
        if source not in copied and not (is_read_only and source in SYSTEM):
            yield target


def mounts(body: Mapping[str, Any]) -> Sequence[tuple[str, str, bool]]:
    """Return the source and the folder of each mount, and whether the container may only read it."""
    host = body["HostConfig"]
    binds = (str(one).split(":") for one in host.get("Binds") or ())
    others = (one for one in host.get("Mounts") or () if one.get("Type") != "tmpfs")
    return [
        *((source, target, "ro" in ",".join(mode).split(",")) for source, target, *mode in binds),
        *((str(one.get("Source", "")), str(one.get("Target")), bool(one.get("ReadOnly"))) for one in others),
    ]


def variables(body: Mapping[str, Any]) -> Variables:
    """Return the environment with a dummy in place of each secret; it has the form of the secret."""
    env, secrets = list[str](), list[str]()
    for one in body.get("Env") or ():
        name, _, value = str(one).partition("=")
        is_word = value.lower() in ("", "true", "false", "yes", "no", "on", "off")
        dummy = (
            value.translate(_DUMMY)
            if SECRET.search(name) and not is_word
            else _LOGIN.sub(lambda found: found[0].translate(_DUMMY), value)
        )
        if dummy != value:
            secrets.append(name)
        env.append(f"{name}={dummy}")
    return Variables(tuple(env), tuple(secrets))


def needed(body: Mapping[str, Any], others: Collection[str]) -> tuple[str, ...]:
    """Return which other containers the environment of a container, or its Compose file, names."""
    labels = body.get("Labels") or {}
    texts = [str(one).partition("=")[2] for one in body.get("Env") or ()]
    texts += [one.partition(":")[0] for one in str(labels.get(DEPENDS, "")).split(",")]
    words = {word for one in texts for word in _WORD.findall(one)}
    return tuple(sorted(words & {*others}))


def isolated(
    definition: Definition, copies: Mapping[str, str], network: str, labels: Mapping[str, str]
) -> Raw:
    """Return what creates the copy of a container on ``network``.

    ``copies`` are its volumes by the names of the old ones.
    """
    body, host = definition.body, definition.body["HostConfig"]
    memory = min(int(host.get("Memory") or GIB), GIB)
    binds = [
        f"{copies[source]}:{target}{':ro' if is_read_only else ''}"
        for source, target, is_read_only in mounts(body)
        if source in copies
    ]
    return {
        **{key: body[key] for key in CONFIG if key in body},
        "Image": definition.image,
        "Env": list(variables(body).env),
        "Labels": dict(labels),
        "HostConfig": {
            **{key: host[key] for key in HOST if host.get(key) is not None},
            "Binds": binds,
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}},
            "Memory": memory,
            "MemorySwap": memory,
            "NanoCpus": NANO,
            "NetworkMode": network,
            "PidsLimit": PROCESSES,
            "RestartPolicy": {"Name": "no"},
        },
    }


def open_parts(raw: Mapping[str, Any], network: str, volumes: Collection[str]) -> list[str]:
    """Return what connects a created container to anything but its own network and volumes."""
    host = raw.get("HostConfig") or {}
    found = [one for one in SHARED if host.get(one)]
    found += [str(one) for one in (raw.get("NetworkSettings") or {}).get("Networks") or {} if one != network]
    found += [one for one in ("PortBindings", "PublishAllPorts") if host.get(one)]
    found += [
        str(one.get("Destination"))
        for one in raw.get("Mounts") or ()
        if one.get("Type") not in ("tmpfs", "volume") or _is_foreign(one, host, volumes)
    ]
    return found


def _is_foreign(mount: Mapping[str, Any], host: Mapping[str, Any], volumes: Collection[str]) -> bool:
    """Return whether a volume is neither a copy nor one that the engine made for the image."""
    bound = {str(one).split(":")[0] for one in host.get("Binds") or ()}
    return mount.get("Name") in bound and mount.get("Name") not in volumes
