"""A container registry (OCI distribution API): tags in pages, tokens, indexes, limits, and its faults."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiohttp import web

from lab.faults import Faults
from lab.server import Simulator
from lab.world import World

INDEX: Final = "application/vnd.oci.image.index.v1+json"
MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
PLATFORMS: Final = ("linux/amd64", "linux/arm64/v8")


class RegistrySimulator(Simulator):
    """Repositories with tags. ``pulls`` are the requests that a limit counts.

    ``login`` is the user name and password that tokens need. ``accepts_tokens`` is False for a registry
    that refuses its own tokens. ``lies`` are digests under which it sends something else. ``limited`` are
    the headers of an answer with status 429, None without a limit.
    """

    service = "registry"

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(world, faults)
        self.tags: dict[str, dict[str, str]] = {}
        self.content: dict[str, tuple[str, bytes]] = {}
        self.page = 1_000
        self.wants_token = True
        self.login: tuple[str, str] | None = None
        self.accepts_tokens = True
        self.lies: set[str] = set()
        self.limited: Mapping[str, str] | None = None
        self.headers: dict[str, str] = {}
        self.redirects_blobs = False
        self.shows_digest = True
        self.pulls = 0
        self.authorizations: list[tuple[str, str]] = []

    @property
    def host(self) -> str:
        """The host by which images are named."""
        return f"127.0.0.1:{self.port}"

    def push(
        self,
        path: str,
        tag: str,
        labels: Mapping[str, str] | None = None,
        *,
        created: str = "2026-11-01T10:00:00Z",
        layer: str = "1",
        platforms: Iterable[str] = PLATFORMS,
    ) -> dict[str, str]:
        """Add an image under a tag; return the digest of the index ("") and of each configuration."""
        found, entries = {}, []
        for platform in platforms:
            os, architecture, *variant = platform.split("/")
            config = {"created": created, "os": os, "config": {"Labels": dict(labels or {})}, "layer": layer}
            config["architecture"] = architecture
            found[platform] = self._store("application/vnd.oci.image.config.v1+json", config)
            manifest = {"schemaVersion": 2, "config": {"digest": found[platform]}, "layers": []}
            named = {"os": os, "architecture": architecture} | ({"variant": variant[0]} if variant else {})
            entries.append({"digest": self._store(MANIFEST, manifest), "platform": named})
        found[""] = self._store(INDEX, {"schemaVersion": 2, "manifests": entries})
        self.tags.setdefault(path, {})[tag] = found[""]
        return found

    def reindex(self, path: str, tag: str) -> str:
        """Give a tag another index with the same images, and return its digest."""
        kind, data = self.content[self.tags[path][tag]]
        self.tags[path][tag] = self._store(kind, {**json.loads(data), "annotations": {"again": "yes"}})
        return self.tags[path][tag]

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [
            web.get("/token", self._token),
            web.get("/storage/{digest}", self._storage),
            web.get("/v2/{path:.+}/tags/list", self._tags),
            web.get("/v2/{path:.+}/manifests/{name}", self._manifest),
            web.get("/v2/{path:.+}/blobs/{name}", self._blob),
        ]

    def _store(self, kind: str, value: Mapping[str, Any]) -> str:
        data = json.dumps(value).encode()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.content[digest] = kind, data
        return digest

    def _refusal(self, request: web.Request) -> web.Response | None:
        self.authorizations.append((request.path, request.headers.get("Authorization", "")))
        if self.limited is not None:
            return web.json_response({"errors": []}, status=429, headers=self.limited)
        path = request.match_info["path"]
        if not self.wants_token or (
            self.accepts_tokens and request.headers.get("Authorization") == f"Bearer token-{path}"
        ):
            return None
        scope = f'service="lab",scope="repository:{path}:pull"'
        asked = {"WWW-Authenticate": f'Bearer realm="{self.url}/token",{scope}'}
        return web.json_response({"errors": [{"code": "UNAUTHORIZED"}]}, status=401, headers=asked)

    async def _token(self, request: web.Request) -> web.Response:
        self.authorizations.append((request.path, request.headers.get("Authorization", "")))
        pair = b64encode(":".join(self.login).encode()).decode() if self.login else ""
        if pair and request.headers.get("Authorization") != f"Basic {pair}":
            return web.json_response({"details": "incorrect username or password"}, status=401)
        _, path, _ = request.query["scope"].split(":")
        return web.json_response({"token": f"token-{path}", "expires_in": 300})

    async def _tags(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        path, last = request.match_info["path"], request.query.get("last", "")
        every = sorted(one for one in self.tags.get(path, ()) if one > last)
        count = min(self.page, int(request.query["n"]))
        headers = dict(self.headers)
        if len(every) > count:
            headers["Link"] = f'</v2/{path}/tags/list?last={every[count - 1]}&n={count}>; rel="next"'
        if path not in self.tags:
            return web.json_response({"errors": [{"code": "NAME_UNKNOWN"}]}, status=404)
        return web.json_response({"name": path, "tags": every[:count]}, headers=headers)

    async def _manifest(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        name = request.match_info["name"]
        digest = self.tags.get(request.match_info["path"], {}).get(name, name)
        self.pulls += request.method == "GET"
        return self._content(request, digest)

    async def _blob(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        name = request.match_info["name"]
        if self.redirects_blobs:
            return web.Response(status=307, headers={"Location": f"/storage/{name}?signature=a%2Fb"})
        return self._content(request, name)

    async def _storage(self, request: web.Request) -> web.Response:
        self.authorizations.append((request.path, request.headers.get("Authorization", "")))
        return self._content(request, request.match_info["digest"])

    def _content(self, request: web.Request, digest: str) -> web.Response:
        if digest not in self.content:
            return web.json_response({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, status=404)
        kind, data = self.content[digest]
        if digest in self.lies:
            data = data.replace(b"2", b"3")
        headers = {**self.headers, **({"Docker-Content-Digest": digest} if self.shows_digest else {})}
        return web.Response(
            body=b"" if request.method == "HEAD" else data, headers=headers, content_type=kind
        )
