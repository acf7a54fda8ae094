"""Answers requests for a runbook: the request that a person approves, or the report of what was read."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookReport,
    RunbookTarget,
    RunbookTargets,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.state import Speaker, TargetRef

from ..agent.requests.request_plan import bounded
from ..language.words import plain, words_of
from ..texts import Texts, said_in, texts_of
from .meanings import RunbookRequest
from .phrases import say

TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class RunbookPorts:
    """What requests a runbook, what it can be requested for, and the English titles by id."""

    run: Callable[[RunRunbook], Awaitable[RunbookAnswer]]
    targets: Callable[[RunbookTargetsQuery], Awaitable[RunbookTargets]]
    titles: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Named:
    """A runbook that a text names, and the words after its name."""

    id: str
    title: str
    rest: tuple[str, ...]


class RunbookAnswers:
    """Requests runbooks for people. Nothing is executed here."""

    def __init__(self, ports: RunbookPorts) -> None:
        """``ports`` are those of the agent."""
        self._ports = ports

    async def create(self, request: RunbookRequest, speaker: Speaker, language: str, shown: int) -> str:
        """Request the runbook that a text names; return the text of the request, the report, or why not."""
        texts = texts_of(language)
        named = _named(request.text, self._ports.titles(), texts)
        if named is None:
            name = request.text
            return texts(t"I know no runbook “{name}”. Nothing has been requested.")
        try:
            found = await self._ports.targets(RunbookTargetsQuery(runbook_id=named.id))
            target = _target(found, named, request.named)
            if target is None and (named.rest or not found.is_for_all):
                return _which(found, named, texts)
            answer = await self._ports.run(_request(named.id, target, speaker))
        except ContractError as err:
            key = "not_allowed" if err.code is ErrorCode.FORBIDDEN else "request_refused"
            return say(language, key, reason=said_in(err.message, texts))
        if answer.request is not None:
            return _waits(answer.request, language)
        return _report_text(answer.report, shown, texts) if answer.report else ""


def _named(text: str, titles: Mapping[str, str], texts: Texts) -> _Named | None:
    """Return the runbook whose id or title begins a text, the longest one."""
    said = words_of(plain(text))
    found: list[tuple[int, _Named]] = []
    for key, title in titles.items():
        shown = texts.name(title)
        for name in (key.replace("-", " "), key, title, shown):
            words = words_of(plain(name))
            if words and said[: len(words)] == words:
                found.append((len(words), _Named(key, shown, tuple(said[len(words) :]))))
    return max(found, key=lambda one: one[0])[1] if found else None


def _target(found: RunbookTargets, named: _Named, said: Sequence[TargetRef]) -> TargetRef | None:
    """Return the one target that is said after the name, or the only one; None when that is not clear."""
    if not named.rest:
        return found.targets[0].target if len(found.targets) == 1 and not found.is_for_all else None
    rest = f" {' '.join(named.rest)} "
    called = [one.target for one in found.targets if _is_called(one, rest)]
    fitting = called or [one.target for one in found.targets if one.target in said]
    return fitting[0] if len(fitting) == 1 else None


def _is_called(one: RunbookTarget, rest: str) -> bool:
    names = (" ".join(words_of(plain(name))) for name in (one.name, one.target.name))
    return any(name and f" {name} " in rest for name in names)


def _which(found: RunbookTargets, named: _Named, texts: Texts) -> str:
    """Return what the runbook can be requested for, or that there is nothing."""
    if not found.targets:
        return said_in(found.reason, texts)
    title, names = named.title, bounded([one_line(one.name) for one in found.targets], texts)
    return texts(t"Say what “{title}” is for: {names}. Nothing has been requested.")


def _request(runbook_id: str, target: TargetRef | None, speaker: Speaker) -> RunRunbook:
    if target is None:
        return RunRunbook(runbook_id=runbook_id, speaker=speaker)
    return RunRunbook(
        runbook_id=runbook_id,
        speaker=speaker,
        instance_id=target.instance_id,
        kind=target.kind,
        target_id=target.id,
    )


def _waits(request: ApprovalRequest, language: str) -> str:
    """Return the request with its options: nothing changes before somebody approves one."""
    options = ", ".join(f"{one.number} {one.label}" for one in request.proposal.options)
    title, number = quoted(request.title, TITLE, language), request.incident_number
    said = say(language, "request", number=number, title=title, options=options)
    return f"{say(language, 'one_waits')} {said}"


def _report_text(report: RunbookReport, shown: int, texts: Texts) -> str:
    """Return what was found, with the first problems, or else the first lines of what was read."""
    first = next(iter(report.sections), None)
    if first is None:
        return report.headline
    return f"{report.headline} {first.title}: {bounded(first.lines[:shown], texts)}."
