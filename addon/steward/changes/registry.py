"""Asks container registries for tags and images (OCI distribution API, read only)."""

import asyncio
import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from ..clock import Clock
from ..errors import ServiceMalformed, ServiceNotFound, ServiceRefused, ServiceUnauthorized
from ..sdk.http import Attempt, reason_of
from ..sdk.image_names import Repository, built_at
from ..sdk.parse import Item, parse
from .registry_limits import Limits

MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)
PAGE: Final = 1_000
MOST_PAGES: Final = 100
"""Pages of tags of one repository that are read. Of a longer list the newest tag is not known."""

MOST_KEPT: Final = 300
"""Tokens, and images by digest, that are kept."""

MOST_REDIRECTS: Final = 3
SECONDS: Final = 30.0
TOKEN_SECONDS: Final = 60.0
"""For how long a token is used whose registry does not say how long it is valid."""

LONGEST_LABELS: Final = 100
_CHALLENGE: Final = re.compile(r'(\w+)="([^"]*)"')
_NEXT: Final = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_REDIRECTS: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """User name and password, or access token, for one registry. ``plain_http``: it has no TLS."""

    host: str
    username: str = ""
    password: str = field(default="", repr=False)
    plain_http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedImage:
    """An image that a registry has.

    ``digest`` is that of a tag, of an index if it has several platforms; ``manifest`` is the one of its own
    platform, and ``config`` that of its configuration, which stands for its content.
    """

    digest: str
    manifest: str
    config: str
    created_at: datetime | None
    labels: Mapping[str, str]


class _Platform(Item, rename=None):
    os: str = ""
    architecture: str = ""
    variant: str = ""


class _Descriptor(Item):
    digest: str
    platform: _Platform | None = None


class _Manifest(Item):
    manifests: tuple[_Descriptor, ...] | None = None
    config: _Descriptor | None = None


class _Built(Item, rename="pascal"):
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)


class _Config(Item, rename=None):
    created: str = ""
    config: _Built = _Built()


class _Tags(Item, rename=None):
    tags: tuple[Annotated[str, msgspec.Meta(max_length=128)], ...] = ()


class _Token(Item, rename=None):
    token: str = ""
    access_token: str = ""
    expires_in: float = TOKEN_SECONDS


@dataclass(frozen=True, slots=True)
class _Answer:
    data: bytes
    headers: Mapping[str, str]
    where: Attempt


class RegistryClient:
    """Reads from any number of registries. What one of them limits is obeyed for it alone."""

    def __init__(self, session: aiohttp.ClientSession, clock: Clock, logins: tuple[Login, ...] = ()) -> None:
        """``logins`` are used for their own registries only. Opens nothing."""
        self._session = session
        self._clock = clock
        self._logins = {one.host.lower(): one for one in logins}
        self._limits: dict[str, Limits] = {}
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}
        self._images: dict[tuple[Repository, str, str], OfferedImage] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def tags(self, repository: Repository) -> tuple[str, ...]:
        """Return all tags of a repository. Raises ServiceError, and ServiceMalformed for too many."""
        path: str | None = f"tags/list?n={PAGE}"
        found: dict[str, None] = {}
        for _ in range(MOST_PAGES):
            if path is None:
                return tuple(found)
            answer = await self._ask("GET", repository, path)
            page = parse(_Tags, answer.where.decode(answer.data), answer.where.where).tags
            found |= dict.fromkeys(page)
            path = self._next(repository, answer)
        count = len(found)
        raise ServiceMalformed(t"{repository.name} has more than {count} tags")

    async def digest(self, repository: Repository, tag: str) -> str:
        """Return the digest that a tag has now. Raises ServiceError; ServiceNotFound: the tag is gone."""
        path = f"manifests/{quote(tag)}"
        answer = await self._ask("HEAD", repository, path)
        given = answer.headers.get("docker-content-digest", "")
        if _DIGEST.fullmatch(given):
            return given
        answer = await self._ask("GET", repository, path)
        return _sha256(answer.data)

    async def image(self, repository: Repository, digest: str, platform: str) -> OfferedImage:
        """Return the image of a platform (``linux/arm64/v8``). Raises ServiceError.

        Raises ServiceNotFound when it is not there for the platform, and ServiceMalformed when the registry
        answers something that has another digest.
        """
        key = (repository, digest, platform)
        if key not in self._images:
            self._images[key] = await self._read_image(repository, digest, platform)
            while len(self._images) > MOST_KEPT:
                del self._images[next(iter(self._images))]
        return self._images[key]

    async def _read_image(self, repository: Repository, digest: str, platform: str) -> OfferedImage:
        manifest, name = await self._manifest(repository, digest), digest
        if manifest.manifests is not None:
            own = _of_platform(manifest.manifests, platform)
            if own is None:
                raise ServiceNotFound(t"{repository.name} has no image for {platform}")
            manifest, name = await self._manifest(repository, own.digest), own.digest
        if manifest.config is None:
            raise ServiceMalformed(t"The manifest of {repository.name} has no configuration")
        answer = await self._verified(repository, f"blobs/{manifest.config.digest}", manifest.config.digest)
        config = parse(_Config, answer.where.decode(answer.data), answer.where.where, is_lenient=True)
        labels = dict(list(config.config.labels.items())[:LONGEST_LABELS])
        return OfferedImage(
            digest=digest,
            manifest=name,
            config=manifest.config.digest,
            created_at=built_at(config.created),
            labels=labels,
        )

    async def _manifest(self, repository: Repository, digest: str) -> _Manifest:
        answer = await self._verified(repository, f"manifests/{digest}", digest)
        return parse(_Manifest, answer.where.decode(answer.data), answer.where.where)

    async def _verified(self, repository: Repository, path: str, digest: str) -> _Answer:
        answer = await self._ask("GET", repository, path)
        if _sha256(answer.data) != digest:
            raise ServiceMalformed(
                t"{repository.registry} sends for {repository.name} what has another digest"
            )
        return answer

    async def _ask(self, method: str, repository: Repository, path: str) -> _Answer:
        """Ask with a token if the registry wants one; one request at a time to each registry."""
        limits = self._limits.setdefault(repository.registry, Limits())
        async with self._turns.setdefault(repository.registry, asyncio.Lock()):
            limits.check(repository.registry, self._clock.monotonic())
            url = URL(f"{self._base(repository)}/v2/{repository.path}/{path}", encoded=True)
            key = (repository.registry, repository.path)
            until, value = self._tokens.get(key, (0.0, ""))
            header = value if until > self._clock.monotonic() else ""
            status, answer = await self._send(method, url, header, limits)
            if status == HTTPStatus.UNAUTHORIZED:
                header = await self._authorize(repository, answer, limits)
                status, answer = await self._send(method, url, header, limits)
            if status == HTTPStatus.UNAUTHORIZED:
                self._tokens.pop(key, None)
            answer.where.check(status, answer.data)
            return answer

    async def _send(self, method: str, url: URL, header: str, limits: Limits) -> tuple[int, _Answer]:
        """Send and follow redirects; the storage that a registry redirects to gets no credentials."""
        for _ in range(MOST_REDIRECTS + 1):
            status, answer = await self._exchange(method, url, header, limits)
            if status not in _REDIRECTS:
                return status, answer
            to = url.join(URL(answer.headers.get("location", ""), encoded=True))
            if to.scheme not in ("https", url.scheme) or not to.host:
                raise answer.where.malformed("the answer is a redirect to an address without TLS")
            header = header if to.origin() == url.origin() else ""
            url = to
        raise ServiceMalformed(t"{url.host or ''} redirects again and again")

    async def _exchange(self, method: str, url: URL, header: str, limits: Limits) -> tuple[int, _Answer]:
        attempt = Attempt.at(method, url)
        headers = {"Accept": MANIFESTS if "/manifests/" in url.path else "*/*"}
        headers |= {"Authorization": header} if header else {}
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._session.request(method, url, headers=headers, allow_redirects=False) as response,
            ):
                data = await attempt.collect(response.content.iter_any())
                known = {name.lower(): value for name, value in response.headers.items()}
                limits.read(response.status, known, self._clock)
                return response.status, _Answer(data, known, attempt)
        except (aiohttp.ClientError, TimeoutError, ValueError) as err:
            raise attempt.no_answer(reason_of(err)) from err

    async def _authorize(self, repository: Repository, refused: _Answer, limits: Limits) -> str:
        """Return the header that the registry asks for, from its token server. Raises ServiceError."""
        scheme, _, rest = refused.headers.get("www-authenticate", "").partition(" ")
        login = self._logins.get(repository.registry)
        basic = _basic(login)
        if scheme.lower() == "basic":
            if not basic:
                raise ServiceUnauthorized(t"{repository.registry} wants a user name and a password")
            return self._keep(repository, basic, TOKEN_SECONDS)
        asked = dict(_CHALLENGE.findall(rest))
        realm = URL(asked.get("realm", ""))
        if scheme.lower() != "bearer" or not realm.host:
            raise refused.where.malformed("the answer does not say how to log in")
        if realm.scheme != "https" and self._base(repository).startswith("https:"):
            raise refused.where.malformed("the login has an address without TLS")
        query = {name: asked[name] for name in ("service",) if name in asked}
        query["scope"] = f"repository:{repository.path}:pull"
        status, answer = await self._send("GET", realm.update_query(query), basic, limits)
        answer.where.check(status, answer.data)
        token = parse(_Token, answer.where.decode(answer.data), answer.where.where)
        value = token.token or token.access_token
        if not value or not value.isascii() or not value.isprintable():
            raise answer.where.malformed("the answer has no token")
        return self._keep(repository, f"Bearer {value}", token.expires_in)

    def _keep(self, repository: Repository, header: str, seconds: float) -> str:
        until = self._clock.monotonic() + max(0.0, min(seconds, 3_600.0)) / 2
        self._tokens[repository.registry, repository.path] = until, header
        while len(self._tokens) > MOST_KEPT:
            del self._tokens[next(iter(self._tokens))]
        return header

    def _base(self, repository: Repository) -> str:
        host = repository.host
        login = self._logins.get(repository.registry)
        is_here = host.rpartition(":")[0] in _LOOPBACK or host in _LOOPBACK
        return f"{'http' if is_here or (login and login.plain_http) else 'https'}://{host}"

    def _next(self, repository: Repository, answer: _Answer) -> str | None:
        """Return the path of the next page of tags, None after the last one. Only its query is taken."""
        found = _NEXT.search(answer.headers.get("link", ""))
        if found is None:
            return None
        query = URL(found[1], encoded=True).raw_query_string
        if not query:
            raise ServiceRefused(t"{repository.registry} names a next page that cannot be read")
        return f"tags/list?{query}"


def _of_platform(descriptors: tuple[_Descriptor, ...], platform: str) -> _Descriptor | None:
    """Return the descriptor of a platform; without its own variant, one without a variant."""
    os, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    fitting = [
        (one.platform.variant, one)
        for one in descriptors
        if one.platform and (one.platform.os, one.platform.architecture) == (os, architecture)
    ]
    exact = [one for found, one in fitting if found == variant]
    loose = [one for found, one in fitting if not found or not variant]
    return next(iter((*exact, *loose)), None)


def _basic(login: Login | None) -> str:
    if login is None or not login.username:
        return ""
    return f"Basic {b64encode(f'{login.username}:{login.password}'.encode()).decode()}"


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
