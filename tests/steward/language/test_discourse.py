"""Greetings, courtesy and reasons are left out; a time or a condition never is."""

from itertools import product

import pytest

from rig.recognition_rig import matchers
from steward.language.discourse import without_discourse

RICH = [
    ("en", "Good morning! Would you be so kind as to let me know how full tank is?", "how full tank is?"),
    ("en", "Hi, do you happen to know which disk is the warmest, please?", "which disk is the warmest"),
    ("en", "If it is not too much trouble, restart Radarr, because it has been slow.", "restart Radarr"),
    ("en", "When you have a moment, restart Lidarr, since it hangs all day", "restart Lidarr"),
    ("en", "Would it be possible for you to restart Radarr", "restart Radarr"),
    ("en", "Before I go to bed I'd like to know whether all is well", "whether all is well"),
    ("en", "Since Sonarr has been acting up, please restart it", "restart it"),
    ("de", "Guten Tag, könntest du mir bitte sagen, wie warm sda ist?", "wie warm sda ist?"),
    ("de", "Wärst du so nett, mir zu verraten, wie voll tank ist?", "wie voll tank ist?"),
    ("de", "Sonarr neu starten, weil es seit gestern hängt. Vielen Dank!", "Sonarr neu starten"),
    ("de", "Da ich morgen verreise, möchte ich wissen, wie alt das Backup ist", "wie alt das Backup ist"),
    ("fr", "Bonjour, pourriez-vous me dire, s'il vous plaît, quelle heure il est", "quelle heure il est"),
    ("fr", "Redémarre Radarr, si cela ne vous dérange pas, car il est lent", "Redémarre Radarr"),
    ("es", "Buenos días, ¿me podría decir, por favor, cómo está Radarr?", "cómo está Radarr?"),
    ("es", "Cuando le venga bien, reinicie Radarr, ya que va muy lento.", "reinicie Radarr"),
    ("nl", "Goedemorgen, zou je me alsjeblieft kunnen vertellen hoe vol tank is?", "hoe vol tank is?"),
    ("en", "Would you mind telling me how full tank is?", "how full tank is?"),
    ("en", "It would be really kind if you could restart Radarr", "restart Radarr"),
    ("en", "Sorry to trouble you again, but may I ask how full tank is", "how full tank is"),
    ("en", "Everything is fine, isn't it?", "Everything is fine"),
    ("en", "How hot is it?", "How hot is it?"),
    ("de", "Ich wollte nur kurz nachfragen, wie warm sda ist", "wie warm sda ist"),
    ("de", "Mich würde ja mal interessieren, wie voll tank ist", "wie voll tank ist"),
    ("fr", "Est-ce que tu pourrais me rappeler comment va Radarr", "comment va Radarr"),
    ("fr", "J'aimerais bien savoir comment va Radarr", "comment va Radarr"),
    ("es", "Quería preguntarte cómo está Radarr", "cómo está Radarr"),
    ("nl", "Ik vroeg me af hoe vol tank is", "hoe vol tank is"),
    ("en", "I hope you are well, restart Radarr", "restart Radarr"),
    ("en", "Reboot Sonarr. It hangs again.", "Reboot Sonarr"),
    ("en", "Sorry for repeating myself, but how full is tank?", "how full is tank?"),
    ("fr", "Je vous prie de stopper Lidarr", "stopper Lidarr"),
    ("de", "Könntest du mir aufzählen, welche VMs laufen?", "welche VMs laufen?"),
    ("en", "Reboot Sonarr, it seems broken and very slow", "Reboot Sonarr"),
    ("en", "Is Sonarr up? It feels laggy.", "Is Sonarr up?"),
    ("de", "Kannst du Lidarr stoppen? Der spinnt dauernd.", "Kannst du Lidarr stoppen?"),
    ("fr", "Arrête Lidarr, elle rame encore", "Arrête Lidarr"),
    ("es", "Para Lidarr. Está muy lento.", "Para Lidarr"),
    ("nl", "Stop Lidarr, hij loopt vast", "Stop Lidarr"),
    ("nl", "Wil je alsjeblieft Sonarr herstarten, als dat niet te lastig is?", "Sonarr herstarten"),
]


@pytest.mark.parametrize(("language", "text", "expected"), RICH)
def test_what_says_nothing_is_left_out(language: str, text: str, expected: str) -> None:
    assert without_discourse(text, matchers(language)[0]) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Restart Radarr when nobody is streaming"),
        ("en", "Restart Radarr, because it is slow, tonight at 3"),
        ("en", "Restart Radarr because it is slow when somebody is watching"),
        ("en", "Restart Radarr because the backup ends at 3 pm"),
        ("en", "tell me when Radarr is up again"),
        ("en", "would you be so kind as to tell me when Radarr is up again"),
        ("en", "I hope you wait until nobody is watching, restart Radarr"),
        ("en", "My wife wants it to be quiet, restart Radarr"),
        ("en", "Make sure nobody is watching, restart Radarr"),
        ("en", "Restart Radarr, it is quiet until tonight"),
        ("en", "Restart Radarr. It hangs if somebody watches."),
        ("en", "Restart Radarr, it is fine to wait"),
        ("en", "Restart Radarr, it crashes at 5"),
        ("de", "Starte Radarr neu, er hängt nach dem Backup"),
        ("es", "Reinicia Radarr, no"),
        ("en", "let me know once the backup is done"),
        ("en", "Restart Radarr as soon as everybody has left"),
        ("en", "Hello"),
        ("en", "When I get home, restart Radarr"),
        ("en", "Restart Radarr before I go to bed"),
        ("de", "Starte Radarr neu, bevor ich ins Bett gehe"),
        ("en", "Given that nobody is streaming, restart Radarr"),
        ("fr", "Quand je serai rentré, redémarre Radarr"),
        ("es", "Cuando llegue a casa, reinicia Radarr"),
        ("en", "Since yesterday evening, what changed?"),
        ("de", "Starte Radarr neu, sobald niemand schaut"),
        ("de", "Sag mir, wenn Radarr wieder läuft"),
        ("fr", "Redémarre Radarr quand personne ne regarde"),
        ("es", "Reinicia Radarr cuando todos estén durmiendo"),
        ("nl", "Herstart Radarr zodra niemand kijkt"),
    ],
)
def test_what_limits_a_request_stays(language: str, text: str) -> None:
    found = without_discourse(text, matchers(language)[0])
    assert found in (text, text.replace(", because it is slow", ""))


LIMITS = {
    "en": ("tonight at 3", "when nobody is streaming", "if Plex is down", "but not Sonarr", "every Sunday"),
    "de": ("heute Nacht um 3", "wenn niemand streamt", "falls Plex aus ist", "aber nicht Sonarr"),
    "fr": ("cette nuit à 3h", "quand personne ne regarde", "sauf Sonarr"),
    "es": ("esta noche a las 3", "cuando nadie esté viendo", "pero no Sonarr"),
    "nl": ("vannacht om 3 uur", "als niemand kijkt", "maar niet Sonarr"),
}
AROUND = {
    "en": ("Good morning, would you be so kind as to restart Radarr {}, please", "Restart Radarr {}, thanks"),
    "de": ("Guten Morgen, wärst du so nett und starte Radarr neu {}, danke", "Starte Radarr neu, {}, bitte"),
    "fr": ("Bonjour, redémarre Radarr {}, merci beaucoup", "S'il te plaît redémarre Radarr, {}"),
    "es": ("Hola, reinicia Radarr {}, muchas gracias", "Reinicia Radarr, {}, si no te importa"),
    "nl": ("Hallo, herstart Radarr {}, alvast bedankt", "Herstart Radarr, {}, als dat mag"),
}


@pytest.mark.parametrize(
    ("language", "limit", "around"),
    [(one, limit, text) for one in LIMITS for limit, text in product(LIMITS[one], AROUND[one])],
)
def test_a_limit_stays_between_courtesies(language: str, limit: str, around: str) -> None:
    assert limit in without_discourse(around.format(limit), matchers(language)[0])
