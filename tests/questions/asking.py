"""Asks a steward in the lab, and reads what it did with the question."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from demo.front_end import FrontEndClient
from homelab_steward.contract.chat import ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.state import FrontEnd, Speaker, TargetRef
from homelab_steward.contract.step_parts import PlannedStep
from questions.judging import Answer, AskedStep, Judgement, Reaction, judge
from questions.rows import Row, Speaks, WrongRows
from steward.conversation.phrases import say
from steward.conversation.readings import Found, value_text
from steward.services.finder import find_services
from steward.texts import english, texts_of

INSTANCE: Final = "instance"
USERS: Final = {one: f"{one}-in-home-assistant" for one in Speaks}
_SERVICES: Final = find_services()
_GAP: Final = "\N{WHITE SQUARE}"
_UNKNOWN: Final = (
    english("{name} does not report that."),
    english("Nothing that I know reports that."),
    english("Nothing that I know reports backups."),
    english("Nothing that I know reports certificates."),
    english("Nothing that I know reports updates."),
    english("I know no such thing."),
    english("Since when {name} runs is not known."),
    english("What {name} watches is not known."),
    english("{name} itself is not known here. Ask about {names}, which reports what happens on it."),
)
"""Answers that say that something is not known."""

_NOT_OFFERED: Final = english("I cannot do that with {name}. Nothing has been changed.")
_NOT_UNDERSTOOD: Final = english("I did not understand the question about {name}.")
_SUGGESTION: Final = english("A runbook may fit: {runbooks}.")
"""An answer that only helps with a problem."""

_NOT_TOLD: Final = (
    english("I tell nobody passwords, PINs, keys, or tokens."),
    english("I do not tell addresses in a conversation."),
)
"""Answers that refuse what nobody may hear."""

_NOT_DONE: Final = (
    english("To forbid every change of {names}, an owner adds a fence in the panel under Settings."),
    english("Who may decide can pause all changes in the panel under Settings."),
    english(
        "I start no maintenance in a conversation. Start it in the panel under Settings, "
        "or with /maintenance in Telegram."
    ),
    english("Logs are only read by a language model, and none is set up. You can ask what is wrong."),
)
"""Answers to what a conversation does not do: change nothing from now on, start maintenance, read logs."""

_REFUSALS: Final = ("order_unknown", "part_nothing", "not_allowed", "request_refused", "watching_private")


class Asker:
    """Asks one row after another, each in a conversation of its own."""

    def __init__(self, client: FrontEndClient) -> None:
        """``client`` is connected, and all instances were polled."""
        self._client = client
        self._number = 0

    async def ask(self, row: Row) -> Judgement:
        """Return the judged answer to a row. What it requests is rejected afterwards.

        Raises WrongRows for a reading that there is not.
        """
        self._number += 1
        for text in row.after:
            await self._said(row, text)
        await self._reject(await self._requests())
        text, expects_reply, seconds = await self._said(row, row.text)
        made = await self._requests()
        steps = tuple(_asked(step) for one in made for step in one.proposal.options[0].steps)
        await self._reject(made)
        answer = Answer(
            text=text,
            reaction=reaction(text, row.language, is_requested=bool(made), expects_reply=expects_reply),
            seconds=seconds,
            steps=steps,
            is_later=any(one.later is not None for one in made),
        )
        return judge(row, answer, self._filled(row.contains, row), self._filled(row.absent, row))

    async def _said(self, row: Row, text: str) -> tuple[str, bool, float]:
        """Return the text of the answer, whether a reply is expected, and the seconds it took."""
        question = ChatQuestion(
            conversation_id=f"row {self._number}",
            text=text,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=USERS[row.speaker]),
            language=row.language,
            spoken=row.spoken,
        )
        began = time.perf_counter()
        try:
            pieces = [piece async for piece in self._client.ask(question)]
        except ContractError as err:
            return f"Error: {err}", False, time.perf_counter() - began
        seconds = time.perf_counter() - began
        said = "".join(one.text for one in pieces if one.kind is ChatPieceKind.TEXT)
        return said, pieces[-1].expects_reply, seconds

    async def _requests(self) -> list[ApprovalRequest]:
        """Return the pending requests that a person made."""
        await self._client.list_incidents()
        return [one for one in self._client.pending() if one.requested_via is not None]

    async def _reject(self, made: Iterable[ApprovalRequest]) -> None:
        speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=USERS[Speaks.OWNER])
        for one in made:
            await self._client.reject(one, speaker)

    def _filled(self, texts: Iterable[str], row: Row) -> list[str]:
        return [filled(one, lambda name: self._reading(name, row.language)) for one in texts]

    def _reading(self, name: str, language: str) -> str:
        """Return a reading as people see it. Raises WrongRows."""
        place, _, sensor_key = name.rpartition(".")
        instance_id, _, resource = place.partition("/")
        instance, snapshot = self._client.instances.get(instance_id), self._client.snapshots.get(instance_id)
        if instance is None or snapshot is None:
            raise WrongRows(f"{{{name}}}: there is no instance {instance_id!r}")
        values: Mapping[str, object] = snapshot.values
        kind: str | None = None
        if resource:
            found = next((one for one in snapshot.resources if resource in (one.name, one.id)), None)
            if found is None:
                raise WrongRows(f"{{{name}}}: {instance_id} has no {resource!r}")
            values, kind = found.values, found.kind
        sensors = _SERVICES[instance.service].offer().sensors
        sensor = next((one for one in sensors if (one.key, one.scope) == (sensor_key, kind)), None)
        if sensor is None:
            raise WrongRows(f"{{{name}}}: there is no sensor {sensor_key!r}")
        target = TargetRef(instance_id=instance_id, kind=kind or INSTANCE, id=resource, name=resource)
        value = values.get(sensor_key)
        return value_text(Found(target, sensor, value), texts_of(language), datetime.now(UTC))  # type: ignore[arg-type]


def reaction(text: str, language: str, *, is_requested: bool, expects_reply: bool) -> Reaction:
    """Return what an answer is, from its texts and from what was requested."""
    if is_requested:
        return Reaction.REQUESTED
    if expects_reply:
        return Reaction.ASKED
    texts = texts_of(language)
    if say(language, "no_model") in text or _occurs(texts(_NOT_UNDERSTOOD, name=_GAP, names=_GAP), text):
        return Reaction.NO_MODEL
    refusals = [say(language, key, reason=_GAP, names=_GAP) for key in _REFUSALS]
    refusals += [*map(texts, _NOT_TOLD), texts(_NOT_OFFERED, name=_GAP)]
    refusals += [texts(one, names=_GAP) for one in _NOT_DONE]
    if any(_occurs(one, text) for one in refusals):
        return Reaction.REFUSED
    if _occurs(texts(_SUGGESTION, runbooks=_GAP), text):
        return Reaction.NO_MODEL
    unknown = [
        say(language, "unknown_name", name=_GAP),
        *(texts(one, name=_GAP, names=_GAP) for one in _UNKNOWN),
    ]
    return Reaction.UNKNOWN if any(_occurs(one, text) for one in unknown) else Reaction.ANSWERED


def _asked(step: PlannedStep) -> AskedStep:
    target = step.target
    names = (
        target.name,
        target.id,
        f"{target.instance_id}/{target.name}",
        f"{target.instance_id}/{target.id}",
    )
    return AskedStep(action=step.action, target_names=names)


def filled(text: str, reading: Callable[[str], str]) -> str:
    """Return a text with readings in place of their names in braces."""
    parts = text.split("{")
    found = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        found.append(f"{reading(name)}{rest}" if brace else f"{{{part}")
    return "".join(found)


def _occurs(template: str, text: str) -> bool:
    """Return whether the fixed parts of a template occur in a text, in order."""
    at = 0
    for part in template.split(_GAP):
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
