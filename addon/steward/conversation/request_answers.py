"""Answers a request for a change: creates it, or asks for what is missing. Only a person can approve it."""

from datetime import datetime

from homelab_steward.contract.commands import ActionRequested, RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import Speaker

from ..clock import Clock
from ..inventory.ports import Inventory
from ..texts import said_in, texts_of
from .meanings import (
    AmbiguousName,
    AmbiguousRequest,
    Meaning,
    NoTarget,
    OpenText,
    PersonRequest,
    UnknownName,
    UnsupportedRequest,
)
from .mentions import NamedTarget
from .phrases import say
from .records import SHOWN, Records
from .scheduling import Scheduled, said_later
from .turn import RequestPort


class RequestAnswers:
    """Creates requests and describes them."""

    def __init__(self, request_port: RequestPort, records: Records, clock: Clock) -> None:
        """``records`` have the label of a request."""
        self._clock = clock
        self._request_port = request_port
        self._records = records

    def now(self) -> datetime:
        """Return the time at which requests are made."""
        return self._clock.now()

    async def create(
        self,
        person_request: PersonRequest,
        speaker: Speaker,
        language: str,
        scheduled: Scheduled | None = None,
    ) -> str:
        """Create the request, and return the text that describes it, or why it is refused."""
        target = person_request.named_target
        try:
            asked = await self._request_port.request(
                RequestAction(
                    instance_id=target.target.instance_id,
                    action=person_request.action.key,
                    speaker=speaker,
                    target_id=target.resource_id,
                    arguments=dict(person_request.arguments),
                    later=scheduled.later if scheduled else None,
                )
            )
        except ContractError as err:
            key = "not_allowed" if err.code is ErrorCode.FORBIDDEN else "request_refused"
            return say(language, key, reason=said_in(err.message, texts_of(language)))
        return await self.waiting_text(asked, language, scheduled)

    async def waiting_text(
        self, asked: ActionRequested, language: str, scheduled: Scheduled | None = None
    ) -> str:
        """Return the text for a waiting request, with its exact effect and why it is another one."""
        label = await self._records.label(asked.approval_id, language)
        if scheduled is None:
            text = say(language, "waits_for_approval", label=label or asked.message)
        else:
            when = said_later(scheduled.later, scheduled.clause, self._clock.now(), texts_of(language))
            key = "waits_for_condition" if scheduled.clause else "waits_for_time"
            text = say(language, key, when=when, label=label or asked.message)
        return f"{asked.instead} {text}" if asked.instead else text


def reply_without_request(meaning: Meaning, inventory: Inventory, language: str) -> tuple[str, bool]:
    """Return why nothing is requested or answered, and whether a reply can change that."""
    match meaning:
        case UnsupportedRequest():
            return _unsupported_text(meaning, inventory, language), False
        case UnknownName():
            return _unknown_text(meaning, inventory, language), meaning.offered is not None
        case AmbiguousName(labels=labels):
            texts = texts_of(language)
            names = texts.listed(labels, either=True)
            return texts(t"Which one do you mean: {names}?"), True
        case OpenText(lacks_action=NamedTarget() as named_target):
            return _not_offered(named_target, inventory, language), False
        case NoTarget():
            return say(language, "request_of_what"), True
        case _:
            text = completing_question(meaning, language)
            return text or say(language, "no_model"), text is not None


def completing_question(meaning: Meaning, language: str) -> str | None:
    """Return the question whose answer completes a request, None when the text is no request."""
    match meaning:
        case AmbiguousRequest(meanings=meanings):
            names = ", ".join(f"{one.named_target.label} ({one.action.name})" for one in meanings)
            return say(language, "request_of_which", names=names)
        case OpenText(incomplete=PersonRequest() as request):
            missing = ", ".join(one.name for one in request.missing)
            action, name = request.action.name, request.named_target.label
            return say(language, "request_lacks", action=action, name=name, missing=missing)
        case OpenText(lacks_target=True):
            return say(language, "request_of_what")
        case _:
            return None


def _not_offered(named_target: NamedTarget, inventory: Inventory, language: str) -> str:
    """Return that a target does not offer the action, and what it offers."""
    texts, name = texts_of(language), named_target.label
    service = inventory.service(named_target.target.instance_id)
    offered = [
        texts.name(one.name)
        for one in (service.offer().actions if service else ())
        if one.scope == named_target.scope
    ]
    text = texts(t"I cannot do that with {name}. Nothing has been changed.")
    if not offered:
        return text
    actions = texts.listed(offered[:SHOWN])
    return " ".join([text, texts(t"It offers: {actions}.")])


def _unsupported_text(meaning: UnsupportedRequest, inventory: Inventory, language: str) -> str:
    """Return why a request with such a part is not created, and how to make it without the part."""
    if meaning.unknown is not None:
        reason = _unknown_text(meaning.unknown, inventory, language)
    else:
        reason = say(language, meaning.part.kind, part=meaning.part.text)
    return f"{reason} {say(language, 'part_nothing')}"


def _unknown_text(unknown: UnknownName, inventory: Inventory, language: str) -> str:
    """Return that a thing is not known, with similar names or else with the names of the instances."""
    text = say(language, "unknown_name", name=unknown.name)
    if unknown.offered is not None:
        texts = texts_of(language)
        question = texts(t"Did you mean {unknown.nearest[0]}?")
        return f"{text} {question}"
    if unknown.nearest:
        return f"{text} {say(language, 'nearest_names', names=', '.join(unknown.nearest))}"
    names = [one.name for one in inventory.instances()]
    if not names:
        return text
    more = [say(language, "more", count=len(names) - SHOWN)] if len(names) > SHOWN else []
    return " ".join([text, say(language, "known_names", names=", ".join(names[:SHOWN])), *more])
