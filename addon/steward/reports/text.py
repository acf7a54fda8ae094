"""Writes a report in a language: a headline, sections of plain lines, and Markdown. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.incidents import Outcome
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.reports import (
    Aging,
    ReportedIncident,
    ReportedRun,
    ReportSection,
    WeeklyDocument,
    WeeklyReport,
)

from ..texts import Texts, english
from .pictures import pictures

SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#|~])")
MIB: Final = 1024 * 1024
OUTCOMES: Final = {
    Outcome.FIXED: english("helped"),
    Outcome.NOT_FIXED: english("did not help"),
    Outcome.WORSE: english("made it worse"),
    Outcome.UNKNOWN: english("result not known"),
    Outcome.RELAPSED: english("helped for a short time"),
}
STATUSES: Final = {
    "open": english("open"),
    "diagnosed": english("open"),
    "waiting": english("waits for an answer"),
    "scheduled": english("scheduled"),
    "acting": english("is being worked on"),
    "unsolved": english("not solved"),
    "ignored": english("ignored"),
    "resolved": english("resolved"),
}


def document(report: WeeklyReport, texts: Texts) -> WeeklyDocument:
    """Return the report in a language; with nothing to say it is one line."""
    writer = _Writer(report, texts)
    sections = tuple(one for one in writer.sections() if one.lines)
    title, headline = writer.title(), writer.headline(is_quiet=not sections)
    return WeeklyDocument(
        report=report,
        title=title,
        headline=headline,
        sections=sections,
        pictures=pictures(report, texts) if sections else (),
        markdown=_markdown(title, headline, sections),
    )


def _markdown(title: str, headline: str, sections: Sequence[ReportSection]) -> str:
    """Return the report as Markdown; what it quotes cannot format anything."""
    parts = [f"# {_escaped(title)}", _escaped(headline)]
    for one in sections:
        lines = "\n".join(f"* {_escaped(line)}" for line in one.lines)
        parts.append(f"## {_escaped(one.title)}\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", one_line(text))


class _Writer:
    """The texts of one report in one language."""

    def __init__(self, report: WeeklyReport, texts: Texts) -> None:
        self._report = report
        self._texts = texts
        self._zone = ZoneInfo(report.zone)

    def title(self) -> str:
        since, until = (self._local(at).date() for at in (self._report.since, self._report.until))
        texts = self._texts
        return texts("Weekly report, {since} to {until}", since=texts.day(since), until=texts.day(until))

    def headline(self, *, is_quiet: bool) -> str:
        texts, week = self._texts, self._report.week
        if is_quiet:
            return texts("A quiet week: no incidents, and nothing was changed.")
        parts = [texts.plural("{count} incident", "{count} incidents", week.opened)]
        if week.repaired:
            parts.append(texts.plural("{count} repaired", "{count} repaired", week.repaired))
        if week.by_itself:
            parts.append(
                texts.plural("{count} ended by itself", "{count} ended by themselves", week.by_itself)
            )
        if week.unsolved:
            parts.append(texts.plural("{count} still open", "{count} still open", week.unsolved))
        return ", ".join(parts) + "."

    def sections(self) -> Iterable[ReportSection]:
        """Yield the sections; one without lines is left out."""
        texts, report = self._texts, self._report
        yield ReportSection(title=texts("Incidents"), lines=tuple(self._incidents()))
        yield ReportSection(title=texts("Requests"), lines=tuple(self._requests()))
        yield ReportSection(title=texts("Changes"), lines=tuple(map(self._run, report.runs)))
        yield ReportSection(title=texts("Proposals"), lines=tuple(self._proposals()))
        yield ReportSection(
            title=texts("Backups and certificates"), lines=tuple(map(self._aging, report.aging))
        )
        yield ReportSection(title=texts("Language models"), lines=tuple(self._models()))

    def _incidents(self) -> Iterable[str]:
        texts, week, before = self._texts, self._report.week, self._report.before
        if week.opened or before.opened:
            yield texts(
                "Opened: {count}, the week before: {before}",
                count=texts.number(week.opened),
                before=texts.number(before.opened),
            )
        if week.resolve_median is not None and week.resolve_longest is not None:
            yield texts(
                "Time to resolve: {median} (median), {longest} at most",
                median=self._span(week.resolve_median),
                longest=self._span(week.resolve_longest),
            )
        if before.resolve_median is not None:
            yield texts(
                "Time to resolve in the week before: {median} (median)",
                median=self._span(before.resolve_median),
            )
        if week.muted:
            yield texts.plural("{count} muted", "{count} muted", week.muted)
        yield from map(self._incident, self._report.incidents)
        if self._report.is_partial:
            yield texts("There was too much to count all of it.")

    def _incident(self, one: ReportedIncident) -> str:
        status = self._texts(STATUSES[one.status.value])
        tail = f" ({one_line(one.resolution).removesuffix('.')})" if one.resolution else ""
        return f"{one.number}: {one_line(one.title)}, {status}{tail}"

    def _requests(self) -> Iterable[str]:
        texts, week = self._texts, self._report.week
        if week.requests or week.approved or week.rejected or week.expired:
            yield texts(
                "{requests} asked, {approved} approved, {rejected} rejected, {expired} without an answer",
                requests=texts.number(week.requests),
                approved=texts.number(week.approved),
                rejected=texts.number(week.rejected),
                expired=texts.number(week.expired),
            )
        if week.wait_median is not None and week.wait_longest is not None:
            yield texts(
                "Waited for an answer: {median} (median), {longest} at most",
                median=self._span(week.wait_median),
                longest=self._span(week.wait_longest),
            )

    def _run(self, one: ReportedRun) -> str:
        outcome = self._texts(OUTCOMES[one.outcome]) if one.outcome else self._texts("not verified")
        at = self._local(one.at)
        return f"{self._texts.day(at.date())} {self._texts.time(at)}: {one_line(one.label)}, {outcome}"

    def _proposals(self) -> Iterable[str]:
        texts = self._texts
        for one in self._report.proposed:
            title, count = one_line(one.title), texts.number(one.ignored)
            yield texts("Mute {title}? It was ignored {count} times of {count}.", title=title, count=count)
        for one in self._report.always_approved:
            title, count = one_line(one.title), texts.number(one.approved)
            yield texts("{title}: approved {count} times of {count}", title=title, count=count)

    def _aging(self, one: Aging) -> str:
        texts, name = self._texts, one_line(one.name)
        where = "" if one.name == one.instance else f" ({one_line(one.instance)})"
        days = round(max(0.0, one.days))
        if one.is_certificate and one.days < 0:
            return texts("The certificate of {name} has ended", name=f"{name}{where}")
        if one.is_certificate:
            return texts.plural(
                "The certificate of {name} ends in {count} day",
                "The certificate of {name} ends in {count} days",
                days,
                name=f"{name}{where}",
            )
        return texts.plural(
            "The last backup of {name} is {count} day old",
            "The last backup of {name} is {count} days old",
            days,
            name=f"{name}{where}",
        )

    def _models(self) -> Iterable[str]:
        texts, week = self._texts, self._report.week
        if week.cloud_requests:
            yield texts.plural(
                "{count} request left your home ({size} MiB)",
                "{count} requests left your home ({size} MiB)",
                week.cloud_requests,
                size=texts.number(week.cloud_bytes / MIB, 2),
            )
        for one in self._report.quotas:
            yield self._quota(one.deployment, one.requests, one.busiest, one.limit)
        if week.cost:
            yield texts("Cost: {cost}", cost=texts.number(week.cost, 2))

    def _quota(self, name: str, requests: int, busiest: int, limit: int | None) -> str:
        texts, count = self._texts, self._texts.number(requests)
        if limit is None:
            return texts("{name}: {count} requests", name=name, count=count)
        return texts(
            "{name}: {count} requests, {busiest} of {limit} on the busiest day",
            name=name,
            count=count,
            busiest=texts.number(busiest),
            limit=texts.number(limit),
        )

    def _span(self, seconds: float) -> str:
        return self._texts.duration(timedelta(seconds=seconds))

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)
