"""Stage: reports where the homelab differs from what the notebook says about it."""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import structlog

from homelab_steward.contract.incidents import Alert, AlertStatus, Severity
from homelab_steward.contract.state import Instance

from ..agent.incidents.correlator import Correlator
from ..clock import Clock
from ..inventory.ports import CHECK, STEWARD_INSTANCE, Inventory
from ..sdk.description import IncomingAlert
from ..store import incidents
from ..store.store import Store
from ..tasks import repeat
from ..texts import translate, translate_plural
from .folder import NotWritten, read_page
from .lab_pages import MOST_LISTED, instance_pages, instance_path, known_instances
from .masking import Shield

log = structlog.get_logger(__name__)

DRIFT: Final = "documentation_drift"
"""The check of the alerts, which the app makes itself."""

EVERY: Final = 300.0
LASTS: Final = 2
"""Looks in a row that must say the same before it is reported, or over."""

MOST_NAMED: Final = 10
HEADER: Final = 2
"""Rows of a table before the first thing: the titles of the columns, and a rule."""

COLUMNS: Final = 3
_CELL: Final = re.compile(r"(?<!\\)\|")

type Listed = Mapping[tuple[str, str], tuple[str, str]]
"""By kind and id: the name of a thing, and what it runs in."""


def listed(page: str) -> Listed:
    """Return the things that a page of the inventory lists."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    kind, number = "", 0
    for line in page.splitlines():
        if line.startswith("## "):
            kind, number = line[3:].strip(), 0
        elif line.startswith("|"):
            number += 1
            cells = [one.strip() for one in _CELL.split(line)[1:-1]]
            if number > HEADER and len(cells) == COLUMNS:
                found[kind, cells[1]] = cells[0], cells[2]
    return found


def differences(documented: Listed, real: Listed) -> tuple[str, ...]:
    """Return how the things that are there differ from those that are documented, as sentences.

    Of a kind with more things than a page lists, it is not known which are missing.
    """
    counts = Counter(kind for kind, _ in (*documented, *real))
    kinds = {kind for kind, count in counts.items() if count < MOST_LISTED}
    return tuple(_differences(documented, real, kinds))


def _differences(documented: Listed, real: Listed, kinds: Collection[str]) -> Iterator[str]:
    for kind, key in sorted({*documented, *real}):
        if kind not in kinds:
            continue
        old, new = documented.get((kind, key)), real.get((kind, key))
        if old is None and new is not None:
            name = new[0]
            yield translate(t"{name} ({kind}) is not in the notebook.")
        elif old is not None and new is None:
            name = old[0]
            yield translate(t"{name} ({kind}) is in the notebook, but is not there any more.")
        elif old is not None and new is not None and old != new:
            yield _changed(kind, old, new)


def _changed(kind: str, old: tuple[str, str], new: tuple[str, str]) -> str:
    name, before = new[0], old[0]
    if old[1] == new[1]:
        return translate(t"{name} ({kind}) is called {before} in the notebook.")
    unknown = translate("not known")
    place, documented = new[1] or unknown, old[1] or unknown
    return translate(t"{name} ({kind}) runs in {place}, in the notebook in {documented}.")


class DriftWatch:
    """Compares the homelab with the notebook between two writings."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        correlator: Correlator,
        clock: Clock,
        folder: Path,
        name: Shield,
    ) -> None:
        """``name`` writes names as the notebook does. Nothing is reported before :meth:`run`."""
        self._store = store
        self._inventory = inventory
        self._correlator = correlator
        self._clock = clock
        self._folder = folder
        self._name = name
        self._looks: dict[str, tuple[bool, int]] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        await repeat(self.look, EVERY, self._clock, "notebook not compared")

    async def look(self) -> None:
        """Report the instances that differ for two looks, and end what does not differ any more.

        An instance that cannot be read completely, or has no page yet, is not judged.
        """
        known = known_instances(self._inventory)
        pages = instance_pages(known, self._inventory.parents, self._name)
        for one in known:
            page = pages.get(one.instance.id)
            if page is not None:
                await self._compare(one.instance, page)

    async def end(self) -> None:
        """End what was reported: the notebook is not written any more, so nothing is compared."""
        over = translate("The notebook is not written any more.")
        try:
            for instance in self._inventory.instances():
                if await self._is_open(instance.id):
                    await self._correlator.take(instance.id, [_alert(instance, (), self._clock, over)])
        except Exception:
            log.exception("differences from the notebook not ended")

    async def _compare(self, instance: Instance, page: str) -> None:
        try:
            path = instance_path(instance)
            documented = await asyncio.to_thread(read_page, self._folder, path)
        except NotWritten as err:
            log.warning("notebook not compared", reason=str(err))
            return
        if not documented:
            return
        found = differences(listed(documented), listed(page))
        if not self._lasts(instance.id, differs=bool(found)):
            return
        is_open = await self._is_open(instance.id)
        if found or is_open:
            alert = _alert(instance, found, self._clock, translate("The notebook says what is there."))
            await self._correlator.take(instance.id, [alert])

    def _lasts(self, instance_id: str, *, differs: bool) -> bool:
        """Return whether enough looks in a row said the same."""
        said, times = self._looks.get(instance_id, (differs, 0))
        times = min(times + 1, LASTS) if said is differs else 1
        self._looks[instance_id] = differs, times
        return times >= LASTS

    async def _is_open(self, instance_id: str) -> bool:
        async with self._store.read() as connection:
            firing = await incidents.firing_of(connection, instance_id)
        return any(map(_is_drift, firing))


def _is_drift(alert: Alert) -> bool:
    return alert.labels.get(CHECK) == DRIFT


def _alert(instance: Instance, found: tuple[str, ...], clock: Clock, over: str) -> IncomingAlert:
    """Return the alert about what was ``found``; ``over`` says why there is nothing."""
    now, name = clock.now(), instance.name
    shown = list(found[:MOST_NAMED])
    more = len(found) - len(shown)
    if more > 0:
        shown.append(translate_plural("{count} more", "{count} more", more))
    return IncomingAlert(
        name="DocumentationDrift",
        status=AlertStatus.FIRING if found else AlertStatus.RESOLVED,
        severity=Severity.INFO,
        starts_at=now,
        ends_at=None if found else now,
        labels={CHECK: DRIFT, STEWARD_INSTANCE: instance.id},
        summary=translate_plural(
            "{name} differs from the notebook in {count} thing",
            "{name} differs from the notebook in {count} things",
            len(found),
            name=name,
        ),
        description=" ".join(shown) if found else over,
        fingerprint=hashlib.sha256(f"{DRIFT}\n{instance.id}".encode()).hexdigest(),
    )
