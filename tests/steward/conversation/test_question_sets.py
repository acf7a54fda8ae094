"""Question sets: rows, what an answer is taken for, and the figures."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.state import TargetRef
from questions.asking import filled, reaction
from questions.judging import Answer, AskedStep, Reaction, figures, judge
from questions.rows import Kind, Row, Speaks, WrongRows, read_rows
from steward.conversation.meanings import Prohibition
from steward.conversation.phrases import say
from steward.conversation.prohibitions import prohibition_text
from steward.conversation.questions import Topic
from steward.conversation.topic_answers import not_told_text
from steward.texts import texts_of

LANGUAGES = ("en", "de", "fr", "es", "nl")

RADARR = AskedStep(action="radarr.restart", target_names=("Radarr", "radarr"))
SONARR = AskedStep(action="sonarr.restart", target_names=("Sonarr", "sonarr"))


def row(kind: Kind, **fields: object) -> Row:
    return Row(text="?", language="en", kind=kind, **fields)  # type: ignore[arg-type]


def answer(text: str, what: Reaction = Reaction.ANSWERED, *steps: AskedStep) -> Answer:
    return Answer(text=text, reaction=what, seconds=0.01, steps=steps)


def not_done(language: str) -> list[str]:
    """Return the answers to a negation, to a request for maintenance, and to a question for a log."""
    texts, radarr = texts_of(language), TargetRef(instance_id="radarr", kind="instance", id="", name="Radarr")
    negated = [prohibition_text(Prohibition(of), "", "", texts) for of in ((radarr,), ())]
    return [*negated, *(not_told_text(one, texts) for one in (Topic.MAINTENANCE, Topic.LOGS))]


def test_rows_are_read_and_an_invalid_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(
        '{"text": "Wie?", "language": "de", "kind": "ask", "after": ["Is Radarr ok?"], "speaker": "child"}\n'
    )
    assert read_rows(file) == [
        Row(text="Wie?", language="de", kind=Kind.ASK, after=("Is Radarr ok?",), speaker=Speaks.CHILD)
    ]
    file.write_text('{"text": "a", "kind": "answer"}\n{"text": "b", "kind": "guess"}\n')
    with pytest.raises(WrongRows, match="line 2"):
        read_rows(file)
    file.write_text("\n")
    with pytest.raises(WrongRows, match="no rows"):
        read_rows(file)
    with pytest.raises(WrongRows, match="cannot be read"):
        read_rows(tmp_path / "missing")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("radarr: Memory usage 40 %.", "en", Reaction.ANSWERED),
        ("I do not know anything called Emby. I know: Plex.", "en", Reaction.UNKNOWN),
        ("Plex meldet das nicht. Es meldet Streams.", "de", Reaction.UNKNOWN),
        ("Seit wann Plex läuft, ist nicht bekannt.", "de", Reaction.UNKNOWN),
        (f"I did not understand “x”. {say('en', 'part_nothing')}", "en", Reaction.REFUSED),
        ("I may not request that on your behalf: you are a guest", "en", Reaction.REFUSED),
        (say("nl", "no_model"), "nl", Reaction.NO_MODEL),
        *((text, language, Reaction.REFUSED) for language in LANGUAGES for text in not_done(language)),
    ],
)
def test_what_an_answer_is(text: str, language: str, expected: Reaction) -> None:
    assert reaction(text, language, is_requested=False, expects_reply=False) is expected
    assert reaction(text, language, is_requested=False, expects_reply=True) is Reaction.ASKED
    assert reaction(text, language, is_requested=True, expects_reply=True) is Reaction.REQUESTED


def test_an_answer_has_all_that_it_must_contain_and_nothing_else() -> None:
    asked = row(Kind.ANSWER)
    assert judge(asked, answer("radarr:  MEMORY 40 %"), ["memory 40 %"], ["41"]).mistakes == ()
    lacking = judge(asked, answer("radarr: 40 %"), ["memory"], [])
    assert lacking.mistakes
    assert not lacking.is_false_claim
    assert judge(asked, answer("Plex is fine"), [], ["fine"]).is_false_claim


@pytest.mark.parametrize("kind", [Kind.UNKNOWN, Kind.ASK, Kind.REFUSE])
def test_what_cannot_be_answered_and_is_answered_is_a_false_claim(kind: Kind) -> None:
    found = judge(row(kind), answer("Emby is fine"), [], [])
    assert found.mistakes
    assert found.is_false_claim


def test_a_request_that_drops_a_condition_counts() -> None:
    made = answer("", Reaction.REQUESTED, RADARR)
    assert judge(row(Kind.REFUSE), made, [], []).is_dropped_condition
    scheduled = judge(row(Kind.REFUSE), replace(made, is_later=True), [], [])
    assert not scheduled.is_dropped_condition
    assert scheduled.mistakes
    assert not judge(row(Kind.REQUEST), answer("", Reaction.REQUESTED, RADARR), [], []).mistakes


@pytest.mark.parametrize(
    ("action", "targets", "steps", "mistakes"),
    [
        ("restart", ("radarr",), (RADARR,), 0),
        ("radarr.restart", ("Radarr",), (RADARR,), 0),
        ("restart", ("Sonarr", "Radarr"), (RADARR, SONARR), 0),
        ("stop", ("Radarr",), (RADARR,), 1),
        ("restart", ("Radarr",), (RADARR, SONARR), 1),
        ("restart", ("Sonarr",), (RADARR,), 2),
    ],
)
def test_a_plan_has_these_steps(
    action: str, targets: tuple[str, ...], steps: tuple[AskedStep, ...], mistakes: int
) -> None:
    wanted = row(Kind.PLAN, action=action, targets=targets)
    assert len(judge(wanted, answer("", Reaction.REQUESTED, *steps), [], []).mistakes) == mistakes


def test_the_figures_count_each_row_once() -> None:
    judged = [
        judge(row(Kind.ANSWER), answer("yes"), [], []),
        judge(row(Kind.ANSWER), answer("no"), ["yes"], []),
        judge(row(Kind.ANSWER), answer("", Reaction.NO_MODEL), [], []),
        judge(row(Kind.REFUSE), answer("", Reaction.REQUESTED, RADARR), [], []),
    ]
    assert figures(judged) == {
        "n": 4,
        "right": 1,
        "wrong": 2,
        "refused": 1,
        "false_claims": 0,
        "dropped_conditions": 1,
        "p95_ms": 10.0,
    }


def test_readings_stand_in_for_their_names() -> None:
    assert filled("{proxmox/radarr.cpu} of {a.b}", str.upper) == "PROXMOX/RADARR.CPU of A.B"
    assert filled("no { end", str.upper) == "no { end"
