"""The card of a new request is stored in the transaction of the request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from rig.clocks import HANGING
from rig.round_trips import round_trips
from steward.store import approvals, incidents
from steward.store.store import Store
from steward.telegram.buttons import ButtonCodec
from steward.telegram.callback_store import CallbackStore
from steward.telegram.card_renderer import CardRenderer
from steward.telegram.card_sync import CardSync
from steward.telegram.card_throttle import CardThrottle
from steward.telegram.incident_topics import IncidentTopics
from steward.telegram.outbox import Outbox

from .rig import KEY, TelegramRig, open_rig
from .samples import CATALOGUE, incident, request

CHAT = -1


class Cards:
    """A card sync that writes the cards of a store, and what it works with."""

    def __init__(self, rig: TelegramRig, cards_per_minute: int) -> None:
        self.rig = rig
        self.store = Store(rig.database, rig.changes)
        self.outbox = Outbox(rig.database, rig.clock, CHAT)
        self.throttle = CardThrottle(self.outbox, rig.clock, cards_per_minute)
        self.renderer = CardRenderer(ButtonCodec(KEY, CHAT), UTC, CATALOGUE, None)
        self.sync = CardSync(
            self.outbox,
            self.throttle,
            CallbackStore(rig.database, rig.clock, CHAT),
            self.renderer,
            rig,
            rig.changes,
            rig.clock,
            IncidentTopics(rig.database, rig.clock, CHAT),
        )

    async def ask(self, name: str = "a1", *, fails: bool = False) -> ApprovalRequest:
        """Store and publish a request with its incident, unless it fails."""
        asked = request(name)
        waiting = replace(incident(asked), status=IncidentStatus.WAITING, approval_id=asked.id)
        async with self.store.change() as unit:
            await self._save(unit.connection, waiting, asked)
            unit.publish(RowKind.INCIDENT, waiting.id, waiting)
            unit.publish(RowKind.APPROVAL, asked.id, asked)
            if fails:
                raise ZeroDivisionError
        return asked

    async def publish(self, name: str) -> ApprovalRequest:
        """Store a request, publish it without a transaction, and wait for its card."""
        asked = request(name)
        await self.rig.store(asked)
        self.rig.incidents[asked.incident_id] = incident(asked)
        self.rig.changes.publish(RowKind.APPROVAL, asked.id, asked)
        await self.until_stored(asked)
        return asked

    async def until_stored(self, asked: ApprovalRequest) -> None:
        """Wait for the card of a request."""
        async with asyncio.timeout(HANGING):
            while asked.id not in [key for key, _, _ in await self.stored()]:
                await self.outbox.changed.wait()
                self.outbox.changed.clear()

    async def _save(self, connection: object, waiting: Incident, asked: ApprovalRequest) -> None:
        self.rig.incidents[waiting.id] = waiting
        number = await incidents.next_number(connection)  # type: ignore[arg-type]
        await incidents.save_incident(connection, replace(waiting, number=number))  # type: ignore[arg-type]
        await approvals.add(connection, asked)  # type: ignore[arg-type]

    async def stored(self) -> list[tuple[str, bool, bool]]:
        """Return the request, whether it is held, and whether it has buttons, of each stored card."""
        async with self.outbox.reading() as connection:
            shown = [one for key in self.rig.incidents for one in await self.outbox.shown(connection, key)]
        return [(one.approval_id, one.is_held, bool(one.buttons)) for one in shown]


@asynccontextmanager
async def opened(folder: Path, cards_per_minute: int = 20) -> AsyncIterator[Cards]:
    async with open_rig(folder) as rig:
        cards = Cards(rig, cards_per_minute)
        # Eager: it follows the transactions when it waits.
        running = asyncio.create_task(cards.sync.run(), eager_start=True)
        try:
            # It has looked at what was stored before the start.
            await cards.publish("a0")
            yield cards
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_card_asks_the_database_five_times(tmp_path: Path) -> None:
    """What the chat shows, the topic of the incident, the mode, the buttons, and the card."""
    async with opened(tmp_path) as cards:
        await cards.ask()
        with round_trips(cards.rig.database) as counts:
            await cards.ask("a2")
        own = [one for one in counts.statements if "telegram_" in one or "app_metadata" in one]
        assert (counts.transactions, len(own)) == (1, 5), own


async def test_a_card_is_stored_with_its_request(tmp_path: Path) -> None:
    async with opened(tmp_path) as cards:
        cards.outbox.changed.clear()
        asked = await cards.ask()
        assert cards.outbox.changed.is_set(), "it is sent at once"
        assert (asked.id, False, True) in await cards.stored()


async def test_the_rows_of_a_stored_card_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as cards:
        read: list[str] = []
        real = cards.sync._read_view

        async def counted(incident_id: str, approval_ids: set[str]) -> object:
            read.append(incident_id)
            return await real(incident_id, approval_ids)

        monkeypatch.setattr(cards.sync, "_read_view", counted)
        await cards.ask("a1")
        # Its rows come after those of the first one.
        other = await cards.publish("a2")
        assert set(read) == {other.incident_id}


async def test_a_request_that_is_not_stored_has_no_card(tmp_path: Path) -> None:
    async with opened(tmp_path) as cards:
        with pytest.raises(ZeroDivisionError):
            await cards.ask(fails=True)
        assert "a1" not in [key for key, _, _ in await cards.stored()]


async def test_a_card_above_the_limit_is_held(tmp_path: Path) -> None:
    async with opened(tmp_path, cards_per_minute=2) as cards:
        first, second = await cards.ask("a1"), await cards.ask("a2")
        assert (await cards.stored())[1:] == [(first.id, False, True), (second.id, True, True)]
        assert cards.throttle._held


async def test_a_card_that_cannot_be_made_does_not_hold_up_its_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as cards:
        real, failures = cards.renderer.changes_for, iter([ZeroDivisionError()])

        def fail_once(view: object) -> object:
            for one in failures:
                raise one
            return real(view)  # type: ignore[arg-type]

        monkeypatch.setattr(cards.renderer, "changes_for", fail_once)
        asked = await cards.ask()
        assert await cards.rig.approval(asked.id) is not None
        await cards.until_stored(asked)


async def test_the_second_request_of_an_incident_is_written_after_its_commit(tmp_path: Path) -> None:
    async with opened(tmp_path) as cards:
        asked = await cards.ask()
        async with cards.store.change() as unit:
            rows = [(RowKind.INCIDENT, asked.incident_id, cards.rig.incidents[asked.incident_id])]
            rows += [(RowKind.APPROVAL, asked.id, asked)]  # type: ignore[list-item]
            assert await cards.sync._add_card(unit.connection, rows) is None
        assert (asked.id, False, True) in await cards.stored()
