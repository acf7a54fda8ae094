"""The images and volumes of the small engine, and the archives of its containers."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from steward.services._docker.databases import FOLDER

LABEL = "homelab-steward.of"


class Storage:
    """Images by id with their tags, and volumes with their content. `containers` are those of the engine.

    `pulled` says by which digest a registry knows an image.
    """

    def __init__(self, containers: dict[str, dict[str, Any]]) -> None:
        self.containers = containers
        self.images = {"sha256:old": ["radarr:5"], "sha256:new": ["radarr:6"]}
        self.labels: dict[str, dict[str, str]] = {}
        self.pulled: dict[str, str] = {}
        self.volumes: dict[str, dict[str, Any]] = {}
        self.content: dict[str, bytes] = {}
        self.dumps: dict[str, bytes] = {}
        self.full = False

    def add_volume(self, name: str, content: bytes = b"", **more: Any) -> None:
        """Add a volume."""
        self.volumes[name] = {"Name": name, "Driver": "local", "Options": None, "Labels": None, **more}
        self.content[name] = content

    def image(self, name: str) -> str | None:
        """Return the id of an image by its id, tag or digest."""
        digests = {
            key: [*(f"{tag.partition(':')[0]}@{key}" for tag in tags), self.pulled.get(key)]
            for key, tags in self.images.items()
        }
        return next((key for key, tags in self.images.items() if name in (key, *tags, *digests[key])), None)

    def answer_image(self, method: str, path: str, query: Mapping[str, str]) -> web.Response:
        """Answer a request below /images/."""
        name, _, verb = path.rpartition("/") if method != "DELETE" else (path, "", "")
        key = self.image(name)
        if key is None:
            return web.json_response({"message": f"No such image: {name}"}, status=404)
        if method == "DELETE":
            self.images[key].remove(name)
            return web.json_response([])
        if verb == "tag":
            tag = f"{query['repo']}:{query['tag']}"
            for tags in self.images.values():
                if tag in tags:
                    tags.remove(tag)
            self.images[key].append(tag)
            return web.Response(status=201)
        config = {"Env": [f"VERSION={key}"], "Cmd": ["/run"], "Labels": self.labels.get(key)}
        digests = [f"{one.partition(':')[0]}@{key}" for one in self.images[key] if one.startswith("radarr")]
        digests = [self.pulled[key]] if key in self.pulled else digests
        platform = {"Os": "linux", "Architecture": "arm64", "Variant": "v8"}
        created = {"Created": "2026-11-01T10:00:00Z", "RepoDigests": digests[:1]}
        return web.json_response({"Id": key, "Config": config, **platform, **created})

    def answer_volume(
        self, method: str, name: str, query: Mapping[str, str], body: dict[str, Any]
    ) -> web.Response:
        """Answer a request below /volumes."""
        if name == "create":
            return self._create_volume(body)
        if not name:
            return web.json_response({"Volumes": [*filtered(self.volumes.values(), query)]})
        if name not in self.volumes:
            return web.json_response({"message": f"get {name}: no such volume"}, status=404)
        if method == "DELETE":
            if any(name in volumes_of(one) for one in self.containers.values()):
                return web.json_response({"message": "volume is in use"}, status=409)
            del self.volumes[name], self.content[name]
            return web.Response(status=204)
        return web.json_response(self.volumes[name])

    def _create_volume(self, body: dict[str, Any]) -> web.Response:
        if body["Name"] == "_":
            return web.json_response({"message": "invalid name"}, status=400)
        if body["Name"] not in self.volumes:
            self.add_volume(body["Name"], Labels=body.get("Labels"))
        return web.json_response(self.volumes[body["Name"]], status=201)

    def answer_archive(self, one: dict[str, Any], path: str, body: bytes | None) -> web.Response:
        """Answer with the content of a folder of a container, or take the content of a folder in it.

        A dump is the only folder that is no volume: it is in ``dumps`` by the id of its container.
        """
        mounts = {str(bind).split(":")[1]: str(bind).split(":")[0] for bind in one["HostConfig"]["Binds"]}
        folder = {"/": FOLDER, "/kept": "/kept/data"}.get(path, path)
        place, key = (self.content, mounts[folder]) if folder in mounts else (self.dumps, one["Id"])
        if body is None:
            if key not in place:
                return web.json_response({"message": "Could not find the file"}, status=404)
            return web.Response(body=place[key], content_type="application/x-tar")
        if self.full:
            return web.json_response({"message": "no space left on device"}, status=500)
        place[key] = body
        return web.Response()


def volumes_of(one: Mapping[str, Any]) -> set[str]:
    """Return the names of the volumes that a container uses."""
    return {mount["Name"] for mount in one.get("Mounts") or () if mount["Type"] == "volume"}


def mounts_of(binds: list[str]) -> list[dict[str, Any]]:
    """Return the mounts that the engine makes of binds."""
    found = []
    for bind in binds:
        source, target, *mode = bind.split(":")
        kind, key = ("bind", "Source") if source.startswith("/") else ("volume", "Name")
        found.append({"Type": kind, key: source, "Destination": target, "RW": "ro" not in mode})
    return found


def filtered(rows: Any, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows that the filters of a request leave: labels and volumes."""
    filters = json.loads(query.get("filters", "{}"))
    found = []
    for row in rows:
        labels = row.get("Labels") or {}
        pairs = {*labels, *(f"{key}={value}" for key, value in labels.items())}
        if not set(filters.get("label", ())) <= pairs:
            continue
        if "volume" in filters and not volumes_of(row) & set(filters["volume"]):
            continue
        found.append(row)
    return found
