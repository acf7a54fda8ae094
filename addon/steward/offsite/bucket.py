"""The bucket of the copies: write, read, list and delete objects with the API of S3."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import quote
from xml.etree import ElementTree as ET

import aiohttp
from yarl import URL

from ..clock import Clock
from ..errors import StewardError
from ..sdk.s3_signature import S3Key

SECONDS: Final = 600.0
"""Until a request is given up; uploads of a home are slow."""

NAMESPACE: Final = "{*}"
MOST_PAGES: Final = 100


class OffsiteFailed(StewardError):
    """Object storage cannot be reached, refuses a request, or did not store what it was sent."""


class Objects(Protocol):
    """What copies are stored in. Every method raises OffsiteFailed."""

    async def sizes(self) -> Mapping[str, int]:
        """Return the size in bytes of each object by its name."""

    async def write(self, name: str, data: bytes) -> None:
        """Store an object, in place of one with the same name."""

    async def read(self, name: str) -> bytes:
        """Return an object."""

    async def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The objects of a bucket whose names begin with ``prefix``, which their names here do not have.

    ``url`` is that of the object storage: the bucket is the first part of the path.
    """

    session: aiohttp.ClientSession
    clock: Clock
    key: S3Key
    url: str
    name: str
    prefix: str

    async def sizes(self) -> Mapping[str, int]:
        """Return the size in bytes of each object by its name. Raises OffsiteFailed."""
        found: dict[str, int] = {}
        query = {"list-type": "2", "prefix": self.prefix}
        for _ in range(MOST_PAGES):
            page = _listing(await self._request("GET", "", query))
            for one in page.iterfind(f"{NAMESPACE}Contents"):
                name = one.findtext(f"{NAMESPACE}Key", "").removeprefix(self.prefix)
                found[name] = int(one.findtext(f"{NAMESPACE}Size", "-1"))
            following = page.findtext(f"{NAMESPACE}NextContinuationToken")
            if not following:
                return found
            query["continuation-token"] = following
        raise OffsiteFailed(f"The bucket {self.name} has too many objects")

    async def write(self, name: str, data: bytes) -> None:
        """Store an object, in place of one with the same name. Raises OffsiteFailed."""
        await self._request("PUT", name, {}, data)

    async def read(self, name: str) -> bytes:
        """Return an object. Raises OffsiteFailed."""
        return await self._request("GET", name, {})

    async def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error. Raises OffsiteFailed."""
        await self._request("DELETE", name, {}, missing=True)

    async def _request(
        self, method: str, name: str, query: Mapping[str, str], data: bytes = b"", *, missing: bool = False
    ) -> bytes:
        path = f"/{self.name}/{self.prefix}{name}" if name else f"/{self.name}"
        url = URL(f"{self.url.rstrip('/')}{quote(path)}", encoded=True)
        headers = self.key.headers(method, url, query, data, self.clock.now())
        asked = "&".join(f"{quote(key, '')}={quote(value, '')}" for key, value in sorted(query.items()))
        full = URL(f"{url}?{asked}", encoded=True) if asked else url
        try:
            async with self.session.request(
                method,
                full,
                data=data,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=SECONDS),
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as err:
            reason = "no answer in time" if isinstance(err, TimeoutError) else err
            raise OffsiteFailed(f"The object storage {url.host} does not answer: {reason}") from err
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES and not (
            missing and answer.status == HTTPStatus.NOT_FOUND
        ):
            raise OffsiteFailed(
                f"The object storage {url.host} refused {method}: {answer.status} {_code(body)}".strip()
            )
        return body


def _listing(body: bytes) -> ET.Element:
    root = _xml(body)
    if root is None or not root.tag.endswith("ListBucketResult"):
        raise OffsiteFailed("The answer of the object storage is not a list of objects")
    return root


def _code(body: bytes) -> str:
    """Return the code of an error, such as AccessDenied, "" without one."""
    root = _xml(body)
    return "" if root is None else root.findtext(f"{NAMESPACE}Code", "")


def _xml(body: bytes) -> ET.Element | None:
    try:
        return ET.fromstring(body)  # noqa: S314 - expat limits how much entities may grow
    except ET.ParseError:
        return None
