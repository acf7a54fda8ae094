"""Recognizes full names of public people in lines that are not about somebody known in person."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from .people_words import KIN

_FILE: Final = Path(__file__).with_name("public_people.txt")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_IN_PERSON_TEXT: Final = (
    "account login phone tel mobile email mail dear appointment meeting lives live live address call "
    "called calls "
    "ticket user guest tenant patient customer invoice parcel name am im birthday laptop tablet konto "
    "anmeldung telefon handy liebe lieber termin wohnt adresse ruf kunde rechnung paket heiße bin geburtstag "
    "compte téléphone rendez habite facture colis appelle suis anniversaire cuenta teléfono móvil cita vive "
    "dirección factura paquete llamo soy cumpleaños telefoon afspraak woont adres factuur pakket heet ben "
    "verjaardag told asked says said wants my our ik ich mein meine unser unsere mijn onze mon ma notre mi "
    "nuestro"
)
_IN_PERSON: Final = KIN.union(_IN_PERSON_TEXT.split()) - {"man", "ex", "me", "mi", "coach"}
"""Words in a line about people who are known in person."""


@cache
def _by_word() -> Mapping[str, tuple[str, ...]]:
    """Return the names in lower case by each of their words; they are read at the first use."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    names = [one.casefold() for line in lines if not line.startswith("#") for one in line.split("|")]
    found: dict[str, list[str]] = {}
    for name in names:
        for word in name.split():
            found.setdefault(word, []).append(name)
    return {word: tuple(listed) for word, listed in found.items()}


def is_of_public_person(line: str, start: int, end: int) -> bool:
    """Return whether ``line[start:end]`` is a part of the full name of a public person.

    False if ``line`` is about somebody who is known in person.
    """
    words = line[start:end].casefold().split()
    names = _by_word().get(words[-1]) if words else None
    if not names:
        return False
    plain = line.casefold()
    return any(_covers(plain, name, start, end) for name in names) and not _is_in_person(plain)


def _covers(line: str, name: str, start: int, end: int) -> bool:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w|['\u2019]s\b)", line[max(0, start - len(name)) :])
    first = max(0, start - len(name)) + found.start() if found else end
    return first <= start and end <= first + len(name)


def _is_in_person(line: str) -> bool:
    return "@" in line or not _IN_PERSON.isdisjoint(_WORDS.findall(line))
