"""Which questions the records answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.conversation.phrases import languages
from steward.conversation.questions import Question, Topic, recognise

NAMES = ("radarr", "radarr 4k", "proxmox", "adguard home")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is wrong?", Question(Topic.PROBLEM)),
        ("what's down", Question(Topic.PROBLEM)),
        ("Is everything okay?", Question(Topic.PROBLEM)),
        ("Are there any problems", Question(Topic.PROBLEM)),
        ("How is my homelab?", Question(Topic.PROBLEM)),
        ("Was ist kaputt?", Question(Topic.PROBLEM)),
        ("Ist alles in Ordnung?", Question(Topic.PROBLEM)),
        ("What waits for me?", Question(Topic.WAITING)),
        ("What is waiting for an answer", Question(Topic.WAITING)),
        ("Are there pending approvals?", Question(Topic.WAITING)),
        ("Was wartet auf mich?", Question(Topic.WAITING)),
        ("What did you do today?", Question(Topic.DONE)),
        ("What happened last night", Question(Topic.DONE)),
        ("Was hast du heute gemacht?", Question(Topic.DONE)),
        ("What is wrong with Radarr?", Question(Topic.TARGET, "radarr")),
        ("Is Radarr fine now?", Question(Topic.TARGET, "radarr")),
        ("what\N{RIGHT SINGLE QUOTATION MARK}s up with radarr 4K", Question(Topic.TARGET, "radarr 4k")),
        ("How is AdGuard Home doing?", Question(Topic.TARGET, "adguard home")),
        ("Was ist mit Proxmox los?", Question(Topic.TARGET, "proxmox")),
        ("Läuft Radarr wieder?", Question(Topic.TARGET, "radarr")),
        ("Restart Radarr", None),
        ("please give radarr more memory", None),
        ("Tell me a joke", None),
        ("What is the capital of France?", None),
        ("", None),
    ],
)
def test_a_question_is_recognised(text: str, expected: Question | None) -> None:
    assert recognise(text, NAMES) == expected


@given(st.text(max_size=300))
def test_any_text_is_accepted(text: str) -> None:
    found = recognise(text, NAMES)
    assert found is None or found.name is None or found.name in NAMES


def test_every_language_has_every_text_with_the_same_placeholders() -> None:
    english = languages()["en"]
    for language, phrases in languages().items():
        assert phrases.keys() == english.keys(), language
        for key, sentence in phrases.items():
            placeholders = {part.partition("}")[0] for part in sentence.split("{")[1:]}
            assert placeholders == {part.partition("}")[0] for part in english[key].split("{")[1:]}, (
                language,
                key,
            )
