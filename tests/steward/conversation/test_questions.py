"""Which questions need no model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import Meaning, OpenText
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import ChangesQuestion, TargetQuestion, Topic, TopicQuestion


def target(name: str, kind: str = "instance") -> TargetRef:
    return TargetRef(instance_id=name, kind=kind, id=name, name=name)


NAMED_TARGETS = [
    NamedTarget(one.name, one, "service")
    for one in (
        target("Radarr"),
        target("Radarr 4K"),
        target("Proxmox"),
        target("radarr", "container"),
        target("AdGuard Home", "container"),
    )
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is wrong?", TopicQuestion(Topic.PROBLEM)),
        ("what's down", TopicQuestion(Topic.PROBLEM)),
        ("Is everything okay?", TopicQuestion(Topic.PROBLEM)),
        ("Are there any problems", TopicQuestion(Topic.PROBLEM)),
        ("How is my homelab?", TopicQuestion(Topic.PROBLEM)),
        ("Was ist kaputt?", TopicQuestion(Topic.PROBLEM)),
        ("Ist alles in Ordnung?", TopicQuestion(Topic.PROBLEM)),
        ("What waits for me?", TopicQuestion(Topic.WAITING)),
        ("What is waiting for an answer", TopicQuestion(Topic.WAITING)),
        ("Are there pending approvals?", TopicQuestion(Topic.WAITING)),
        ("Was wartet auf mich?", TopicQuestion(Topic.WAITING)),
        ("What did you do today?", TopicQuestion(Topic.DONE, 24)),
        ("What did you do?", TopicQuestion(Topic.DONE)),
        ("What have you fixed this week?", TopicQuestion(Topic.DONE, 168)),
        ("What happened last night", ChangesQuestion(None, 24)),
        ("Was hast du heute gemacht?", TopicQuestion(Topic.DONE, 24)),
        ("Was ist gestern passiert?", ChangesQuestion(None, 48)),
        ("What is wrong with Radarr?", TargetQuestion(target("Radarr"))),
        ("Is Radarr fine now?", TargetQuestion(target("Radarr"))),
        ("what\N{RIGHT SINGLE QUOTATION MARK}s up with radarr 4K", TargetQuestion(target("Radarr 4K"))),
        ("How is AdGuard Home doing?", TargetQuestion(target("AdGuard Home", "container"))),
        ("Was ist mit Proxmox los?", TargetQuestion(target("Proxmox"))),
        ("Läuft Radarr wieder?", TargetQuestion(target("Radarr"))),
        ("How much quota is left?", TopicQuestion(Topic.QUOTA)),
        ("Wie viele Anfragen sind noch übrig?", TopicQuestion(Topic.QUOTA)),
        ("Restart Radarr", None),
        ("please give radarr more memory", None),
        ("Tell me a joke", None),
        ("What is the capital of France?", None),
        ("", None),
    ],
)
def test_a_question_is_recognised(text: str, expected: Meaning | None) -> None:
    found = meaning_of(text, NAMED_TARGETS)
    assert found == expected if expected is not None else isinstance(found, OpenText)


@given(st.text(max_size=300))
def test_any_text_is_accepted(text: str) -> None:
    found = meaning_of(text, NAMED_TARGETS)
    assert not isinstance(found, TargetQuestion) or found.target in [one.target for one in NAMED_TARGETS]
