"""What the tools for language models say about the rows of the app. Pure.

A ``Found`` has two texts: ``public`` has only numbers, states and names of kinds, so that every agent
may read it, and ``text`` has everything else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from .contract.base import Value
from .contract.catalogue import ActionOffer, SensorOffer, ServiceOffer, ToolOffer
from .contract.incidents import ApprovalRequest, Incident, Run
from .contract.records import SearchResult
from .contract.state import Instance, InstanceStatus, Resource, Snapshot
from .steward_state import StewardState

MOST_LISTED: Final = 20
MOST_THINGS: Final = 10
MOST_OFFERS: Final = 12

type Offer = ToolOffer | ActionOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a tool returns.

    ``is_private``: for models at home only, whatever it contains. ``by_line``: each line of the text
    stands alone.
    """

    public: str = ""
    text: str = ""
    is_private: bool = False
    is_error: bool = False
    by_line: bool = False


def overview(state: StewardState) -> Found:
    """Return the open incidents, the requests that wait, and the services that do not answer."""
    opened = [one for one in state.incidents.values() if not one.status.is_closed and not one.is_request]
    waiting = state.pending_approvals()
    silent = [one for one in state.instances.values() if not _answers(one)]
    public = (
        f"{len(opened)} open incidents. {len(waiting)} requests wait for a person. "
        f"{len(state.instances) - len(silent)} of {len(state.instances)} services answer."
    )
    lines = [
        *(f"Incident {one.number} ({one.severity}, {one.status}): {one.title}" for one in opened),
        *(f"Request {one.incident_number} waits: {one.title}" for one in waiting),
        *(f"{one.name} does not answer: {one.error or one.status}" for one in silent),
    ]
    return Found(public=public, text=_lines(lines[:MOST_LISTED]), by_line=True)


def incident_text(incident: Incident) -> Found:
    """Return one incident with its diagnosis, options and result."""
    public = f"Incident {incident.number}: {incident.severity}, {incident.status}."
    lines = [incident.title, f"Open since {incident.opened_at.isoformat(timespec='minutes')}"]
    if incident.target is not None:
        lines.append(f"About: {incident.target.name}")
    if incident.diagnosis is not None:
        lines.append(f"Diagnosis: {incident.diagnosis.summary}")
    if incident.proposal is not None:
        lines += [f"Option {one.number}: {one.label}" for one in incident.proposal.options]
        lines += [f"Not possible now: {one}" for one in incident.proposal.left_out]
    if incident.run is not None:
        lines.append(_run_text(incident.run))
    if incident.resolution:
        lines.append(incident.resolution)
    return Found(public=public, text="\n".join(lines))


def request_text(approval: ApprovalRequest, incident: Incident | None) -> Found:
    """Return the state of a request; that it is verified only after a reading confirmed it."""
    run = incident.run if incident is not None and incident.run is not None else None
    run = run if run is not None and run.approval_id == approval.id else None
    public = f"Request {approval.incident_number}: {approval.status}."
    lines = [approval.title, *(f"Option {one.number}: {one.label}" for one in approval.proposal.options)]
    if approval.acts_at is not None and approval.decision is None:
        at = approval.acts_at.isoformat(timespec="minutes")
        lines.append(f"The steward carries out option 1 at {at} unless a person stops it")
    if approval.decision is not None:
        lines.append(f"Decided by {approval.decision.person_name or 'the steward itself'}")
    if run is None:
        return Found(public=f"{public} Nothing was changed by it so far.", text="\n".join(lines))
    verdict = f"verified as {run.verdict.outcome}" if run.verdict else "not verified"
    lines.append(_run_text(run))
    return Found(public=f"{public} The run: {run.status}, {verdict}.", text="\n".join(lines))


def search_text(found: SearchResult, *, is_owner: bool) -> Found:
    """Return runbooks that may fit, and for an owner past incidents, which name people."""
    incidents = found.incidents if is_owner else ()
    lines = [
        f"Runbook {one.title} may fit: {one.text} Options: {', '.join(one.options)}" for one in found.runbooks
    ]
    lines += [f"Incident {one.number} was similar: {one.title}. {one.text}" for one in incidents]
    public = f"{len(found.runbooks)} runbooks and {len(incidents)} past incidents may fit."
    return Found(public=public, text="\n".join(lines), is_private=bool(incidents))


def readings_text(state: StewardState, name: str) -> Found:
    """Return the readings of what has this name or id, else of what has it in its name."""
    things = list(_things(state))
    wanted = name.strip().casefold()
    exact = [one for one in things if wanted in one.known_as]
    found = exact or [one for one in things if any(wanted in key for key in one.known_as)]
    if not found:
        names = list(dict.fromkeys(one.name for one in things))
        near = get_close_matches(name, names, MOST_THINGS, cutoff=0.5)
        return Found(
            public="Nothing has this name.",
            text=f"Similar names: {', '.join(near)}" if near else "",
            is_error=True,
        )
    shown = found[:MOST_THINGS]
    more = [f"{len(found) - len(shown)} more have it in their name."] if len(found) > len(shown) else []
    return Found(
        public=f"{len(found)} found.",
        text=_lines([*(one.described(state) for one in shown), *more]),
        by_line=True,
    )


def offers_text(state: StewardState, query: str) -> Found:
    """Return the tools and actions that fit a query best; their texts come from the catalogue."""
    words = {one for one in query.casefold().replace("_", " ").split() if len(one) > 1}
    offers = list(offered(state))
    ranked = sorted(offers, key=lambda one: -_fit(one, words)) if words else offers
    fitting = [one for one in ranked if not words or _fit(one, words)]
    lines = [_described(service, offer) for service, offer in fitting[:MOST_OFFERS]]
    more = len(fitting) - len(lines)
    if more > 0:
        lines.append(f"{more} more: search for other words.")
    return Found(public="\n".join(lines) or "Nothing fits. Search for other words.")


def offered(state: StewardState) -> Iterator[tuple[ServiceOffer, Offer]]:
    """Yield the tools and actions of all configured services.

    A tool that sends its arguments to servers on the Internet is left out: an agent could send
    them what it read.
    """
    services = {one.service for one in state.instances.values()}
    for service in state.catalogue.services:
        if service.key in services:
            yield from ((service, one) for one in service.tools if not one.is_sent_out)
            yield from ((service, one) for one in service.actions)


def reading(value: Value, offer: SensorOffer | None, unknown: str | None) -> str:
    """Return one reading with its unit, or why it is not known."""
    if value is None:
        return f"not known ({unknown})" if unknown else "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value = round(value, 2)
    return f"{value} {offer.unit}" if offer is not None and offer.unit else str(value)


@dataclass(frozen=True, slots=True)
class _Thing:
    """An instance, or a resource of it."""

    instance: Instance
    snapshot: Snapshot
    resource: Resource | None = None

    @property
    def name(self) -> str:
        return self.instance.name if self.resource is None else self.resource.name

    @property
    def known_as(self) -> tuple[str, str]:
        """Return the name and the id, for comparisons."""
        own_id = self.instance.id if self.resource is None else self.resource.id
        return self.name.casefold(), own_id.casefold()

    def described(self, state: StewardState) -> str:
        """Return the readings in one line."""
        service = state.catalogue.service(self.instance.service)
        part = self.resource or self.snapshot
        scope = self.resource.kind if self.resource else None
        offers = {one.key: one for one in service.sensors if one.scope == scope} if service else {}
        shown = [
            f"{offers[key].name} {reading(value, offers[key], part.unknown.get(key))}"
            for key, value in part.values.items()
            if key in offers and value != ""
        ]
        kind = f" ({scope} of {self.instance.name})" if scope else ""
        source = self.resource or self.instance
        meant = f"; meant to be off: {source.expected_off}" if source.expected_off else ""
        old = "" if _answers(self.instance) else "; last known, the service does not answer"
        return f"{self.name}{kind}: {', '.join(shown) or 'no readings'}{meant}{old}"


def _things(state: StewardState) -> Iterator[_Thing]:
    for instance in state.instances.values():
        snapshot = state.snapshots.get(instance.id)
        if snapshot is not None:
            yield _Thing(instance, snapshot)
            yield from (_Thing(instance, snapshot, one) for one in snapshot.resources)


def _described(service: ServiceOffer, offer: Offer) -> str:
    """Return a tool or an action with its arguments."""
    kind = "Reads" if isinstance(offer, ToolOffer) else f"Action with {offer.risk} risk"
    about = f"; target: a {offer.scope}" if offer.scope else ""
    arguments = [
        f"{one.key}: {one.kind}{'' if one.required and one.default is None else ' (optional)'}"
        + (f" of {', '.join(one.choices)}" if one.choices else "")
        for one in offer.arguments
    ]
    listed = f"; arguments: {'; '.join(arguments)}" if arguments else ""
    return f"{service.key}.{offer.key}: {offer.description} {kind}{about}{listed}"


def _fit(offered_by: tuple[ServiceOffer, Offer], words: Iterable[str]) -> int:
    """Return how many words occur: those of the name count more than those of the description."""
    service, offer = offered_by
    name = f"{service.key} {service.name} {offer.key} {offer.name}".casefold().replace("_", " ")
    described = offer.description.casefold()
    return sum(3 * (one in name) + (one in described) for one in words)


def _lines(lines: Iterable[str]) -> str:
    """Return the lines; a line break in one, such as in a title from outside, becomes a space."""
    return "\n".join(" ".join(one.split()) for one in lines)


def _run_text(run: Run) -> str:
    summary = run.verdict.summary if run.verdict else ""
    return f"Run of {run.label}: {run.status}. {summary or run.error or ''}".strip()


def _answers(instance: Instance) -> bool:
    return instance.status in (InstanceStatus.OK, InstanceStatus.PENDING) or instance.expected_off is not None
