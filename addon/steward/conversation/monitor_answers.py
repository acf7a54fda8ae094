"""Answers what the monitors say about a device, and which of them is blind."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import (
    Agreement,
    DeviceAspect,
    DevicesQuery,
    DevicesView,
    DeviceView,
    Statement,
    Word,
)
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.state import TargetRef

from ..texts import Texts, english, local
from .readings import listed

type Devices = Callable[[DevicesQuery], Awaitable[DevicesView]]
"""Returns what the monitors say about devices, with texts in a language."""

MOST_ASKED: Final = 100
_AGREEMENTS: Final = {
    Agreement.DOWN: english("Independent monitors agree that there is a problem."),
    Agreement.UP: english("Nobody reports a problem."),
    Agreement.SPLIT: english("They disagree."),
    Agreement.ALONE: english("Only one of them reports a problem."),
    Agreement.BLIND: english("Nobody says anything that counts."),
}
_WORST_FIRST: Final = (Agreement.SPLIT, Agreement.DOWN, Agreement.ALONE, Agreement.BLIND, Agreement.UP)


async def no_devices(_query: DevicesQuery) -> DevicesView:
    """Return no devices: no monitor watches anything."""
    return DevicesView()


class MonitorAnswers:
    """Answers from what all monitors say."""

    def __init__(self, devices: Devices) -> None:
        """``devices`` reads what they say now."""
        self._devices = devices

    async def what_they_say(self, target: TargetRef | None, texts: Texts, language: str, shown: int) -> str:
        """Return who says what about a target and since when; without one, about what they disagree."""
        if target is None:
            return await self._disagreements(texts, language, shown)
        found = await self._about(target, language)
        if not found:
            name = target.name
            return texts(t"No monitor says anything about {name}.")
        return " ".join(_said(one, texts, shown) for one in found[:shown])

    async def which_are_blind(self, texts: Texts, language: str, shown: int) -> str:
        """Return which monitors do not count now."""
        found = await self._devices(DevicesQuery(limit=1, language=language))
        if not found.total:
            return texts("No monitor watches a device.")
        if not found.blind:
            return texts("No monitor is blind.")
        lines = []
        for one in found.blind[:shown]:
            name, why = one_line(one.name), one.why
            lines.append(texts(t"{name} is blind: {why}"))
        return " ".join(f"{one.rstrip('.')}." for one in lines)

    async def _about(self, target: TargetRef, language: str) -> Sequence[DeviceView]:
        """Return the devices that are a target; if none is, those that a monitor gives its name."""
        query = DevicesQuery(text=target.name, limit=MOST_ASKED, language=language)
        found = (await self._devices(query)).devices
        exact = [one for one in found if any(it.key == target.key for it in one.targets)]
        name = target.name.casefold()
        return exact or [one for one in found if any(it.casefold() == name for it in one.names)]

    async def _disagreements(self, texts: Texts, language: str, shown: int) -> str:
        found = await self._devices(DevicesQuery(limit=MOST_ASKED, language=language))
        if not found.total:
            return texts("No monitor watches a device.")
        split = [one for one in found.devices if _verdict(one) is Agreement.SPLIT]
        if split:
            names = listed([one_line(one.name) for one in split], shown, texts)
            return texts(t"Monitors disagree about {names}.")
        alone = [one for one in found.devices if _verdict(one) is Agreement.ALONE]
        if alone:
            names = listed([one_line(one.name) for one in alone], shown, texts)
            return texts(t"Only one monitor reports a problem of {names}.")
        return texts("The monitors do not disagree about any device.")


def _verdict(device: DeviceView) -> Agreement:
    """Return the worst of what the monitors together say about a device."""
    return min((one.verdict for one in device.aspects), key=_WORST_FIRST.index, default=Agreement.BLIND)


def _said(device: DeviceView, texts: Texts, shown: int) -> str:
    """Return who says what about a device, and whether they agree."""
    lines = list(dict.fromkeys(_lines(device.aspects, texts)))
    more = len(lines) - shown
    text = "; ".join(lines[:shown])
    if more > 0:
        text += ", " + texts.plural("{count} more", "{count} more", more)
    return f"{one_line(device.name)}: {text}. {texts(_AGREEMENTS[_verdict(device)])}"


def _lines(aspects: Sequence[DeviceAspect], texts: Texts) -> Iterator[str]:
    shown = set()
    for aspect in sorted(aspects, key=lambda one: _WORST_FIRST.index(one.verdict)):
        for one in aspect.statements:
            line = _line(one, texts)
            if one.repeats:
                source = one_line(one.repeats)
                line = texts(t"{line} (repeats {source})")
            if one.settled and (one.instance, aspect.aspect) not in shown:
                shown.add((one.instance, aspect.aspect))
                line = _with_record(line, one, texts)
            yield f"{one_line(aspect.part)}: {line}" if aspect.part else line


def _with_record(line: str, one: Statement, texts: Texts) -> str:
    """Return a line with how often its monitor was right."""
    return texts.plural(
        "{line} (right in {right} of {count} case)",
        "{line} (right in {right} of {count} cases)",
        one.settled,
        line=line,
        right=one.right,
    )


def _line(one: Statement, texts: Texts) -> str:
    name = one_line(one.instance)
    if not one.is_fresh or one.word not in (Word.UP, Word.DOWN):
        return texts(t"{name} says nothing now")
    if one.since is None:
        return texts(t"{name} says down") if one.word is Word.DOWN else texts(t"{name} says up")
    when = _when(one.since, texts)
    if one.word is Word.DOWN:
        return texts(t"{name} says down since {when}")
    return texts(t"{name} says up since {when}")


def _when(at: datetime, texts: Texts) -> str:
    return texts.date_and_time(local(at))
