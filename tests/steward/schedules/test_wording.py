"""A model may order findings and sum them up; it adds nothing and hides nothing."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.messages import Task
from steward.schedules.wording import Worded, question_about, read_wording

LINES = ("Radarr: update to 5.1", "The certificate of web expires in 3 days")


def test_the_request_has_the_findings_as_data() -> None:
    request = question_about("Which first?", LINES, "de", 4_000, only_local=True)
    assert request is not None
    assert (request.task, request.language) == (Task.SUMMARY, "de")
    system, user = request.messages
    assert "language de" in system.text
    assert orjson.loads(user.text) == {
        "question": "Which first?",
        "findings": {"1": LINES[0], "2": LINES[1]},
    }
    assert user.is_private, "only a local model may read it"


def test_a_question_over_its_budget_is_not_asked() -> None:
    assert question_about("Which?", LINES, "en", 500, only_local=False) is None
    assert question_about("Which?", ["x" * 9_000], "en", 3_000, only_local=False) is None


@pytest.mark.parametrize(
    ("answer", "worded"),
    [
        (
            '{"order": [2, 1], "summary": "Renew web within 3 days."}',
            Worded((LINES[1], LINES[0]), "Renew web within 3 days."),
        ),
        ('```json\n{"order": [2], "summary": ""}\n```', Worded((LINES[1], LINES[0]), "")),
        ('{"order": [], "summary": "web ends in 4 days"}', Worded(LINES, "")),
        ('{"order": [9, 0, true, "2"], "summary": 7}', Worded(LINES, "")),
        ('{"order": "2", "summary": "x"}', None),
        ("I cannot say.", None),
        ("[]", None),
    ],
)
def test_what_is_kept_of_an_answer(answer: str, worded: Worded | None) -> None:
    assert read_wording(answer, LINES) == worded


@given(st.lists(st.integers(-3, 12)), st.lists(st.text(min_size=1), max_size=8, unique=True))
def test_no_finding_is_lost_or_added(order: list[int], lines: list[str]) -> None:
    answer = orjson.dumps({"order": order, "summary": "fine"}).decode()
    worded = read_wording(answer, lines)
    assert worded is not None
    assert sorted(worded.lines) == sorted(lines)
