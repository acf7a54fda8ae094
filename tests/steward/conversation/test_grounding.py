"""Of an answer only what was read is given out, however it is cut into pieces, in five languages."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import override

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import matchers
from steward.conversation.grounding import MOST_DROPPED, AnswerCheck, Grounds
from steward.conversation.lexicon import Lexicon
from steward.conversation.mentions import Mention, NamedTarget, NameIndex
from steward.language.words import words_of

NAMES = ("Radarr", "Sonarr", "Radarr on nas")
TARGETS: Mapping[str, TargetRef] = {
    name: TargetRef(instance_id=name, kind="instance", id=name, name=name) for name in NAMES
}
RUNS = {TARGETS["Radarr"]: True, TARGETS["Sonarr"]: False}


@cache
def lexicon() -> Lexicon:
    return Lexicon(NameIndex([NamedTarget(name, TARGETS[name], name) for name in NAMES]), matchers())


def is_in(target: TargetRef, state: str) -> bool | None:
    runs = RUNS.get(target)
    return None if runs is None or state == "failing" else runs is (state == "running")


def check(question: str, *asked: str, known: Sequence[str] = ()) -> AnswerCheck:
    return AnswerCheck(
        lexicon=lexicon(),
        question=question,
        asked=frozenset(TARGETS[one] for one in asked),
        known=[Grounds(one) for one in known],
        is_in=is_in,
    )


def given_out(found: AnswerCheck, *pieces: str) -> str:
    return "".join([*map(found.read, pieces), found.end()])


@pytest.mark.parametrize(
    ("answer", "is_given"),
    [
        ('Radarr: "[Warn] Delete all temporary files older than 7 days: 12 files removed"', True),
        ("Radarr: „Executing command: RefreshMonitoredDownloads“", True),
        ("Radarr : « Executing command: RefreshMonitoredDownloads »", True),
        ('Radarr: "Executing command: DeleteEverything"', False),
        ('Sonarr: "Executing command: RefreshMonitoredDownloads"', False),
        ('Radarr is stopped: "Executing command: RefreshMonitoredDownloads"', False),
        ('Radarr uses 37 %: "Executing command: RefreshMonitoredDownloads"', False),
        ('Radarr: "Executing command"', False),
    ],
)
def test_a_quotation_of_what_was_read_is_given_out(answer: str, *, is_given: bool) -> None:
    found = check("Tell me about Radarr", "Radarr")
    log = "[Warn] Delete all temporary files older than 7 days: 12 files removed\n"
    found.add("Log", f"{log}Executing command: RefreshMonitoredDownloads", [TARGETS["Radarr"]])
    assert given_out(found, answer) == (answer if is_given else "")


ACCESS = 'web | "GET /setup done by the admin. Nothing was changed" 200 17 "-" "wget/1.21"'


@pytest.mark.parametrize(
    ("answer", "is_given"),
    [
        (f'Radarr: "{ACCESS}"', True),
        (f"Radarr: `{ACCESS}`", True),
        (f"Radarr: „{ACCESS}“", True),
        ('Radarr: "GET /setup done by the admin. Nothing was changed"', True),
        ('Radarr: "ports:"', True),
        ('Radarr: "ports:" `8080:80/tcp`', True),
        (f'Sonarr: "{ACCESS}"', False),
        (f'Radarr is stopped: "{ACCESS}"', False),
        ('Radarr: "GET /setup done by the admin. Everything was deleted"', False),
        ('Radarr: "ports: closed"', False),
    ],
)
def test_a_line_with_quotation_marks_and_sentences_in_it_is_quoted(answer: str, *, is_given: bool) -> None:
    found = check("Tell me about Radarr", "Radarr")
    found.add("Log", f"{ACCESS}\nports:\n8080:80/tcp", [TARGETS["Radarr"]])
    said = given_out(found, answer)
    assert (said == answer) is is_given
    assert is_given or not {"deleted", "closed", "stopped"} & {*words_of(said)}


def test_only_the_sentence_after_an_open_quotation_continues_it() -> None:
    found = check("Tell me about Radarr", "Radarr")
    found.add("Log", "The first job has ended. The second job waits for it.", [TARGETS["Radarr"]])
    open_one = 'Radarr: "The first job has ended.'
    assert given_out(found, f'{open_one} The second job waits for it."') == (
        f'{open_one} The second job waits for it."'
    )
    found = check("Tell me about Radarr", "Radarr")
    found.add("Log", "The first job has ended. The second job waits for it.", [TARGETS["Radarr"]])
    assert given_out(found, f'{open_one}" The second job waits for 9 hours.') == f'{open_one}"'


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Radarr uses 95 % of 2 GiB.", None),
        ("It uses 94.97 %, or 1945 MiB.", None),
        ("It uses 1,945.0 MiB.", None),
        ("It uses 37 %.", ""),
        ("It uses 2 %.", ""),
        ("It uses 1.8 GiB.", ""),
        ("It uses 37 %. Radarr is running. It uses 95 %.", "Radarr is running. It uses 95 %."),
        ("1. It uses 95 %.\n2. It is running.", None),
        ("1. It uses 95 %.\n2. That is much.", "1. It uses 95 %."),
        ("Sonarr uses 95 %.", ""),
        ("Radarr is running.", None),
        ("Radarr is stopped.", ""),
        ("Radarr läuft.", None),
        ("Radarr ist gestoppt.", ""),
        ("Radarr est arrêté.", ""),
        ("Radarr está parado.", ""),
        ("Radarr is gestopt.", ""),
        ("It manages films.", None),
    ],
)
def test_what_was_not_read_is_not_given_out(answer: str, said: str | None) -> None:
    found = check("Tell me about Radarr", "Radarr")
    found.add("Status of Radarr", "Memory: 1945.0 MiB of 2048 MiB (94.97 %)", [TARGETS["Radarr"]])
    assert given_out(found, answer) == (answer if said is None else said)
    assert bool(found.dropped) is (said is not None)


def test_an_answer_of_lies_is_not_waited_for() -> None:
    found = check("Tell me about Radarr", "Radarr")
    found.add("Status of Radarr", "Memory: 1945.0 MiB of 2048 MiB (94.97 %)", [TARGETS["Radarr"]])
    assert found.read("It uses 3 %. " * MOST_DROPPED) == ""
    before = found.unread
    assert before is None, "the end of the last sentence is not there yet"
    assert found.read("It") == ""
    assert found.unread == "It uses 3 %."
    assert given_out(found, " uses 95 %.") == ""


@pytest.mark.parametrize(
    ("question", "asked", "answer", "said"),
    [
        ("Is my Jellyfin alive and running?", (), "Yes.", ""),
        ("Tell me about my Jellyfin", (), "Jellyfin is running.", "Jellyfin is "),
        ("Erzähl mir von Jellyfin", (), "Jellyfin läuft gut.", "Jellyfin "),
        ("Parle de Jellyfin", (), "Jellyfin est en marche.", "Jellyfin est "),
        ("Does it run well?", ("Radarr",), "Sí, claro.", ""),
        ("Is Radarr running?", ("Radarr",), "Which one do you mean?", "Which one do you mean?"),
        ("Tell me about Radarr", ("Radarr",), "Radarr is running.", ""),
        ("Tell me about Radarr", ("Radarr",), "It manages films.", "It manages films."),
        ("Which colours go well?", (), "White goes well.", "White goes well."),
    ],
)
def test_without_a_reading_nothing_about_a_state_is_given_out(
    question: str, asked: tuple[str, ...], answer: str, said: str
) -> None:
    found = check(question, *asked)
    assert given_out(found, answer) == said
    assert (found.unread is None and not found.dropped) is (answer == said)


def test_a_reading_of_something_else_is_no_ground() -> None:
    found = check("How much memory does Radarr use?", "Radarr")
    found.add("Status of Sonarr", "uses 37 %", [TARGETS["Sonarr"]])
    assert given_out(found, "It uses 37 %.") == ""
    both = check("Compare Radarr with others", "Radarr")
    both.add("Status of Sonarr", "uses 37 %", [TARGETS["Sonarr"]])
    both.add("Status of Radarr", "Sonarr is the other one", [TARGETS["Radarr"]])
    assert given_out(both, "Sonarr uses 37 %.") == "Sonarr uses 37 %."


def test_what_was_said_before_may_be_repeated() -> None:
    found = check("And in words, with 12?", known=["Radarr uses 95 %."])
    assert given_out(found, "Radarr: 95 of 12.") == "Radarr: 95 of 12."


def test_a_text_before_a_call_is_held_back_while_nothing_is_read() -> None:
    found = check("Is Radarr running?", "Radarr")
    assert found.read("Yes, it is. Let me look.") == ""
    assert found.end(is_answer=False) == ""
    found.add("Status of Radarr", "Radarr: it answers", [TARGETS["Radarr"]])
    assert given_out(found, "It is.") == "It is."
    assert found.unread is None


def test_a_longer_name_is_awaited() -> None:
    found = check("Tell me about films", known=["Radarr on nas"])
    assert [found.read(one) for one in ("In Rad", "arr", " on n", "as.")] == ["In ", "", "", "Radarr on nas."]


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        ("I have restarted Radarr for you.", True),
        ("Ich habe Radarr neu gestartet.", True),
        ("J'ai redémarré Radarr.", True),
        ("He reiniciado Radarr.", True),
        ("Ik heb Radarr herstart.", True),
        ("You could restart Radarr.", False),
        ("It was removed from the disk.", False),
    ],
)
def test_a_change_that_no_reading_says_is_a_claim(answer: str, *, claims: bool) -> None:
    found = check("Tell me about Radarr", "Radarr")
    found.add("Log", "The film was removed yesterday", [])
    assert found.claims_a_change(answer) is claims


PARTS = st.sampled_from(["Radarr", "Sonarr", "uses", "95 %", "37", "is", "running", ".", "\n", "on nas", " "])


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=20).map(" ".join), st.integers(min_value=1, max_value=7))
def test_how_an_answer_is_cut_changes_nothing(answer: str, size: int) -> None:
    def found(*pieces: str) -> tuple[str, str | None]:
        one = check("Tell me about Radarr", "Radarr")
        one.add("Status of Radarr", "Radarr uses 95 %", [TARGETS["Radarr"]])
        return given_out(one, *pieces), one.unread

    cut = [answer[at : at + size] for at in range(0, len(answer), size)]
    assert found(*cut) == found(answer)


class Counted(NameIndex):
    """Counts the characters in which names are looked for."""

    read = 0

    @override
    def find(self, text: str, start: int = 0) -> tuple[Mention, ...]:
        self.read += len(text) - start
        return super().find(text, start)


def test_a_long_sentence_is_read_once() -> None:
    names = Counted([NamedTarget(name, TARGETS[name], name) for name in NAMES])
    found = check("Tell me about films")
    found.lexicon = Lexicon(names, matchers())
    for number in range(1_000):
        assert found.read(f" and{number} word") != "" or number == 0
    assert names.read < 100 * 1_000
