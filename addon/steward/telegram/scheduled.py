"""Sends the messages of schedules, each once."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from homelab_steward.contract.devices import MatchPair
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Delivery, ScheduledMessage

from ..clock import Clock
from ..store import scheduled_messages
from ..store.changes import Changes, Lost
from ..store.database import Database
from ..tasks import run_to_completion
from ..texts import Texts, household, local, translate
from .buttons import ButtonAction, ButtonCodec, CallbackData, new_short_id
from .callback_store import CallbackStore
from .drafts import Draft, Kind, Priority
from .markup import LIMIT, Rich, bold, filled, fitted, joined, literal, prose
from .message_forms import Buttons
from .outbox import Outbox
from .topic_names import REPORTS

NEW: Final = timedelta(days=1)
"""An older message is not sent at the start: the group may be another one than it was made for."""

MOST: Final = 20
TITLE: Final = 200
LINE: Final = 300


class ScheduledSync:
    """Sends each message once to the topic of reports, in the language it was written in."""

    def __init__(
        self,
        outbox: Outbox,
        callbacks: CallbackStore,
        codec: ButtonCodec,
        database: Database,
        changes: Changes,
        clock: Clock,
    ) -> None:
        """``callbacks`` and ``codec`` are for what people can answer. Nothing is sent before :meth:`run`."""
        self._callbacks = callbacks
        self._codec = codec
        self._outbox = outbox
        self._database = database
        self._changes = changes
        self._clock = clock

    async def run(self) -> None:
        """Send messages until cancelled, first those that an earlier process did not send."""
        with self._changes.watch(RowKind.SCHEDULED) as watch:
            await self._send_newest()
            async for event in watch:
                if isinstance(event, Lost):
                    await self._send_newest()
                elif event.scheduled is not None:
                    await run_to_completion(self._send(event.scheduled), "telegram: step")

    async def _send_newest(self) -> None:
        async with self._database.read() as connection:
            found = await scheduled_messages.newest(connection, MOST)
        for one in reversed(found):
            if one.made_at > self._clock.now() - NEW:
                await run_to_completion(self._send(one), "telegram: step")

    async def _send(self, message: ScheduledMessage) -> None:
        if message.is_silent or Delivery.TELEGRAM not in message.deliver_to:
            return
        if message.pairs:
            for pair in message.pairs:
                await self._ask(pair)
            return
        texts = household()
        lines = _lines(message, texts)
        draft = Draft(
            key=f"scheduled:{message.id}",
            kind=Kind.REPLY,
            topic=REPORTS,
            priority=Priority.LINE,
            text=joined(fitted(lines, LIMIT, texts("the file has all of it"))).html,
        )
        drafts = [draft]
        if sum(line.units + 1 for line in lines) > LIMIT:
            drafts.append(_file(draft, message))
        await self._outbox.put_once(drafts)

    async def _ask(self, pair: MatchPair) -> None:
        """Ask about two things, once, or show the answer where it was asked."""
        async with self._outbox.writing() as drafts:
            if pair.is_same is not None:
                await drafts.change(_question(pair, ()))
                return
            if await self._callbacks.short_ids(drafts.connection, [pair.id]):
                return
            short_id = new_short_id()
            await self._callbacks.issue_pair(drafts.connection, short_id, pair)
            labels = {
                ButtonAction.SAME_DEVICE: translate("The same device"),
                ButtonAction.OTHER_DEVICE: translate("Different devices"),
            }
            row = tuple(
                (label, self._codec.encode(CallbackData(short_id, action)))
                for action, label in labels.items()
            )
            await drafts.add_once([_question(pair, (row,))])


def _question(pair: MatchPair, buttons: Buttons) -> Draft:
    """Return the question about two things, with the answer if there is one."""
    template = translate("{first} and {second} may be the same device.", first="{first}", second="{second}")
    text = filled(
        template, first=bold(prose(pair.first_name, LINE)), second=bold(prose(pair.second_name, LINE))
    )
    if pair.is_same is None:
        more = translate("Until somebody answers, they count as two devices.")
    else:
        name, said = pair.person_name, translate("the same device")
        said = said if pair.is_same else translate("different devices")
        more = translate(t"{name}: {said}.")
    return Draft(
        key=f"match:{pair.id}",
        kind=Kind.REPLY,
        topic=REPORTS,
        priority=Priority.LINE,
        text=joined([text, prose(more, LINE)]).html,
        buttons=buttons,
    )


def _file(base: Draft, message: ScheduledMessage) -> Draft:
    """Return all lines as a file below the message."""
    content = "\n".join((message.title, *message.lines, "", *message.not_checked))
    return replace(
        base,
        key=f"{base.key}:file",
        text=prose(message.title, TITLE).html,
        file_name=f"{message.schedule_id}.txt",
        file=content.encode(),
        reply_to=base.key,
    )


def _lines(message: ScheduledMessage, texts: Texts) -> list[Rich]:
    lines = [bold(prose(message.title, TITLE))]
    if message.is_late:
        due = texts.date_and_time(local(message.due_at))
        lines.append(literal(texts(t"This was due at {due}; the steward was off.")))
    if message.summary:
        lines.append(prose(message.summary, LINE))
        lines.append(literal(texts(t"(written by {message.worded_by})")))
    lines += (literal("• ") + prose(one, LINE) for one in message.lines)
    if not message.lines:
        lines.append(literal(texts("Nothing was found.")))
    if message.not_checked:
        lines += [literal(""), bold(literal(texts("Not checked")))]
        lines += (literal("• ") + prose(one, LINE) for one in message.not_checked)
    return lines
