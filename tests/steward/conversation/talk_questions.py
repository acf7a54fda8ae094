"""Forty things that an owner, a child, and a guest ask, in two languages, spoken and written."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One conversation of one person. ``user_id`` is their user in Home Assistant."""

    title: str
    user_id: str
    language: str
    spoken: bool
    questions: tuple[str, ...]


OWNER: Final = "1"
CHILD: Final = "2"
GUEST: Final = "3"

TALKS: Final = (
    Talk(
        title="The owner, written, English",
        user_id=OWNER,
        language="en",
        spoken=False,
        questions=(
            "Is everything OK?",
            "Which container uses the most memory?",
            "And the least?",
            "How much memory do paperless and adguard use?",
            "Is radarr's memory over 80 %?",
            "Which certificates expire in less than 30 days?",
            "How old are my backups?",
            "What changed this week?",
            "Who is watching?",
            "Was Sonarr down last night?",
        ),
    ),
    Talk(
        title="The owner, spoken, German",
        user_id=OWNER,
        language="de",
        spoken=True,
        questions=(
            "Geht alles?",
            "Welche Platte ist am wärmsten?",
            "Ist sdb heißer als 40 Grad?",
            "Welche Version hat Sonarr?",
            "und Plex?",
            "Wie voll ist tank?",
            "Was wartet auf mich?",
            "Gibt es Updates?",
        ),
    ),
    Talk(
        title="A child, spoken, English",
        user_id=CHILD,
        language="en",
        spoken=True,
        questions=(
            "is plex broken",
            "who is watching",
            "can I watch something on plex",
            "is minecraft running",
            "restart radarr",
            "how many films are missing in radarr",
            "why is the sky blue",
        ),
    ),
    Talk(
        title="A child, written, German",
        user_id=CHILD,
        language="de",
        spoken=False,
        questions=(
            "Ist was kaputt?",
            "Geht Plex?",
            "Läuft Fortnite?",
            "Kannst du Radarr neu starten?",
            "Wie viele Leute schauen Plex?",
        ),
    ),
    Talk(
        title="A guest, written, English",
        user_id=GUEST,
        language="en",
        spoken=False,
        questions=(
            "What can I ask you?",
            "Do you have Emby here?",
            "Is Plex available today?",
            "What was sent to the cloud about me?",
            "How many access points are online?",
        ),
    ),
    Talk(
        title="A guest, spoken, German",
        user_id=GUEST,
        language="de",
        spoken=True,
        questions=(
            "Läuft bei euch alles?",
            "Wer schaut gerade?",
            "Ist Plax da?",
            "ja",
            "Warum regnet es?",
        ),
    ),
)
