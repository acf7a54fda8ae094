"""Recognizes a person by what a household asks or says about somebody, in five languages."""

import re
from typing import Final

_NEAR: Final = 24
_ASKING: Final = re.compile(
    r"(?:\b(?:can|may|should|does|did|has|is|was|give|let|why does|when did|darf|kann|soll|hat|ist|war|mag"
    r"|kan|moet"
    r"|heeft|peut|doit|puede|debe|tiene|está|ha))\s\Z",
    re.IGNORECASE,
)
_OF_PEOPLE: Final = re.compile(
    r"(?:[ -](?:[\w'\u2019]{1,12}[ -]){0,4}?)(?:see|watch|allowed|access|accounts?|admin|role|cameras?"
    r"|camera's|kameras?"
    r"|cámaras?|caméras?|zugriff|zugang|acceso|accès|toegang|konto|compte|cuenta|alarm|alarma|alarme"
    r"|garage|garaje"
    r"|photos?|foto's|fotos?|log in|logged in|angemeldet|home|asleep|awake|hause|thuis|casa|maison"
    r"|neu starten"
    r"|up so late|the (?:vpn|wifi|tablet|printer)|restart the)\b",
    re.IGNORECASE,
)
_DOES: Final = re.compile(
    r" (?:has no access|has an appointment|is (?:late|ill|sick|asleep|at school|home)|llega tarde"
    r"|está enferm[oa]"
    r"|est malade|ist krank|is ziek|runs every (?:morning|day)"
    r"|plays|watches|reads|spielt|schaut|guckt|liest|joue|regarde|juega|speelt|kijkt"
    r"|(?:installed|updated|restarted|rebooted|fixed|lost|broke|deleted|changed|unplugged) (?:the|his|her"
    r"|a|an|[A-Z])"
    r"|(?:hat|a|ha|heeft) (?:den|die|das|la|le|el|de|het|l[ea]s|los|seine?|ihre?|sa|son|su|zijn|haar)\b)",
)


def is_of_household(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is asked about, or does something, as a person of a household."""
    if _DOES.match(text, end):
        return True
    before = text[max(0, start - _NEAR) : start]
    return _ASKING.search(before) is not None and _OF_PEOPLE.match(text, end) is not None
