"""Sends weekly reports: the text, a picture, and a file when it is long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import structlog

from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.reports import WeeklyDocument, WeeklyQuery, WeeklyReport

from ..clock import Clock
from ..store import reports
from ..store.changes import Changes, Lost
from ..store.database import Database
from ..tasks import run_to_completion
from ..texts import Texts, household
from ..trends.charts import SQUARES, bars
from .drafts import Draft, Kind, Priority
from .markup import LIMIT, Rich, bold, fitted, joined, literal, prose
from .outbox import Outbox
from .topic_names import REPORTS

log = structlog.get_logger(__name__)

NEW: Final = timedelta(days=1)
"""An older report is not sent at the start: the group may be another one than it was made for."""

TITLE: Final = 200
LINE: Final = 300

type Weekly = Callable[[WeeklyQuery], Awaitable[WeeklyDocument]]


class WeeklySync:
    """Sends each weekly report once to its topic, in the language of the household."""

    def __init__(
        self, outbox: Outbox, database: Database, changes: Changes, clock: Clock, weekly: Weekly
    ) -> None:
        """``weekly`` returns a report as a document."""
        self._outbox = outbox
        self._database = database
        self._changes = changes
        self._clock = clock
        self._weekly = weekly

    async def run(self) -> None:
        """Send reports until cancelled, first one that an earlier process did not send."""
        with self._changes.watch(RowKind.REPORT) as watch:
            await self._send_latest()
            async for event in watch:
                if isinstance(event, Lost):
                    await self._send_latest()
                elif event.report is not None:
                    await run_to_completion(self._send(event.report), "telegram: step")

    async def _send_latest(self) -> None:
        async with self._database.read() as connection:
            latest = await reports.latest(connection)
        if latest is not None and latest.made_at > self._clock.now() - NEW:
            await run_to_completion(self._send(latest), "telegram: step")

    async def _send(self, report: WeeklyReport) -> None:
        document = await self._weekly(WeeklyQuery(id=report.id))
        base = Draft(
            key=f"weekly:{report.id}",
            kind=Kind.REPLY,
            topic=REPORTS,
            priority=Priority.LINE,
            text="",
        )
        await self._outbox.put_once(await weekly_drafts(document, base, household()))


async def weekly_drafts(document: WeeklyDocument, base: Draft, texts: Texts) -> list[Draft]:
    """Return the messages of a report; ``base`` has the key and the topic of the first."""
    lines = _lines(document)
    where = texts("the file has all of it")
    drafts = [replace(base, text=joined(fitted(lines, LIMIT, where)).html)]
    if sum(line.units + 1 for line in lines) > LIMIT:
        name = f"weekly-{document.report.id}.md"
        file = document.markdown.encode()
        drafts.append(_attached(base, "file", prose(document.title, TITLE), name, file))
    days = [(f"{date.fromisoformat(one.day):%d}", (one.opened, one.resolved)) for one in document.report.days]
    if document.sections and any(sum(values) for _, values in days):
        picture = await asyncio.to_thread(bars, days)
        opened, resolved = texts("Opened"), texts("Resolved")
        caption = literal(f"{SQUARES[0]} {opened}  {SQUARES[1]} {resolved}")
        drafts.append(_attached(base, "picture", caption, f"weekly-{document.report.id}.png", picture))
    return drafts


def _lines(document: WeeklyDocument) -> list[Rich]:
    lines = [bold(prose(document.title, TITLE)), prose(document.headline, LINE)]
    for section in document.sections:
        lines += [literal(""), bold(prose(section.title, TITLE))]
        lines += (literal("• ") + prose(one, LINE) for one in section.lines)
    return lines


def _attached(base: Draft, part: str, caption: Rich, name: str, file: bytes) -> Draft:
    return replace(
        base, key=f"{base.key}:{part}", text=caption.html, file_name=name, file=file, reply_to=base.key
    )
