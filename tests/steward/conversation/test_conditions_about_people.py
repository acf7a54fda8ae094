"""Conditions about people that Home Assistant does not tell: they are never left out of a request."""

from typing import Final

import pytest

from rig.conversation_rig import question, text_of
from rig.question_lab import QuestionLab
from rig.recognition_rig import sentences

SAID: Final = {
    "en": (
        "Restart Radarr when the kids are gone",
        "When all the kids are gone, restart Radarr",
        "Restart Radarr if the kids are not home",
        "Restart Radarr as soon as my children are at school",
        "Restart Radarr, but only when the kids are out of the house",
    ),
    "de": (
        "Starte Radarr neu, wenn die Kinder weg sind",
        "Starte Radarr neu, wenn alle Kinder weg sind",
        "Als alle Kinder weg sind, starte Radarr neu",
        "Sobald die Kinder aus dem Haus sind, starte Radarr neu",
    ),
    "fr": (
        "Redémarre Radarr quand les enfants sont partis",
        "Quand tous les enfants sont partis, redémarre Radarr",
        "Redémarre Radarr si les enfants ne sont pas là",
    ),
    "es": (
        "Reinicia Radarr cuando los niños se hayan ido",
        "Cuando todos los niños estén fuera, reinicia Radarr",
        "Reinicia Radarr si los niños no están en casa",
    ),
    "nl": (
        "Herstart Radarr als de kinderen weg zijn",
        "Als alle kinderen weg zijn, herstart Radarr",
        "Herstart Radarr wanneer de kids niet thuis zijn",
    ),
}
PLAIN: Final = {
    "en": "Restart Radarr",
    "de": "Starte Radarr neu",
    "fr": "Redémarre Radarr",
    "es": "Reinicia Radarr",
    "nl": "Herstart Radarr",
}


@pytest.mark.parametrize("language", SAID)
async def test_a_request_that_depends_on_the_children_is_refused(language: str) -> None:
    lab = QuestionLab()
    for number, text in enumerate(SAID[language]):
        asked = question(text, language=language, conversation_id=f"c{number}")
        answer = text_of([piece async for piece in lab.conversation(sentences()).ask(asked)])
        assert answer
        assert (lab.requested, lab.planned) == ([], []), text
    plain = question(PLAIN[language], language=language)
    assert [piece async for piece in lab.conversation(sentences()).ask(plain)]
    assert [one.action for one in lab.requested] == ["restart"]
