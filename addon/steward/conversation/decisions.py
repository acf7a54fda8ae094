"""Takes decisions about approval requests in a conversation, through the gate."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Decide
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import FrontEnd, Speaker

from ..clock import Clock
from ..texts import Texts
from .false_alarm_answers import FalseAlarmAnswers
from .meanings import ApprovalAnswer
from .phrases import TITLE, numbered

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

_HOURS: Final = {"tomorrow": 8, "tomorrow_evening": 19, "evening": 19, "noon": 12, "monday": 8, "saturday": 9}
"""The hour at which a snoozed request comes back, by the name of the time."""

_ASSIST: Final = (FrontEnd.HOME_ASSISTANT, FrontEnd.PANEL)
"""A conversation there is Assist, in which only a low risk can be approved: nothing shows the plan."""

_DAYS: Final = {"monday": 0, "saturday": 5}
_LATER: Final = timedelta(hours=1)

type Decided = Callable[[Decide], Awaitable[ApprovalRequest]]


class Decisions:
    """Finds the request that is meant, and decides about it for the person who speaks."""

    def __init__(self, decide: Decided, false_alarms: FalseAlarmAnswers, clock: Clock, zone: tzinfo) -> None:
        """``decide`` is the gate: it checks who may decide what. Times are in ``zone``."""
        self.false_alarms = false_alarms
        self._decide = decide
        self._clock = clock
        self._zone = zone

    async def answer(
        self,
        answer: ApprovalAnswer,
        pending: Sequence[ApprovalRequest],
        speaker: Speaker,
        texts: Texts,
        *,
        is_shared: bool,
    ) -> tuple[str, bool]:
        """Decide, and return the text about it, and whether it asks something.

        ``is_shared``: anybody can speak there, so nobody decides.
        """
        if is_shared:
            return texts(
                "I do not know who is speaking here, so I take no decision. "
                "Decide in Home Assistant, on your phone or in Telegram."
            ), False
        found = meant(answer, pending)
        if not found:
            return _nothing(answer, pending, texts), _names_others(answer, pending)
        if len(found) > 1:
            return _which(found, texts), True
        request = found[0]
        if answer.verb is Verb.APPROVE:
            options = _options(answer, request)
            if len(options) != 1:
                return _which_option(request, options, texts), True
            return await self._send(request, answer, options[0], speaker, texts), False
        return await self._send(request, answer, None, speaker, texts), False

    def _now(self) -> datetime:
        return self._clock.now().astimezone(self._zone)

    async def _send(
        self,
        request: ApprovalRequest,
        answer: ApprovalAnswer,
        option: Option | None,
        speaker: Speaker,
        texts: Texts,
    ) -> str:
        is_assist = speaker.front_end in _ASSIST
        until = resume_time(answer.until, self._now()) if answer.verb is Verb.SNOOZE else None
        try:
            decided = await self._decide(
                Decide(
                    approval_id=request.id,
                    verb=answer.verb,
                    speaker=replace(speaker, front_end=FrontEnd.ASSIST) if is_assist else speaker,
                    option=option.number if option else None,
                    plan_hash=option.plan_hash if option else None,
                    until=until,
                )
            )
        except ContractError as err:
            return texts(t"Not decided: {err.message}")
        if answer.is_stop and request.acts_at is not None:
            title = quoted(request.title, TITLE, texts.language)
            return texts(t"Stopped: {title}. Nothing is changed.")
        return _decided(decided, answer.verb, option, until, self._now(), texts)


def answer_to_request(
    request: ApprovalRequest | None, text: str, matchers: Sequence[LanguageMatcher]
) -> ApprovalAnswer | None:
    """Return the decision that yes or no is, said after a request was read aloud; None for anything else.

    Only options with a low risk are read aloud: yes means that option when there is one.
    """
    answers = [answer for one in matchers if (answer := one.reply(text)) is not None]
    if request is None or not answers:
        return None
    if not answers[0]:
        return ApprovalAnswer(Verb.REJECT)
    offered = [
        one for one in request.proposal.options if one.risk is Risk.LOW and not one.kind.only_waits_or_reads
    ]
    return ApprovalAnswer(Verb.APPROVE, offered[0].number if len(offered) == 1 else None)


def with_scheduled(
    answer: ApprovalAnswer, pending: Sequence[ApprovalRequest], scheduled: Sequence[ApprovalRequest]
) -> tuple[ApprovalAnswer, Sequence[ApprovalRequest]]:
    """Return a decision that rejects or cancels, and the requests that it can mean.

    What is scheduled is cancelled, and what waits is rejected. A scheduled request is only rejected
    when it is named.
    """
    is_cancel = answer.verb is Verb.CANCEL
    is_named = is_cancel or answer.number is not None or answer.target is not None
    if is_cancel:
        takes_scheduled = bool(meant(answer, scheduled)) or not meant(answer, pending)
    else:
        takes_scheduled = is_named and not meant(answer, pending) and bool(meant(answer, scheduled))
    if takes_scheduled:
        return replace(answer, verb=Verb.CANCEL), scheduled
    return replace(answer, verb=Verb.REJECT), pending


def stoppable(
    answer: ApprovalAnswer, pending: Sequence[ApprovalRequest], scheduled: Sequence[ApprovalRequest]
) -> tuple[ApprovalAnswer, Sequence[ApprovalRequest]]:
    """Return a decision that stops something, and the requests that it can mean.

    What the steward announced comes first, then what is scheduled, which is cancelled, and what waits for
    an approval, which is rejected. If nothing fits, it is asked which of those that are announced is meant.
    """
    announced = [one for one in pending if one.acts_at is not None]
    if meant(answer, announced):
        return answer, announced
    found, among = with_scheduled(answer, pending, scheduled)
    if meant(found, among) or not announced:
        return found, among
    return answer, announced


def resume_time(said: str | float | None, now: datetime) -> datetime:
    """Return when a snoozed request comes back; after an hour when nothing was said. Pure."""
    if isinstance(said, int | float):
        return now + timedelta(hours=said)
    if said not in _HOURS:
        return now + _LATER
    at = now.replace(hour=_HOURS[said], minute=0, second=0, microsecond=0)
    if said.startswith("tomorrow"):
        return at + timedelta(days=1)
    if said in _DAYS:
        days = (_DAYS[said] - now.weekday()) % 7
        at += timedelta(days=days)
        return at if at > now else at + timedelta(days=7)
    return at if at > now else at + timedelta(days=1)


def meant(answer: ApprovalAnswer, pending: Sequence[ApprovalRequest]) -> list[ApprovalRequest]:
    """Return the pending requests that an answer can mean."""
    if answer.number is not None:
        return [one for one in pending if one.incident_number == answer.number]
    found = [one for one in pending if not answer.actions or answer.actions & _actions(one)]
    if answer.target is not None:
        return [one for one in found if answer.target.key in _targets(one)]
    return found


def _targets(request: ApprovalRequest) -> set[tuple[str, str, str]]:
    return {step.target.key for option in request.proposal.options for step in option.steps}


def _actions(request: ApprovalRequest) -> set[str]:
    """Return the verbs of the actions of a request: "restart" for "proxmox_ve.restart_container".

    Without a person only the first option is carried out.
    """
    options = request.proposal.options[: None if request.acts_at is None else 1]
    steps = (step for option in options for step in option.steps)
    return {step.action.rpartition(".")[2].partition("_")[0] for step in steps}


def _options(answer: ApprovalAnswer, request: ApprovalRequest) -> list[Option]:
    """Return the options that an approval can mean: the named one, or all that change something."""
    options = list(request.proposal.options)
    if answer.option is not None:
        return [one for one in options if one.number == answer.option]
    acting = [one for one in options if not one.kind.only_waits_or_reads]
    return acting if len(acting) == 1 else options


def _names_others(answer: ApprovalAnswer, pending: Sequence[ApprovalRequest]) -> bool:
    """Return whether it is asked which announced run a stop means that fits none of them."""
    return answer.is_stop and answer.number is None and bool(pending)


def _nothing(answer: ApprovalAnswer, pending: Sequence[ApprovalRequest], texts: Texts) -> str:
    """Return that no request is meant, or which announced ones could be."""
    if _names_others(answer, pending):
        return _which(pending, texts)
    if answer.is_stop and answer.number is None:
        return texts("Nothing is announced that could be stopped.")
    if answer.verb is Verb.CANCEL:
        return texts("No such request is scheduled.") if pending else texts("Nothing is scheduled.")
    if not pending:
        return texts("Nothing is waiting for you.")
    if answer.number is not None:
        return texts(t"No request with the number {answer.number} is waiting.")
    name = answer.target.name if answer.target else ""
    return texts(t"No request about {name} is waiting.")


def _which(among: Sequence[ApprovalRequest], texts: Texts) -> str:
    requests = numbered([(one.incident_number, one.title) for one in among], texts)
    return texts(t"Which request do you mean: number {requests}?")


def _which_option(request: ApprovalRequest, options: Sequence[Option], texts: Texts) -> str:
    shown = [f"{one.number} ({one_line(one.label)})" for one in options or request.proposal.options]
    choices = texts.listed(shown, either=True)
    return texts(t"Which option do you mean: {choices}?")


def _decided(
    request: ApprovalRequest,
    verb: Verb,
    option: Option | None,
    until: datetime | None,
    now: datetime,
    texts: Texts,
) -> str:
    title = quoted(request.title, TITLE, texts.language)
    if verb is Verb.SNOOZE and until is not None:
        when = texts.ago(now - until)
        return texts(t"I will ask again {when}: {title}.")
    if verb is Verb.REJECT:
        return texts(t"Rejected: {title}. Nothing is changed.")
    if verb is Verb.CANCEL:
        return texts(t"Cancelled: {title}. Nothing is changed.")
    if verb is Verb.IGNORE:
        return texts(t"Ignored: {title}.")
    label = one_line(option.label) if option else ""
    if request.status is ApprovalStatus.PENDING:
        return texts(t"Your approval counts: {label}. Another person has to approve it too.")
    return texts(t"Approved: {label}. Ask me later whether it helped.")
