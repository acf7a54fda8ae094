"""Answers that claim a change are detected."""

import pytest

from steward.conversation.model_answers import claims_a_change


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
