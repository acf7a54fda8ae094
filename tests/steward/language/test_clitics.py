"""Pronouns before a verb, or at its end, are put behind it; an article stays where it is."""

import pytest

from rig.recognition_rig import matchers
from steward.language.clitics import with_pronouns_after_verbs


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "tu peux le redémarrer ?", "tu peux redémarrer le ?"),
        ("fr", "La relancer, ce serait bien", "relancer la, ce serait bien"),
        ("fr", "je veux l'arrêter à 3 h", "je veux arrêter le à 3 h"),
        ("fr", "il faudrait bientôt le vite relancer", "il faudrait bientôt vite relancer le"),
        ("fr", "redémarre-le", "redémarre-le"),
        ("fr", "redémarre le serveur", "redémarre le serveur"),
        ("fr", "la sauvegarde de Radarr", "la sauvegarde de Radarr"),
        ("fr", "ne le redémarre pas", "ne le redémarre pas"),
        ("es", "¿Lo puedes reiniciar?", "¿puedes reiniciar lo?"),
        ("es", "me la reinicias", "reinicias la"),
        ("es", "Reinícialo ya", "reinicia lo ya"),
        ("es", "¿puedes actualizármela?", "¿puedes actualizar la?"),
        ("es", "vuélvelo a reiniciar", "vuelve a reiniciar lo"),
        ("es", "¿lo puedes volver a reiniciar?", "¿puedes volver a reiniciar lo?"),
        ("es", "deténlo ya", "detén lo ya"),
        ("es", "apágalos", "apágalos"),
        ("es", "la cola de Radarr", "la cola de Radarr"),
        ("es", "apaga la luz", "apaga la luz"),
        ("en", "restart it", "restart it"),
        ("de", "starte ihn neu", "starte ihn neu"),
    ],
)
def test_pronouns_and_verbs(language: str, text: str, expected: str) -> None:
    assert with_pronouns_after_verbs(text, matchers(language)[0]) == expected
