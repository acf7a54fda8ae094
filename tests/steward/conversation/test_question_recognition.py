"""Questions by their parts, and questions about what is in a place."""

from dataclasses import replace

import pytest

from homelab_steward.contract.state import TargetRef
from rig.question_lab import OFFERS, QuestionLab
from rig.recognition_rig import matchers
from steward.conversation.meanings import Meaning
from steward.conversation.named_targets import named_targets
from steward.conversation.question_recognition import match_meaning, question_by_parts, with_place
from steward.conversation.questions import (
    Bound,
    ChangesQuestion,
    ExtremeQuestion,
    ListQuestion,
    ReadingQuestion,
    SinceQuestion,
    TargetQuestion,
    ThresholdQuestion,
    Topic,
    TopicQuestion,
)
from steward.conversation.said_text import SaidText, read_text
from steward.conversation.vocabulary import known_things
from steward.language.language_matcher import Match

PLACE = TargetRef(instance_id="", kind="area", id="Cellar", name="Cellar")
EVERY = named_targets(QuestionLab())  # type: ignore[arg-type]
RADARR = next(one for one in EVERY if one.target.name.casefold() == "radarr" and one.scope is None)
OVER = Bound(80.0, is_over=True)


def said(text: str) -> SaidText:
    """Return a text with the names in it, where something is named Memory."""
    memory = replace(
        RADARR, label="Memory", target=replace(RADARR.target, instance_id="m", id="m", name="Memory")
    )
    return read_text(text, None, known_things(OFFERS, [*EVERY, memory]), matchers())


def test_a_word_of_a_question_is_not_the_thing_with_that_name() -> None:
    found = question_by_parts(said("How much memory does radarr use?"), matchers()[0])
    assert isinstance(found, ReadingQuestion)
    assert found.target is not None
    assert (found.target.name.casefold(), "memory" in found.reading) == ("radarr", True)


def test_a_word_that_is_not_understood_makes_no_question_of_the_parts() -> None:
    assert question_by_parts(said("Memory of radarr frobnicates"), matchers()[0]) is None


@pytest.mark.parametrize(
    ("about_all", "in_place"),
    [
        (TopicQuestion(Topic.PROBLEM), TargetQuestion(PLACE)),
        (TopicQuestion(Topic.BACKUPS), TopicQuestion(Topic.BACKUPS, target=PLACE)),
        (TopicQuestion(Topic.QUOTA), None),
        (ChangesQuestion(None, 2), ChangesQuestion(PLACE, 2)),
        (ReadingQuestion("memory"), ReadingQuestion("memory", place=PLACE)),
        (ThresholdQuestion("cpu", "%", OVER), ThresholdQuestion("cpu", "%", OVER, place=PLACE)),
        (ExtremeQuestion("cpu", None, is_most=True), ExtremeQuestion("cpu", None, is_most=True, place=PLACE)),
        (
            ListQuestion("guest", None, None, is_count=True),
            ListQuestion("guest", None, PLACE, is_count=True),
        ),
        (SinceQuestion(RADARR.target), None),
    ],
)
def test_a_question_about_everything_can_be_about_a_place(
    about_all: Meaning, in_place: Meaning | None
) -> None:
    assert with_place(about_all, PLACE) == in_place


def test_a_comparison_without_a_number_is_none() -> None:
    assert match_meaning(Match("Threshold", {"reading": "cpu"}, {}, {}, 0), said("cpu")) is None
