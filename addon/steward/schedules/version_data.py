"""Looks up on the Internet how long versions are supported, and which vulnerabilities they have.

Only names of products and packages and versions are sent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
from yarl import URL

from ..clock import Clock
from ..errors import ServiceError, ServiceNotFound
from ..sdk.http import Attempt, reason_of
from ..texts import Text
from .releases import Release, read_releases, read_vulnerabilities

END_OF_LIFE: Final = "https://endoflife.date/api/v1/products/"
VULNERABILITIES: Final = "https://api.osv.dev/v1/query"
KEPT: Final = timedelta(days=1)
AT_ONCE: Final = 4
SECONDS: Final = 20.0
MOST: Final = 200
"""Answers that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A version that runs: its product at endoflife.date and its package at OSV.dev, "" for none."""

    product: str
    package: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found: releases by product, vulnerabilities by package and version, and what failed."""

    releases: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)
    vulnerabilities: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    failed: tuple[Text, ...] = ()


class VersionData:
    """Asks endoflife.date and OSV.dev, each thing at most once a day."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        end_of_life: str = END_OF_LIFE,
        vulnerabilities: str = VULNERABILITIES,
    ) -> None:
        """Nothing is asked before :meth:`look_up`."""
        self._session = session
        self._clock = clock
        self._end_of_life = URL(end_of_life)
        self._vulnerabilities = URL(vulnerabilities)
        self._known: dict[tuple[str, str], tuple[datetime, Any]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def look_up(self, wanted: Iterable[Wanted]) -> Looked:
        """Return what is known about versions. What fails is named, and the rest is there."""
        every = tuple(dict.fromkeys(wanted))
        products = tuple(dict.fromkeys(one.product for one in every if one.product))
        packages = tuple(dict.fromkeys((one.package, one.version) for one in every if one.package))
        releases, vulnerabilities, failed = {}, {}, dict[str, Text]()
        found = await asyncio.gather(*(self._releases(one) for one in products))
        for product, answer in zip(products, found, strict=True):
            if isinstance(answer, ServiceError):
                failed["end of support"] = t"End of support: {answer}"
            else:
                releases[product] = answer
        seen = await asyncio.gather(*(self._vulnerable(*one) for one in packages))
        for package, ids in zip(packages, seen, strict=True):
            if isinstance(ids, ServiceError):
                failed["vulnerabilities"] = t"Known vulnerabilities: {ids}"
            else:
                vulnerabilities[package] = ids
        return Looked(releases=releases, vulnerabilities=vulnerabilities, failed=tuple(failed.values()))

    async def _releases(self, product: str) -> tuple[Release, ...] | ServiceError:
        url = self._end_of_life / product

        async def ask() -> tuple[Release, ...]:
            try:
                return read_releases(await self._json("GET", url))
            except ServiceNotFound:
                return ()

        return await self._once((product, ""), ask)

    async def _vulnerable(self, package: str, version: str) -> tuple[str, ...] | ServiceError:
        ecosystem, _, name = package.partition(":")
        body = {"version": version, "package": {"ecosystem": ecosystem, "name": name}}

        async def ask() -> tuple[str, ...]:
            return read_vulnerabilities(await self._json("POST", self._vulnerabilities, body))

        return await self._once((package, version), ask)

    async def _once[Answer](
        self, key: tuple[str, str], ask: Callable[[], Awaitable[Answer]]
    ) -> Answer | ServiceError:
        """Return an answer that is at most a day old; failures are not kept."""
        now = self._clock.now()
        known = self._known.get(key)
        if known is not None and now - KEPT < known[0] <= now:
            answer: Answer = known[1]
            return answer
        try:
            async with self._slots:
                found = await ask()
        except ServiceError as err:
            return err
        self._known.pop(key, None)
        self._known[key] = now, found
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        return found

    async def _json(self, method: str, url: URL, body: object = None) -> object:
        """Return the decoded answer. Raises ServiceError."""
        attempt = Attempt.at(method, url, changes=False)
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._session.request(method, url, json=body, allow_redirects=False) as answer,
            ):
                data = await attempt.collect(answer.content.iter_any())
                attempt.check(answer.status, data, answer.reason or "")
                return attempt.decode(data)
        except (aiohttp.ClientError, TimeoutError) as err:
            raise attempt.no_answer(reason_of(err)) from err
