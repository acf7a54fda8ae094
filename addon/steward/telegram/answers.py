"""Answers questions of people with the conversation, in one message that grows."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.chat import ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.reports import WeeklyQuery
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from ..clock import Clock
from ..texts import Texts, texts_of
from .drafts import Draft, Kind, Priority
from .incoming import Said
from .markup import LIMIT, Rich, fitted, joined, literal, prose
from .outbox import Outbox
from .ports import StewardCommands
from .replies import NAME
from .topics import TopicThreads
from .weekly import weekly_drafts

log = structlog.get_logger(__name__)

EDIT_PAUSE: Final = 3.0
"""Seconds between two edits of a message that grows: Telegram limits them."""

MOST_AT_ONCE: Final = 4
LONGEST_ANSWER_SECONDS: Final = 300.0
REASON: Final = 200

_BULLETS: Final = ("* ", "- ", "+ ")


class Answers:
    """Answers questions, each in a task of its own: other messages and presses do not wait."""

    def __init__(self, commands: StewardCommands, outbox: Outbox, topics: TopicThreads, clock: Clock) -> None:
        self._commands = commands
        self._outbox = outbox
        self._topics = topics
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()

    async def resume(self) -> None:
        """Say in each answer that an earlier process did not finish that it ends there."""
        await self._outbox.end_answers(lambda language: _interrupted(texts_of(language)))

    async def close(self) -> None:
        """Stop the answers in progress; the next start says so in their messages."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def ask(self, said: Said, person: Person, text: str, incident_id: str = "") -> None:
        """Answer a question or a request in the topic of its message. Returns at once."""
        texts = texts_of(person.language)
        draft = await self._draft(said, person, texts, incident_id)
        if len(self._running) >= MOST_AT_ONCE:
            busy = texts("I am answering other questions. Ask again in a minute.")
            await self._outbox.put_once([replace(draft, text=_message(person, literal(busy)))])
            return
        question = ChatQuestion(
            conversation_id=f"telegram:{incident_id or said.thread_id or said.chat_id}",
            text=text,
            speaker=Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(said.user_id)),
            language=person.language or texts.language,
            incident_id=incident_id or None,
        )
        task = asyncio.create_task(self._answer(question, draft, person, texts), name="telegram: answer")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def report(self, said: Said, person: Person) -> None:
        """Send the report of the last seven days, with its picture. Raises ContractError."""
        texts = texts_of(person.language)
        document = await self._commands.weekly(WeeklyQuery(language=texts.language))
        base = replace(await self._draft(said, person, texts, ""), kind=Kind.REPLY)
        await self._outbox.put_once(await weekly_drafts(document, base, texts))

    async def _draft(self, said: Said, person: Person, texts: Texts, incident_id: str) -> Draft:
        place = await self._topics.place_of(said.thread_id)
        return Draft(
            key=f"answer:{texts.language}:{said.chat_id}:{said.message_id}",
            kind=Kind.ANSWER,
            topic=place.standing,
            priority=Priority.REPLY,
            text=_message(person, literal("…")),
            incident_id=place.incident_id or incident_id,
            own_topic=bool(place.incident_id),
        )

    async def _answer(self, question: ChatQuestion, draft: Draft, person: Person, texts: Texts) -> None:
        try:
            async with asyncio.timeout(LONGEST_ANSWER_SECONDS):
                async with aclosing(self._texts(question, texts)) as growing:
                    text = await self._show(growing, draft, person)
        except ContractError as err:
            is_internal = err.code is ErrorCode.INTERNAL
            text = _try_again(texts) if is_internal else f"{err.message} {texts('Nothing was done.')}"
        except TimeoutError:
            text = texts("The answer took too long.")
        except Exception as err:  # noqa: BLE001 - logged without the question, which may be private
            log.error("telegram answer failed", error=type(err).__name__)  # noqa: TRY400
            text = _try_again(texts)
        shown = answer_text(text.strip() or _try_again(texts), texts)
        await self._outbox.put(replace(draft, text=_message(person, shown)))
        await self._outbox.close([draft.key])

    async def _show(self, growing: AsyncGenerator[str], draft: Draft, person: Person) -> str:
        """Show the text as it grows, with a pause between two edits. Return the whole text."""
        text, next_edit = "", self._clock.monotonic()
        async for text in growing:
            now = self._clock.monotonic()
            if now >= next_edit and text.strip():
                next_edit = now + EDIT_PAUSE
                shown = answer_text(f"{text.rstrip()} …", texts_of(person.language))
                await self._outbox.put(replace(draft, text=_message(person, shown)))
        return text

    async def _texts(self, question: ChatQuestion, texts: Texts) -> AsyncGenerator[str]:
        """Yield the text so far after each piece; the end of a question says how to answer it."""
        text = ""
        async with aclosing(self._commands.ask(question)) as pieces:
            async for piece in pieces:
                if piece.kind is ChatPieceKind.TEXT:
                    text += piece.text
                    yield text
                elif piece.kind is ChatPieceKind.END and piece.expects_reply:
                    yield f"{text}\n{texts('Reply to this message to answer.')}"


def answer_text(text: str, texts: Texts) -> Rich:
    """Return an answer as lines for a message; marks of Markdown are left out."""
    lines = [_line(one) for one in text.replace("**", "").replace("`", "").splitlines()]
    return joined(fitted(lines, LIMIT - 2 * NAME, texts("open Home Assistant")))


def _line(line: str) -> Rich:
    text = line.strip().lstrip("#").strip()
    is_item = text.startswith(_BULLETS)
    return (literal("• ") if is_item else literal("")) + prose(text[2:] if is_item else text, LIMIT)


def _message(person: Person, text: Rich) -> str:
    """Return the message for a person: several may ask in one topic."""
    return (prose(person.name, NAME) + literal(": ") + text).html


def _try_again(texts: Texts) -> str:
    return texts("The steward cannot process this now. Try again in a minute.")


def _interrupted(texts: Texts) -> str:
    """Return the end of an answer that the app did not finish, as HTML."""
    return literal(f"\n{texts('The app was restarted. Ask again.')}").html
