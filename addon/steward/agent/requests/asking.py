"""Who is asked about a request, when, in which languages, and how many have to approve. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import ApprovalRequest, Severity
from homelab_steward.contract.proposals import Option, OptionKind, Proposal
from homelab_steward.contract.state import Authority, Person, Role

from ...texts import household, is_spoken, said_in, texts_of

RANK: Final = {
    Authority.NOTHING: 0,
    Authority.LOW: 1,
    Authority.MEDIUM: 2,
    Authority.HIGH: 3,
}


def is_at_least(risk: Risk, least: Risk) -> bool:
    """Return whether a risk is as high as another one, or higher."""
    return RANK[Authority(risk.value)] >= RANK[Authority(least.value)]


def may_approve(person: Person, category: str, risk: Risk) -> bool:
    """Return whether a person may approve something with this risk in a category."""
    return RANK[person.may_decide(category)] >= RANK[Authority(risk.value)]


def may_approve_request(person: Person, request: ApprovalRequest, risk: Risk) -> bool:
    """Return whether a person may approve something with this risk in all categories of a request.

    Only an owner may raise what the steward does alone, use a drafted runbook, or approve what did harm.
    """
    if request.is_for_owners and person.role is not Role.OWNER:
        return False
    return all(may_approve(person, one, risk) for one in (request.category, *request.also_in))


def who_is_asked(people: Iterable[Person], request: ApprovalRequest, now: datetime) -> tuple[str, ...]:
    """Return the ids of the people who are asked about a request by now.

    These are the people who may approve one of its options, not only defer it. People with a delay are asked
    when the request has waited so long; those with the shortest delay are asked at once.
    """
    risks = [one.risk for one in request.proposal.options if one.kind is not OptionKind.DEFER]
    able = [person for person in people if any(may_approve_request(person, request, risk) for risk in risks)]
    soonest = min((one.asked_after_minutes for one in able), default=0)
    waited = now - request.created_at
    return tuple(
        one.id
        for one in able
        if one.id in request.asked or timedelta(minutes=one.asked_after_minutes - soonest) <= waited
    )


def is_quiet(people: Iterable[Person], request: ApprovalRequest, local: time) -> bool:
    """Return whether a reminder is delayed, because all people who are asked are in their quiet time.

    A critical request is never delayed. ``local`` is the local time of day.
    """
    asked = [one for one in people if one.id in request.asked]
    is_critical = request.severity is Severity.CRITICAL
    return bool(asked) and not is_critical and all(one.is_quiet(local) for one in asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingRules:
    """How long requests wait, who the people are, and what an approval needs.

    From the risk ``two_from`` on two people approve; None: one is always enough. From
    ``unlock_from`` on a phone must be unlocked to approve.
    """

    expiry: timedelta
    people: Callable[[], Iterable[Person]] = tuple
    two_from: Risk | None = None
    unlock_from: Risk = Risk.HIGH

    def marked(self, proposal: Proposal) -> Proposal:
        """Return a proposal whose options say what their approval needs."""
        return replace(proposal, options=tuple(map(self.marked_option, proposal.options)))

    def marked_option(self, option: Option) -> Option:
        """Return an option that says what its approval needs."""
        return replace(
            option,
            needs_two=self.two_from is not None and is_at_least(option.risk, self.two_from),
            needs_unlock=is_at_least(option.risk, self.unlock_from),
        )

    def opened(self, request: ApprovalRequest) -> ApprovalRequest:
        """Return a new request with the time when it expires and the people who are asked at once."""
        request = replace(request, expires_at=request.created_at + self.expiry)
        return replace(request, asked=who_is_asked(self.people(), request, request.created_at))

    def worded(self, request: ApprovalRequest) -> ApprovalRequest:
        """Return a new request with its texts in the languages of the people, before it is stored."""
        return replace(request, translated=wordings(request, self.people()))


def wordings(request: ApprovalRequest, people: Iterable[Person]) -> dict[str, dict[str, str]]:
    """Return the translations of a new request's texts, by language and text.

    Texts that were read from a service, or from the store, are not translated.
    """
    languages = {texts_of(one.language).language for one in people} - {household().language}
    said = list(_spoken(request)) if languages else []
    return {one: {str(text): str(said_in(text, texts_of(one))) for text in said} for one in sorted(languages)}


def _spoken(value: object) -> Iterator[str]:
    """Yield the texts in a message that can be translated."""
    if isinstance(value, str) and value and is_spoken(value):
        yield value
    for one in _parts(value):
        yield from _spoken(one)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, Mapping):
        return value.values()
    return (getattr(value, one.name) for one in fields(value)) if is_dataclass(value) else ()
