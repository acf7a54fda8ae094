"""A question in one clause of a text of which the rest is talk."""

from dataclasses import replace

import pytest

from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers
from steward.conversation.clause_questions import LONGEST_LEFT_OUT, question_among_clauses
from steward.conversation.meanings import Meaning, OpenText, SeveralMeanings, UnknownName
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ExtremeQuestion, ListQuestion, ReadingQuestion
from steward.conversation.said_text import Known
from steward.conversation.several_sentences import recognise_all
from steward.language.words import plain

from .test_scheduled_requests import OFFERS, TARGETS, target

SDA = NamedTarget("sda", TargetRef(instance_id="nas", kind="disk", id="sda", name="sda"), "nas")
READINGS = {"temperature": "temperature", "memory": "memory", "queue": "queue"}
KNOWN = Known(among=(*TARGETS, SDA, target("Grafana")), offers=OFFERS, readings=READINGS)


def found(text: str, language: str = "en", *, has_model: bool = False) -> Meaning:
    return recognise_all(text, (), KNOWN, matchers(language), has_model=has_model)


def clause(text: str, language: str = "en") -> Meaning | None:
    return question_among_clauses(plain(text), (), KNOWN, matchers(language))


def asked(meaning: Meaning | None) -> tuple[str, str]:
    """Return what the question is about, and what is left out."""
    assert isinstance(meaning, OpenText), meaning
    assert meaning.partly is not None
    question = meaning.partly.question
    assert isinstance(question, ReadingQuestion), question
    return question.target.name if question.target else "", meaning.partly.left_out


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "The plumber rang twice already, how hot is sda, my tea gets cold meanwhile", "sda"),
        ("en", "Grandma bets five euros against me, memory of Sonarr, loser cooks dinner tonight", "Sonarr"),
        ("de", "Der Nachbar klopft schon wieder, wie warm ist sda, dann gehe ich Brot kaufen", "sda"),
        ("fr", "Le chat dort sur le clavier, quelle est la température de sda, il ronfle fort", "sda"),
        ("es", "El perro ladra sin parar, qué temperatura tiene sda, luego salgo al parque", "sda"),
        ("nl", "De buurman boort weer gaten, hoe warm is sda, daarna ga ik fietsen", "sda"),
    ],
)
def test_the_question_of_one_clause_is_answered_and_the_rest_is_named(
    language: str, text: str, name: str
) -> None:
    about, left_out = asked(found(text, language))
    assert about == name
    assert left_out.split(",")[0] in text


def test_a_question_at_the_end_of_a_clause_is_found() -> None:
    about, left_out = asked(clause("Uncle Bert wonders loudly how hot is sda, he loves numbers"))
    assert about == "sda"
    assert left_out == "Uncle Bert wonders loudly, he loves numbers"


def test_what_is_left_out_is_cut() -> None:
    talk = "the train was late again and the coffee machine at the station was out of order as always"
    _, left_out = asked(clause(f"How hot is sda, {talk}"))
    assert left_out == f"{talk[:LONGEST_LEFT_OUT].rstrip()}…"


def test_two_questions_between_talk_are_both_answered() -> None:
    meaning = clause("My boss phones, how hot is sda, he is so curious, memory of Sonarr, that is all")
    assert isinstance(meaning, OpenText)
    assert meaning.partly is not None
    assert isinstance(meaning.partly.question, SeveralMeanings)


@pytest.mark.parametrize(
    "text",
    [
        # The rest could be a condition, or another request.
        "The guests arrive soon, restart Sonarr, how hot is sda, they love music",
        "Reboot Sonarr when the film has ended, how hot is sda",
    ],
)
def test_a_text_with_a_request_is_left_as_it_is(text: str) -> None:
    assert clause(text) is None


def test_what_may_be_a_command_is_named_beside_the_answer() -> None:
    about, left_out = asked(clause("How hot is sda, shake Radarr the moment the film has ended"))
    assert about == "sda"
    assert left_out == "shake Radarr the moment the film has ended"


def test_a_statement_about_a_thing_is_no_question_about_its_state() -> None:
    assert clause("Radarr is a diva again, the popcorn burns, nobody laughs here") is None


def test_what_is_said_of_all_before_a_pause_asks_nothing() -> None:
    assert clause("The space is running out, she orders two new sticks, the dog barks") is None


def test_a_question_that_names_nothing_is_not_answered_for_everything() -> None:
    # "Its memory" is that of what the other clause names.
    for text in (
        "Sonarr sounded odd all evening, which has the most memory, my wife looks at me",
        "The new box over there, how much memory does it use, the accountant phones",
    ):
        assert clause(text) is None


def test_an_unknown_thing_is_named_instead() -> None:
    for question in ("is Nextcloud running", "how much memory does Nextcloud use"):
        meaning = clause(f"The lodger smiles, {question}, he pays late")
        assert isinstance(meaning, UnknownName)
        assert meaning.name == "Nextcloud"


def test_the_most_of_all_is_answered_beside_talk() -> None:
    meaning = clause("The lodger pays late, which disk is the hottest, he sings at night")
    assert isinstance(meaning, OpenText)
    assert meaning.partly is not None
    assert isinstance(meaning.partly.question, ExtremeQuestion)


def test_a_model_gets_the_whole_text() -> None:
    text = "The plumber rang twice already, how hot is sda, my tea gets cold meanwhile"
    meaning = found(text, has_model=True)
    assert not isinstance(meaning, OpenText) or meaning.partly is None or meaning.partly.left_out


def test_many_clauses_are_not_tried() -> None:
    assert clause("How hot is sda, " + ", ".join(["it rains in the garden"] * 6)) is None


@pytest.mark.parametrize("text", ["How hot is sda", "how many disks, are, here"])
def test_one_clause_is_no_text_with_talk(text: str) -> None:
    meaning = clause(text)
    assert meaning is None or isinstance(meaning, OpenText)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("how much memory does graf ana use", "Grafana"),
        ("what is the memory of son are", "Sonarr"),
        ("how much memory does rad are use", "Radarr"),
    ],
)
def test_a_name_that_was_heard_as_two_words_is_known(text: str, name: str) -> None:
    meaning = found(text)
    assert isinstance(meaning, ReadingQuestion)
    assert meaning.target is not None
    assert meaning.target.name == name


@pytest.mark.parametrize("text", ["how son is sda", "the sons are away"])
def test_other_words_are_no_name_that_was_heard(text: str) -> None:
    assert KNOWN.index.heard_as(*text.split()[:2]) is None
    assert KNOWN.index.heard_as("sonarr", "is") is None


def test_a_time_in_another_clause_counts_where_the_past_is_asked_for() -> None:
    assert clause("The lights went out last week, what changed, my aunt was here") is None
    assert clause("The lights went out, what changed, my aunt was here") is not None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what are the names of the disks"),
        ("de", "wie heißen die Platten"),
        ("fr", "comment s'appellent les disques"),
        ("es", "cómo se llaman los discos"),
        ("nl", "hoe heten de schijven"),
    ],
)
def test_names_are_asked_for_in_every_language(language: str, text: str) -> None:
    known = replace(KNOWN, kinds=dict.fromkeys(("disks", "Platten", "disques", "discos", "schijven"), "disk"))
    meaning = recognise_all(text, (), known, matchers(language))
    assert isinstance(meaning, ListQuestion)
    assert meaning.kind == "disk"
