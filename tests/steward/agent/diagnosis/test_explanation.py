"""What is kept of a model's words about evidence: what rests on it, and nothing else."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.diagnosis import Claim, Diagnosis, Evidence
from homelab_steward.contract.incidents import Incident, IncidentStatus, Severity
from steward.agent.diagnosis.explanation import question_about, read_explanation
from steward.llm.messages import Task

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
IDS = ("e0", "e1")


def answer(**fields: object) -> str:
    plain: dict[str, object] = {
        "text": "The container is too small.",
        "nothing_wrong": False,
        "claims": [{"text": "It uses 95 %.", "evidence": ["e1"]}],
    }
    return orjson.dumps(plain | fields).decode()


def test_claims_keep_their_evidence() -> None:
    found = read_explanation(answer(), IDS)
    assert found is not None
    assert found.text == "The container is too small."
    assert found.claims == (Claim(text="It uses 95 %.", evidence=("e1",)),)
    assert not found.nothing_wrong


def test_nothing_is_wrong_is_an_answer() -> None:
    found = read_explanation(f"```json\n{answer(nothing_wrong=True)}\n```", IDS)
    assert found is not None
    assert found.nothing_wrong


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is the memory.",
        "{",
        "[1]",
        "{]}",
        answer(claims=[]),
        answer(claims=[{"text": "It is hacked.", "evidence": ["e9"]}]),
        answer(claims=[{"text": "It is hacked.", "evidence": []}]),
        answer(claims=[{"text": "", "evidence": ["e1"]}]),
        answer(claims=["e1"]),
        answer(claims="e1"),
        answer(text=""),
        answer(text=7),
    ],
)
def test_what_rests_on_nothing_is_dropped(text: str) -> None:
    assert read_explanation(text, IDS) is None


def test_one_bad_claim_does_not_spoil_the_good_ones() -> None:
    claims = [{"text": "x", "evidence": ["e7"]}, {"text": "y", "evidence": ["e0", "e7", "e0"]}]
    found = read_explanation(answer(claims=claims), IDS)
    assert found is not None
    assert found.claims == (Claim(text="y", evidence=("e0",)),)


def test_long_texts_are_cut() -> None:
    claims = [{"text": "c" * 9_000, "evidence": ["e0"]}] * 9
    found = read_explanation(answer(text="t\n" * 9_000, claims=claims), IDS)
    assert found is not None
    assert len(found.text) == 600
    assert found.text.endswith("…")
    assert len(found.claims) == 5
    assert len(found.claims[0].text) == 300


@given(st.text(max_size=400))
def test_any_answer_is_taken(text: str) -> None:
    found = read_explanation(text, IDS)
    assert found is None or all(one.evidence for one in found.claims)


@pytest.mark.parametrize("context", [1024, 4096, 32_768])
def test_the_question_fits_the_window(context: int) -> None:
    evidence = tuple(
        Evidence(
            id=f"e{number}",
            tool="t",
            instance_id="i",
            title="x" * 999,
            text=f"word {number}\n" * 900,
            read_at=NOW,
        )
        for number in range(4)
    )
    diagnosis = Diagnosis(summary="s", has_problem=True, claims=(), evidence=evidence, made_at=NOW)
    incident = Incident(
        id="1",
        number=1,
        group_key="g",
        title="Memory",
        severity=Severity.WARNING,
        category="arr",
        status=IncidentStatus.WAITING,
        opened_at=NOW,
        updated_at=NOW,
        alerts=(),
        alert_count=0,
    )
    request = question_about(incident, diagnosis, context, 5.0)
    assert request.task is Task.DIAGNOSIS
    assert request.tools == (), "words only: there is nothing to fill in"
    user = request.messages[1].text
    assert all(f'"id":"e{number}"' in user for number in range(4))
    assert context < 4096 or len(user) <= context * 3
