"""A program that only another one reports on: "how many streams does Plex have" beside Tautulli alone."""

import pytest

from rig.question_instances import Made
from rig.question_lab import QuestionLab

from .test_reading_answers import answer


def without_plex() -> QuestionLab:
    lab = QuestionLab()
    lab.remove_instance("plex")
    lab.add_instance(Made("tautulli", "Tautulli", {"streams": 3, "viewers": 2, "connected": True}))
    return lab


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "is Plex running", "Plex itself is not known here. Ask about Tautulli"),
        ("en", "how many streams does Plex have", "Plex itself is not known here. Ask about Tautulli"),
        ("en", "restart Plex", "Plex itself is not known here."),
        ("de", "Läuft hier ein Plex-Server?", "Plex selbst ist hier nicht bekannt. Frage nach Tautulli"),
        ("fr", "Plex fonctionne ?", "Plex n"),
        ("es", "¿Hay un Plex en esta casa?", "Plex no se conoce aquí."),
        ("nl", "Is er hier een Plex-server?", "Plex zelf is hier niet bekend."),
    ],
)
async def test_what_reports_on_it_is_named(language: str, text: str, expected: str) -> None:
    assert (await answer(text, without_plex(), language=language)).startswith(expected)


async def test_a_program_that_is_known_is_asked_itself() -> None:
    lab = QuestionLab()
    lab.add_instance(Made("tautulli", "Tautulli", {"streams": 3}))
    assert (await answer("how many streams does Plex have", lab)).startswith("Plex: Streams 2")


async def test_a_program_on_which_nothing_reports_stays_unknown() -> None:
    assert (await answer("is Emby running", without_plex())).startswith("I do not know anything called Emby.")
