"""What phones show beside requests: progress, maintenance that begins soon, reports, and schedules."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..contract.devices import QUESTIONS, MatchPair
from ..contract.incidents import ApprovalRequest, Incident, Run, RunStatus, StepState
from ..contract.maintenance import MaintenanceWindow
from ..contract.plain_text import one_line
from ..contract.reports import WeeklyReport
from ..contract.schedules import Delivery, ScheduledMessage
from ..maintenance import places
from ..phrases import Phrases, category_name
from ..steward_state import StewardState
from . import payload
from .ledger import Ledger
from .views import title_of

_ACTIVE: Final = frozenset({RunStatus.RUNNING, RunStatus.VERIFYING})
_DONE: Final = frozenset({StepState.EFFECT_KNOWN, StepState.VERIFIED})

WEEKLY_REPORT: Final = "weekly-report"
REPORT_IS_NEW: Final = timedelta(days=2)
"""How old a weekly report, or a message of a schedule, is at most when it is shown."""

MOST_LINES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A push to send, and the fields of the record with this key to change afterwards.

    ``may_sound``: it plays a sound unless the owner of the phone does not want that. ``has_buttons``: it
    needs a secret for them, which is stored first.
    """

    key: str
    push: Callable[[payload.Form], payload.Push]
    changes: dict[str, Any]
    may_sound: bool = False
    has_buttons: bool = False


def extras_of(
    state: StewardState, ledger: Ledger, device_id: str, phrases: Phrases, now: datetime
) -> Iterator[Extra]:
    """Yield what a phone does not show as it should."""
    for approval in state.approvals.values():
        yield from _progress(approval, state.incidents.get(approval.incident_id), ledger, device_id, phrases)
    for window in state.windows.values():
        yield from _announcement(window, state, ledger, device_id, phrases, now)
    if state.report is not None:
        yield from _weekly_report(state.report, ledger, device_id, phrases, now)
    for message in state.scheduled.values():
        yield from _scheduled(message, ledger, device_id, phrases, now)


def _progress(
    approval: ApprovalRequest, incident: Incident | None, ledger: Ledger, device_id: str, phrases: Phrases
) -> Iterable[Extra]:
    """Return the progress of the run of a request, on a phone that shows the request."""
    record = ledger.of(approval.id, device_id)
    run = incident.run if incident else None
    is_active = run is not None and run.approval_id == approval.id and run.status in _ACTIVE
    tag = progress_tag(approval.id)
    if run is None or not is_active:
        if record.progress is not None:
            yield Extra(key=approval.id, push=lambda _form: payload.clear(tag), changes={"progress": None})
        return
    done, total = _done(run), len(run.steps) + 1
    progress = f"{run.id}:{run.status.value}:{done}"
    if record.shown is not None and record.progress != progress:
        title, message = title_of(approval, phrases), _step(run, phrases)
        yield Extra(
            key=approval.id,
            push=lambda form: payload.progress(tag, title, message, done, total, form),
            changes={"progress": progress},
        )


def _done(run: Run) -> int:
    return sum(step.state in _DONE for step in run.steps)


def _step(run: Run, phrases: Phrases) -> str:
    """Return the step that is carried out now, or that the result is checked."""
    if run.status is RunStatus.VERIFYING:
        return phrases("progress_verifying")
    step = next((one for one in run.steps if one.state not in _DONE), None)
    label = one_line(run.label)
    return f"{one_line(step.title)} ({one_line(step.target.name)})" if step else label


def _announcement(
    window: MaintenanceWindow,
    state: StewardState,
    ledger: Ledger,
    device_id: str,
    phrases: Phrases,
    now: datetime,
) -> Iterable[Extra]:
    """Return that maintenance begins soon, once for each time that it does."""
    span, key = window.announced, f"maintenance-{window.id}"
    if span is None or span.ends_at <= now:
        return
    shown = span.starts_at.isoformat()
    if ledger.of(key, device_id).shown == shown:
        return
    names = {one: category_name(state.catalogue, one, phrases) for one in window.categories}
    message = phrases(
        "maintenance_soon",
        begin=f"{dt_util.as_local(span.starts_at):%Y-%m-%d %H:%M}",
        end=f"{dt_util.as_local(span.ends_at):%Y-%m-%d %H:%M}",
        places=", ".join(places(window, state, names)) or phrases("everything"),
    )
    title = one_line(window.title)
    yield Extra(
        key=key,
        push=lambda form: payload.announcement(key, title, message, form),
        changes={"shown": shown},
        may_sound=True,
    )


def _weekly_report(
    report: WeeklyReport, ledger: Ledger, device_id: str, phrases: Phrases, now: datetime
) -> Iterable[Extra]:
    """Return the figures of a new weekly report, once; a tap opens it in the panel."""
    if now - report.until > REPORT_IS_NEW or ledger.of(WEEKLY_REPORT, device_id).shown == report.id:
        return
    week = report.week
    message = phrases(
        "weekly_report_figures",
        opened=str(week.opened),
        resolved=str(week.resolved),
        requests=str(week.requests),
    )
    yield Extra(
        key=WEEKLY_REPORT,
        push=lambda form: payload.announcement(
            WEEKLY_REPORT, phrases("weekly_report"), message, form, page="report"
        ),
        changes={"shown": report.id},
    )


def progress_tag(approval_id: str) -> str:
    """Return the tag of the progress of a request's run."""
    return f"{approval_id}-progress"


def _scheduled(
    message: ScheduledMessage, ledger: Ledger, device_id: str, phrases: Phrases, now: datetime
) -> Iterable[Extra]:
    """Return a new message of a schedule, once; it replaces the one before."""
    key = f"schedule-{message.schedule_id}"
    is_sent = Delivery.PHONE in message.deliver_to and not message.is_silent
    if not is_sent or now - message.made_at > REPORT_IS_NEW:
        return
    if message.pairs:
        for pair in message.pairs:
            yield from _match(pair, one_line(message.title), ledger, device_id, phrases)
        return
    if ledger.of(key, device_id).shown == message.id:
        return
    title, text = one_line(message.title), scheduled_text(message, phrases)
    page = "monitors" if message.schedule_id == QUESTIONS else None
    yield Extra(
        key=key,
        push=lambda form: payload.announcement(key, title, text, form, page=page),
        changes={"shown": message.id},
    )


def match_key(pair: MatchPair) -> str:
    """Return the key of the record and the notification of a question about two things."""
    return f"match-{pair.id}"


def _match(pair: MatchPair, title: str, ledger: Ledger, device_id: str, phrases: Phrases) -> Iterable[Extra]:
    """Return the question about two things, once, and the answer where it was asked."""
    key, shown = match_key(pair), str(pair.is_same)
    record = ledger.of(key, device_id)
    is_asked = pair.is_same is None
    if record.shown == shown or (record.shown is None and not is_asked):
        return
    text = phrases("match_question", first=one_line(pair.first_name), second=one_line(pair.second_name))
    if is_asked:
        yield Extra(
            key=key,
            push=lambda form: payload.match_question(key, title, text, form),
            changes={"shown": shown},
            may_sound=True,
            has_buttons=True,
        )
        return
    said = phrases("match_same" if pair.is_same else "match_other", person=one_line(pair.person_name))
    yield Extra(
        key=key,
        push=lambda form: payload.announcement(key, title, f"{text}\n{said}", form, page="monitors"),
        changes={"shown": shown, "nonce": None},
    )


def scheduled_text(message: ScheduledMessage, phrases: Phrases) -> str:
    """Return what a phone shows of a message: the summary, the first lines, and what is left out."""
    lines = [one_line(one) for one in (message.summary, *message.lines[:MOST_LINES]) if one]
    if message.is_late:
        due = f"{dt_util.as_local(message.due_at):%Y-%m-%d %H:%M}"
        lines.insert(0, phrases("schedule_late", time=due))
    if len(message.lines) > MOST_LINES:
        lines.append(phrases("schedule_more", count=str(len(message.lines) - MOST_LINES)))
    if message.not_checked:
        lines.append(phrases("schedule_not_checked", count=str(len(message.not_checked))))
    return "\n".join(lines) or phrases("schedule_nothing")
