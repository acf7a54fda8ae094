"""Asks people, once per pair, whether two things that monitors list are the same device."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import QUESTIONS, MatchPair
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Delivery, ScheduledMessage

from ...quorum.matching import Pair
from ...store import device_matches, scheduled_messages
from ...store.store import Store, Unit
from ...texts import translate, translate_plural
from .device_book import DeviceBook

KEPT: Final = 20
MOST_SHOWN: Final = 3
"""A phone shows few lines of a message, and the last one says where to answer."""

type Keys = tuple[str, str]


class MatchQuestions:
    """Asks about pairs that two checks in a row find: at the first, a monitor may not have been read yet."""

    def __init__(self, store: Store) -> None:
        """``store`` keeps which pairs people were asked about."""
        self._store = store
        self._before: frozenset[Keys] = frozenset()

    async def look(self, book: DeviceBook, now: datetime) -> None:
        """Ask, in one message, about the pairs that nobody was asked about yet."""
        lasting = [one for one in book.questions if one.keys in self._before]
        self._before = frozenset(one.keys for one in book.questions)
        if not lasting:
            return
        async with self._store.read() as connection:
            asked = await device_matches.asked(connection)
        new = [one for one in lasting if one.keys not in asked]
        if not new:
            return
        async with self._store.change() as unit:
            await device_matches.note_asked(unit.connection, [one.keys for one in new], now)
            await _send(unit, new, _names(book), now)


async def answered(unit: Unit, keys: Keys, person_name: str, *, is_same: bool | None) -> None:
    """Store a person's answer in the messages that ask about two keys, so that no client asks any more."""
    for message in await scheduled_messages.newest_of(unit.connection, QUESTIONS, KEPT):
        pairs = tuple(
            replace(one, is_same=is_same, person_name=person_name) if (one.first, one.second) == keys else one
            for one in message.pairs
        )
        if pairs != tuple(message.pairs):
            changed = replace(message, pairs=pairs)
            await scheduled_messages.change(unit.connection, changed)
            unit.publish(RowKind.SCHEDULED, changed.id, changed)


async def _send(unit: Unit, pairs: Sequence[Pair], names: Mapping[str, str], now: datetime) -> None:
    """Store one message for all people, in the transaction that records that they were asked."""
    message = ScheduledMessage(
        id=f"{QUESTIONS}-{uuid.uuid4().hex}",
        schedule_id=QUESTIONS,
        title=translate("Which devices are the same?"),
        due_at=now,
        made_at=now,
        lines=tuple(_lines(pairs, names)),
        deliver_to=tuple(Delivery),
        pairs=tuple(
            MatchPair(
                first=one.keys[0],
                second=one.keys[1],
                first_name=names[one.keys[0]],
                second_name=names[one.keys[1]],
            )
            for one in pairs[:MOST_SHOWN]
        ),
    )
    await scheduled_messages.add(unit.connection, message, KEPT)
    unit.publish(RowKind.SCHEDULED, message.id, message)


def _lines(pairs: Sequence[Pair], names: Mapping[str, str]) -> list[str]:
    """Return a line for each of the first pairs, how many more there are, and where to answer."""
    lines = []
    for one in pairs[:MOST_SHOWN]:
        first, second = names[one.first], names[one.second]
        lines.append(translate(t"{first} and {second} may be the same device."))
    more = len(pairs) - MOST_SHOWN
    if more > 0:
        lines.append(translate_plural("{count} more pair", "{count} more pairs", more))
    answer = translate(
        "Answer with a button, or on the page Monitors of the panel. Until then they count as two devices."
    )
    return [*lines, answer]


def _names(book: DeviceBook) -> dict[str, str]:
    """Return the names of the things that monitors list by key, each with its monitor."""
    said = (one for device in book.devices for one in device.said)
    return {one.sighting.key: f"{one_line(one.name)} ({one_line(one.instance.name)})" for one in said}
