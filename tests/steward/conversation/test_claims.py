"""Answers that claim a change are detected."""

import pytest

from steward.conversation.model_answers import claims_a_change, claims_a_state


@pytest.mark.parametrize(
    "text",
    [
        "I have restarted Radarr for you.",
        "I restarted it.",
        "I've just increased the memory to 3 GiB.",
        "I will restart the container.",
        "I'm restarting Radarr now.",
        "Radarr has been successfully restarted.",
        "The memory has been increased.",
        "Done! Everything works.",
        "Ich habe Radarr neu gestartet.",
        "Ich werde den Container stoppen.",
        "Radarr wurde neu gestartet.",
        "Erledigt.",
    ],
)
def test_a_claim_is_detected(text: str) -> None:
    assert claims_a_change(text)


@pytest.mark.parametrize(
    "text",
    [
        "Radarr is fine.",
        "The queue holds two films.",
        "I do not know.",
        "You could restart Radarr.",
        "Radarr läuft seit drei Tagen.",
        "It uses 95 % of its memory.",
    ],
)
def test_another_answer_is_not_a_claim(text: str) -> None:
    assert not claims_a_change(text)


@pytest.mark.parametrize(
    ("question", "answer", "claims"),
    [
        ("Is my NAS online?", "Yes, it is online.", True),
        ("Does the printer work?", "It works.", True),
        ("Läuft bei mir ein Mailserver?", "Ja.", True),
        ("Is my NAS online?", "I do not know.", False),
        ("Is my NAS online?", "Which one do you mean?", False),
        ("Läuft bei mir ein Mailserver?", "Das weiß ich nicht.", False),
        ("Is ZFS a good idea?", "Yes.", False),
        ("Why is the sky blue?", "It is up there.", False),
        ("Is the box with my films alive?", "It is.", True),
        ("How is everything doing?", "Everything is good.", True),
        ("Wie geht es meinem Server?", "Gut.", True),
        ("Tell me about Radarr", "Radarr is still running.", True),
        ("Tell me about Radarr", "It looks healthy.", True),
        ("And my films?", "Both seem to be fine: Radarr is up and running.", True),
        ("Erzähl mir von Radarr", "Radarr ist derzeit erreichbar.", True),
        ("Erzähl mir von Radarr", "Radarr läuft einwandfrei.", True),
        ("film box status?", "Good.", True),
        ("Was macht die Filmkiste?", "Es läuft alles.", True),
        ("Was macht die Filmkiste?", "Alles in Ordnung.", True),
        ("And my films?", "All good.", True),
        ("Tell me about Radarr", "It manages films.", False),
        ("Tell me about Radarr", "I cannot tell whether it is running.", False),
        ("Erzähl mir von Radarr", "Radarr verwaltet Filme.", False),
    ],
)
def test_a_claim_about_a_state_is_detected(question: str, answer: str, *, claims: bool) -> None:
    assert claims_a_state(question, answer) is claims
