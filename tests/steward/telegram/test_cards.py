"""Text and buttons of cards; a plan is shown whole or not offered."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.diagnosis import Claim, Explanation, SimilarIncident
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Decision,
    IncidentStatus,
    JournalStep,
    Outcome,
    RunStatus,
    StepState,
    Verb,
    Verdict,
)
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import FrontEnd, TargetRef
from homelab_steward.contract.step_arguments import extra_arguments
from homelab_steward.contract.step_parts import Difference
from lab.telegram.html import parse_html
from lab.telegram.markup import units
from steward.telegram.buttons import ButtonAction
from steward.telegram.cards import Card, approval_card, decision_text, digest, notice, reminder, resolved_line
from steward.telegram.details import detail_pages
from steward.telegram.markup import LIMIT, exact
from steward.telegram.plan import target_text

from .samples import (
    CATALOGUE,
    NOON,
    RADARR,
    decided,
    diagnosis,
    incident,
    option,
    request,
    run,
    step,
    three_options,
    update_options,
)

UTC = ZoneInfo("UTC")


def shown(card: Card) -> str:
    text = parse_html(card.text).text
    assert units(text) <= LIMIT
    return text


def labels(card: Card) -> list[str]:
    return [choice.label for row in card.buttons for choice in row]


def test_card_of_a_pending_request() -> None:
    asked = request()
    card = approval_card(asked, incident(asked), UTC, CATALOGUE)
    assert shown(card).splitlines() == [
        "🟠 Warning · incident 12",
        "Memory of radarr at 95 %",
        "",
        "1 Increase memory 2 → 3 GiB",
        "Set memory: radarr (pve1/lxc/105)",
        "memory: 2048 MiB → 3072 MiB",
        "Low risk, can be undone",
        "Checked by: memory and health are read back",
        "Increase worked",
        "",
        "2 Restart Radarr",
        "Restart: Radarr",
        "Medium risk, cannot be undone",
        "Checked by: memory and health are read back",
        "",
        "3 Investigate",
        "",
        "Waiting for an answer until 14:00.",
        "",
        "The container is short of memory",
        "• Memory is at 95 % of 2 GiB",
        "Runbook Container memory pressure (version 2): 92% match. The label says memory. Last time: worked",
    ]
    assert labels(card) == [
        "1 Increase memory 2 → 3 GiB",
        "2 Restart Radarr",
        "3 Investigate",
        "Ignore",
        "Details",
    ]


def test_card_of_an_update_has_the_judgement_as_a_quotation_above_the_plan() -> None:
    known = [
        "Safe: 3 fixes, no breaking change.",
        "Security: CVE-2026-1",
        "",
        "1 Delete <b>it</b>",
        "The data too",
    ]
    asked = request(options=update_options(), title="Sonarr 4.0.1 → 4.0.2", text="\n".join(known))
    card = approval_card(asked, None, UTC, CATALOGUE)
    assert shown(card).splitlines() == [
        "🟠 Update · incident 12",
        "Sonarr 4.0.1 → 4.0.2",
        "",
        *filter(None, known),
        "",
        "1 Update Sonarr 4.0.1 → 4.0.2",
        "Set memory: radarr (pve1/lxc/105)",
        "memory: 2048 MiB → 3072 MiB",
        "Low risk, can be undone",
        "Checked by: It is watched for 15 min",
        "",
        "2 Defer 7 days",
        "",
        "Waiting for an answer until 14:00.",
    ]
    judgement = card.text.index("Safe: 3 fixes")
    assert card.text.rindex("<blockquote", 0, judgement) > card.text.rindex("</blockquote>", 0, judgement)
    assert card.text.index("</blockquote>", judgement) < card.text.index("Low risk")
    assert labels(card) == ["1 Update Sonarr 4.0.1 → 4.0.2", "2 Defer 7 days", "Reject", "Details"]


def test_an_update_that_is_deferred_is_not_worked_on() -> None:
    asked = request(options=update_options())
    card = approval_card(decided(asked, 2), incident(asked), UTC, CATALOGUE)
    assert "Defer 7 days, decided by" in shown(card)
    assert "Working" not in shown(card)


def test_what_went_back_says_why_with_the_figures_of_the_watch() -> None:
    asked = request(options=update_options())
    figures = CheckResult(name="Memory", ok=True, text="340 MB (average was 380)")
    sync = CheckResult(name="RSS sync", ok=False, text="it did not complete")
    verdict = Verdict(outcome=Outcome.WORSE, checks=(figures, sync), at=NOON, summary="4.0.2 runs worse")
    ended = run(asked, RunStatus.UNDONE, verdict=verdict)
    over = incident(asked, status=IncidentStatus.UNSOLVED, run=ended)
    text = shown(approval_card(decided(asked, 1), over, UTC, CATALOGUE))
    for line in (
        "Undone. The previous state is restored.",
        "❌ 4.0.2 runs worse",
        "✓ Memory: 340 MB (average was 380)",
        "✗ RSS sync: it did not complete",
    ):
        assert line in text.splitlines()


def test_what_is_known_of_an_update_leaves_room_for_the_plan() -> None:
    asked = request(options=update_options(), text="\n".join(["y" * 999] * 99))
    card = approval_card(asked, None, UTC, CATALOGUE)
    assert sum(line.startswith("y") for line in shown(card).splitlines()) == 12
    assert "1 Update Sonarr 4.0.1 → 4.0.2" in labels(card)


def test_arguments_without_a_difference_have_the_name_and_unit_of_their_field() -> None:
    planned = step(arguments={"memory_mib": 3072, "wait": 30, "force": True})
    asked = request(options=(option(steps=(planned,)),))
    lines = shown(approval_card(asked, None, UTC, CATALOGUE)).splitlines()
    start = lines.index("memory: 2048 MiB → 3072 MiB")
    assert lines[start + 1 : start + 3] == ["Waiting time: 30 s", "force: yes"]
    assert not any("memory_mib" in line for line in lines), "the difference shows 3072"


def test_the_steps_of_a_plan_are_numbered_and_say_what_they_wait_for() -> None:
    first = step(title="Stop", after=(), undone_without=(1,), differences=(), arguments={})
    host = replace(RADARR, id="pve1", name="pve1")
    second = replace(first, target=host, after=(0,), undone_without=(), runbook="Host stuck")
    asked = request(options=(option(label="Stop: radarr and pve1", steps=(first, second)),))
    lines = shown(approval_card(asked, None, UTC, CATALOGUE)).splitlines()
    start = lines.index("1 Stop: radarr and pve1")
    assert lines[start + 1 : start + 6] == [
        "1. Stop: radarr (pve1/lxc/105)",
        "Undone if a later step fails: pve1",
        "2. Stop: pve1",
        "After: radarr",
        "Runbook: Host stuck",
    ]


def test_steps_with_targets_of_one_name_are_called_by_their_numbers() -> None:
    merge = step(title="Merge", after=(), undone_without=(1, 2), differences=(), arguments={})
    wait = replace(merge, target=replace(RADARR, id="sonarr", name="sonarr"), undone_without=(), after=(0,))
    asked = request(options=(option(steps=(merge, wait, replace(wait, after=(0, 1)))),))
    lines = shown(approval_card(asked, None, UTC, CATALOGUE)).splitlines()
    assert "Undone if a later step fails: step 2 and step 3" in lines
    assert [one for one in lines if one.startswith("After: ")] == [
        "After: radarr",
        "After: radarr and step 2",
    ]


def test_options_that_are_not_offered_are_shown_with_the_reason() -> None:
    asked = with_left_out("Increase memory: <b>radarr</b> is locked (backup).", "Move it: no other node.")
    lines = shown(approval_card(asked, None, UTC, CATALOGUE)).splitlines()
    start = lines.index("3 Investigate")
    assert lines[start + 1 : start + 6] == [
        "",
        "Not offered: Increase memory: <b>radarr</b> is locked (backup).",
        "Not offered: Move it: no other node.",
        "",
        "Waiting for an answer until 14:00.",
    ]
    text = "\n".join(parse_html(page).text for page in detail_pages(asked, None, CATALOGUE))
    assert "Not offered: Move it: no other node." in text


def test_options_that_are_not_offered_take_no_space_from_the_plan() -> None:
    planned = option(steps=tuple(step(note="x" * 1_000) for _ in range(3)), blast_radius="y" * 500)
    asked = with_left_out("Move it: no other node.", "z" * 900, options=(planned,))
    card = approval_card(asked, None, UTC, CATALOGUE)
    assert labels(card)[0].startswith("1 Increase memory"), "the plan can be approved"
    assert "Not offered: Move it: no other node.\n… 1 more line: Details" in shown(card)


def test_options_that_are_not_offered_are_shown_when_the_plan_is_too_long() -> None:
    options = (option(steps=tuple(step() for _ in range(80))),)
    card = approval_card(with_left_out("Move it: no other node.", options=options), None, UTC, CATALOGUE)
    assert labels(card) == ["Ignore", "Details"]
    assert "Not offered: Move it: no other node." in shown(card)


def with_left_out(*reasons: str, options: tuple[Option, ...] | None = None) -> ApprovalRequest:
    asked = request(options=options)
    return replace(asked, proposal=replace(asked.proposal, left_out=reasons))


def test_plan_that_does_not_fit_is_not_offered() -> None:
    asked = request(options=(option(1, steps=tuple(step() for _ in range(80))), option(2)))
    card = approval_card(asked, incident(asked), UTC, CATALOGUE)
    assert labels(card) == ["Ignore", "Details"]
    assert "open Home Assistant" in shown(card)
    assert "1 Increase memory" in shown(card)


def test_options_with_invalid_numbers_are_not_offered() -> None:
    for options in ((option(0),), (option(256),), (option(1), option(1))):
        asked = request(options=options)
        assert labels(approval_card(asked, None, UTC, CATALOGUE)) == ["Ignore", "Details"]


def test_findings_are_shortened_to_fit_the_plan() -> None:
    asked = request()
    many = tuple(Claim(text=f"claim {number} " + "x" * 200, evidence=()) for number in range(40))
    card = approval_card(asked, incident(asked, diagnosis=diagnosis(claims=many)), UTC, CATALOGUE)
    text = shown(card)
    assert "more lines: Details" in text
    assert "memory: 2048 MiB → 3072 MiB" in text
    assert len(labels(card)) == 5


texts = st.one_of(
    st.text(max_size=300),
    st.sampled_from(["</b>", "<b>", "&amp;", "*_`[", "\u202eevil", "x" * 5000, "😀" * 900, "@all", "\n\n"]),
)
values = st.one_of(st.none(), st.booleans(), st.integers(), texts)
differences = st.builds(Difference, field=texts, before=texts, after=texts)
steps = st.builds(
    step,
    target=st.builds(TargetRef, instance_id=texts, kind=texts, id=texts, name=texts),
    arguments=st.dictionaries(texts, values, max_size=3),
    title=texts,
    differences=st.lists(st.builds(Difference, field=texts, before=texts, after=texts), max_size=3).map(
        tuple
    ),
    note=texts,
)
options = st.builds(
    option,
    number=st.integers(1, 4),
    label=texts,
    steps=st.lists(steps, max_size=3).map(tuple),
    risk=st.sampled_from(Risk),
    blast_radius=texts,
    verification=texts,
    history=texts,
)


def request_with(left_out: list[str], **changes: Any) -> ApprovalRequest:
    asked = request(**changes)
    return replace(asked, proposal=replace(asked.proposal, left_out=tuple(left_out)))


requests = st.builds(
    request_with,
    left_out=st.lists(texts, max_size=3),
    options=st.lists(options, max_size=3).map(tuple),
    title=texts,
    text=texts,
    status=st.sampled_from(ApprovalStatus),
    decision=st.one_of(
        st.none(),
        st.builds(
            Decision,
            verb=st.sampled_from(Verb),
            person_id=texts,
            person_name=texts,
            via=st.sampled_from(FrontEnd),
            at=st.just(NOON),
            option=st.one_of(st.none(), st.integers(1, 4)),
            label=texts,
        ),
    ),
)


@settings(max_examples=100, deadline=None)
@given(requests, texts, st.lists(texts, max_size=30))
def test_any_card_is_valid_short_enough_and_shows_the_whole_plan_or_no_button(
    asked: ApprovalRequest, summary: str, claims: list[str]
) -> None:
    seen = diagnosis(summary, claims=tuple(Claim(text=one, evidence=()) for one in claims))
    about = incident(asked, title=summary, diagnosis=seen)
    card = approval_card(asked, about, UTC, CATALOGUE)
    shown(card)
    offered = [choice for row in card.buttons for choice in row if choice.action is ButtonAction.APPROVE]
    assert all(choice.label.strip() for row in card.buttons for choice in row)
    if asked.status is not ApprovalStatus.PENDING:
        cancel = [one for row in card.buttons for one in row if one.action is ButtonAction.CANCEL]
        assert bool(cancel) is (asked.status is ApprovalStatus.SCHEDULED) is bool(card.buttons)
    elif offered:
        assert [one.option for one in offered] == [one.number for one in asked.proposal.options]
        assert_plan_is_whole(asked, card.text)
    shown(notice(about, UTC))
    for page in detail_pages(asked, about, CATALOGUE):
        assert units(parse_html(page).text) <= LIMIT
    for line in (resolved_line(about), reminder(asked, UTC)):
        assert units(parse_html(line).text) <= LIMIT


@pytest.mark.parametrize(
    ("key", "name", "shown_as"),
    [
        ("105", "radarr", "radarr (105)"),
        ("Radarr", "radarr", "radarr"),
        ("argocd/sonarr", "sonarr", "sonarr (argocd/sonarr)"),
        ("11#47", "rack/kitchen#47", "rack/kitchen#47"),
        ("11#4", "rack/kitchen#47", "rack/kitchen#47 (11#4)"),
    ],
)
def test_the_id_of_a_target_is_shown_when_it_says_more(key: str, name: str, shown_as: str) -> None:
    target = TargetRef(instance_id="a", kind="thing", id=key, name=name)
    assert target_text(target) == shown_as


def assert_plan_is_whole(asked: ApprovalRequest, html: str) -> None:
    """Assert that the card shows targets, differences and arguments in order, as whole code."""
    position = 0
    for one in asked.proposal.options:
        for planned in one.steps:
            values = [target_text(planned.target)]
            values += [side for d in planned.differences for side in (d.before, d.after)]
            values += [value for _, value in extra_arguments(planned, CATALOGUE)]
            for value in values:
                position = html.index(exact(value).html, position) + 1


def test_decided_card_has_no_buttons_and_names_the_person() -> None:
    asked = decided(request())
    card = approval_card(asked, incident(asked, status=IncidentStatus.ACTING), UTC, CATALOGUE)
    assert not card.buttons
    text = shown(card)
    assert "Increase memory 2 → 3 GiB, decided by Alex via Home Assistant at 12:03\nWorking…" in text
    assert "Selected option\n1 Increase memory 2 → 3 GiB\nSet memory: radarr" in text
    assert "Increase worked\n\nThe container is short of memory" in text


def test_times_are_shown_in_the_configured_zone() -> None:
    asked = decided(request())
    assert decision_text(asked, ZoneInfo("Europe/Berlin")).endswith("at 13:03")
    assert decision_text(replace(asked, created_at=NOON - timedelta(days=1)), UTC).endswith(
        "at Nov 21, 2026, 12:03"
    )


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ApprovalStatus.EXPIRED, "Expired at 14:00 without a decision. Nothing was done."),
        (ApprovalStatus.SUPERSEDED, "No longer offered because the situation has changed. Nothing was done."),
    ],
)
def test_card_closed_without_a_decision(status: ApprovalStatus, text: str) -> None:
    asked = request(status=status)
    card = approval_card(asked, incident(asked), UTC, CATALOGUE)
    assert text in shown(card)
    assert not card.buttons


def test_a_withdrawn_request_says_why() -> None:
    asked = request(status=ApprovalStatus.SUPERSEDED, withdrawn="It got worse: the freezer is warm.")
    text = shown(approval_card(asked, incident(asked), UTC, CATALOGUE))
    assert "No longer offered. It got worse: the freezer is warm. Nothing was done." in text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"suppressed": "silenced", "silenced_until": NOON + timedelta(hours=2)}, "🔕 Silenced until 14:00"),
        ({"suppressed": "inhibited by Backup"}, "🔕 inhibited by Backup"),
        ({"stale_since": NOON - timedelta(hours=2)}, "❔ Not reported since 10:00"),
    ],
)
def test_a_card_says_that_its_incident_is_silenced_or_stale(changes: dict[str, Any], text: str) -> None:
    asked = request()
    about = replace(incident(asked), **changes)
    assert text in shown(approval_card(asked, about, UTC, CATALOGUE))
    assert text in shown(approval_card(decided(asked), about, UTC, CATALOGUE))
    assert text in shown(notice(about, UTC))
    assert text not in shown(notice(replace(about, status=IncidentStatus.RESOLVED), UTC))


def test_ignored_and_rejected_name_the_person() -> None:
    for status, label in ((ApprovalStatus.IGNORED, "Ignored"), (ApprovalStatus.REJECTED, "Rejected")):
        asked = replace(decided(request(), name="Sam", via=FrontEnd.TELEGRAM), status=status)
        text = shown(approval_card(asked, incident(asked), UTC, CATALOGUE))
        assert f"{label}, decided by Sam via Telegram at 12:03" in text


def test_what_the_steward_does_by_itself_can_be_stopped_or_done_now() -> None:
    asked = request(acts_at=NOON + timedelta(minutes=32))
    card = approval_card(asked, incident(asked), UTC, CATALOGUE)
    text = shown(card)
    assert "\n12:32: Increase memory 2 → 3 GiB, unless somebody stops it.\n" in text
    assert "Waiting for an answer" not in text
    assert "2 Restart Radarr" not in text, "only the first option is carried out"
    buttons = [(one.label, one.action, one.option) for row in card.buttons for one in row]
    assert buttons == [
        ("Stop", ButtonAction.REJECT, 0),
        ("Details", ButtonAction.DETAILS, 0),
        ("Do it now", ButtonAction.APPROVE, 1),
    ]


def test_what_the_steward_does_by_itself_can_be_stopped_when_its_plan_is_too_long() -> None:
    long = option(1, steps=tuple(step(note="x" * 300) for _ in range(20)))
    asked = request(options=(long,), acts_at=NOON + timedelta(minutes=32))
    assert labels(approval_card(asked, incident(asked), UTC, CATALOGUE)) == ["Stop", "Details"]


def test_a_card_says_that_the_steward_acted_by_itself_or_was_stopped() -> None:
    asked = decided(request(acts_at=NOON), name="", via=FrontEnd.STEWARD)
    text = shown(approval_card(asked, incident(asked), UTC, CATALOGUE))
    assert "Increase memory 2 → 3 GiB: carried out by the steward itself at 12:03" in text
    assert "decided by" not in text
    stopped = replace(decided(request(acts_at=NOON), name="Sam"), status=ApprovalStatus.REJECTED)
    assert stopped.decision is not None
    stopped = replace(stopped, decision=replace(stopped.decision, verb=Verb.REJECT, option=None))
    text = shown(approval_card(stopped, incident(stopped), UTC, CATALOGUE))
    assert "Stopped, decided by Sam via Home Assistant at 12:03" in text


def test_result_shows_the_verification() -> None:
    asked = decided(request())
    about = incident(asked, status=IncidentStatus.RESOLVED, run=run(asked), resolution="memory increased")
    text = shown(approval_card(asked, about, UTC, CATALOGUE))
    assert "Carried out.\n✅ It helped.\n✓ Memory limit: 3 GiB\n✅ Resolved: memory increased" in text


def test_unverified_run_is_not_shown_as_success() -> None:
    asked = decided(request())
    about = incident(asked, status=IncidentStatus.ACTING, run=run(asked, verdict=None))
    text = shown(approval_card(asked, about, UTC, CATALOGUE))
    assert "The result is not verified yet." in text
    assert "✅" not in text


def test_failed_run_shows_step_error_and_verdict() -> None:
    asked = decided(request())
    failed = JournalStep(
        index=0,
        action="x",
        target=RADARR,
        title="Increase memory",
        state=StepState.EFFECT_UNKNOWN,
        changed_at=NOON,
        detail="no answer",
    )
    verdict = Verdict(outcome=Outcome.NOT_FIXED, checks=(), at=NOON)
    outcome = run(
        asked, RunStatus.FAILED, steps=(failed,), verdict=verdict, error="Proxmox refused the change"
    )
    text = shown(
        approval_card(asked, incident(asked, status=IncidentStatus.UNSOLVED, run=outcome), UTC, CATALOGUE)
    )
    assert "Failed." in text
    assert "• Increase memory (radarr): effect unknown. no answer" in text
    assert "Proxmox refused the change" in text
    assert "❌ It did not help." in text
    assert "Not solved." in text


def test_approved_investigation_is_shown_as_investigating() -> None:
    asked = decided(request(), 3)
    assert three_options()[2].kind is OptionKind.INVESTIGATE
    assert "Investigating…" in shown(approval_card(asked, incident(asked), UTC, CATALOGUE))


def test_older_card_refers_to_the_newer() -> None:
    asked = decided(request(), 3)
    text = shown(approval_card(asked, incident(asked, approval_id="a2", round=2), UTC, CATALOGUE))
    assert text.count("Continued in a newer card.") == 1
    assert "Investigating" not in text


def test_details_contain_the_dry_run_and_the_evidence() -> None:
    asked = request()
    text = "\n".join(parse_html(page).text for page in detail_pages(asked, incident(asked), CATALOGUE))
    for expected in (
        "memory: 2048 MiB → 3072 MiB",
        "Action proxmox.set_memory on lxc pve1/lxc/105",
        "memory_mib = 3072",
        f"Plan {1:064x}",
        "Evidence “Container status”, read at 12:00",
        "maxmem: 2147483648",
    ):
        assert expected in text


def test_explanation_is_marked_as_a_models() -> None:
    explanation = Explanation(
        text="It <b>leaks</b>.",
        claims=(Claim(text="It grows.", evidence=("e1", "e9")),),
        nothing_wrong=False,
        by="kitchen",
        made_at=NOON,
    )
    asked = request()
    seen = incident(asked, diagnosis=diagnosis(explanation=explanation))
    assert "Explanation by a language model: It <b>leaks</b>." in shown(
        approval_card(asked, seen, UTC, CATALOGUE)
    )
    assert "Explanation by a language model: It <b>leaks</b>." in shown(notice(seen, UTC))
    text = "\n".join(parse_html(page).text for page in detail_pages(asked, seen, CATALOGUE))
    assert "Explanation by a language model (kitchen)" in text
    assert "• “It grows.” Evidence: “Container status”" in text


def test_long_details_are_split_and_end_with_a_note() -> None:
    seen = diagnosis()
    flood = replace(seen.evidence[0], text="\n".join(f"line {number}" for number in range(5_000)))
    asked = request()
    pages = detail_pages(asked, incident(asked, diagnosis=replace(seen, evidence=(flood,))), CATALOGUE)
    assert len(pages) == 5
    assert pages[-1].endswith("… For more, open Home Assistant.")


def test_digest_shows_the_number_of_held_cards() -> None:
    assert digest(31) == "31 more incidents are waiting. Open Home Assistant."
    assert digest(1) == "1 more incident is waiting. Open Home Assistant."
    assert "No more" in digest(0)


OUTSIDE = st.text(max_size=200) | st.lists(
    st.sampled_from(
        [
            "\n",
            "\u2028",
            "\u202e",
            "\u200b",
            "</blockquote>",
            "<b>",
            "&lt;/blockquote&gt;",
            "1 Restart nothing",
            "Low risk, can be undone",
            "”",
            "x" * 900,
        ]
    ),
    max_size=30,
).map("".join)


def unquoted(card: Card) -> str:
    """Return the text of a card that is not in a quotation."""
    formatted = parse_html(card.text)
    data = formatted.text.encode("utf-16-le")
    for entity in sorted(formatted.entities, key=lambda one: -one.offset):
        if entity.kind == "blockquote":
            data = data[: 2 * entity.offset] + data[2 * (entity.offset + entity.length) :]
    return data.decode("utf-16-le").strip()


def quoting(text: str) -> Card:
    asked = request(title=text, text=text)
    matches = (replace(asked.proposal.matches[0], reason=text),)
    asked = replace(asked, proposal=replace(asked.proposal, matches=matches))
    claims = (Claim(text=text, evidence=()),)
    explanation = Explanation(text=text, claims=claims, nothing_wrong=False, by="model", made_at=NOON)
    seen = incident(asked, title=text, diagnosis=diagnosis(text, claims=claims, explanation=explanation))
    return approval_card(asked, seen, UTC, CATALOGUE)


@given(OUTSIDE)
def test_text_from_outside_changes_nothing_outside_the_quotations(text: str) -> None:
    assert unquoted(quoting(text)) == unquoted(quoting("harmless"))


@given(OUTSIDE)
def test_text_from_outside_cannot_end_its_quotation_marks(text: str) -> None:
    line = parse_html(reminder(request(title=text), UTC)).text
    assert line.count("“") == line.count("”") == 1
    assert "\n" not in line


def test_a_card_names_similar_incidents() -> None:
    text = "21 days ago: <b>Restart</b> Radarr, it helped"
    past = SimilarIncident(id="i", number=12, title="x", opened_at=NOON, score=0.9, text=text)
    asked = request()
    asked = replace(asked, proposal=replace(asked.proposal, similar=(past,)))
    card = shown(approval_card(asked, incident(asked), UTC, CATALOGUE))
    assert card.splitlines()[-1] == "Similar: incident 12, 21 days ago: <b>Restart</b> Radarr, it helped"
