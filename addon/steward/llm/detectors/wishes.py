"""Recognizes what a topic is not: automations for an empty home, and commands that check a system."""

import re
from typing import Final

_NOBODY: Final = re.compile(
    r"\b(?:nobody|no one|noone|everyone|everybody|niemand|keiner|alle|iedereen|personne|tout le monde|nadie"
    r"|todos)\b",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"\b(?:if|when|whenever|once|as soon as|while|unless|wenn|falls|sobald|solange|als|zodra|wanneer|zolang"
    r"|quand|si"
    r"|lorsque|dès que|tant que|s['\u2019]il|cuando|mientras)[ ](?:er[ ]|qu['\u2019]il[ ]|n['\u2019]y[ ]a[ ]"
    r"|no[ ]haya?[ ])?"
    r"(?:nobody|no one|noone|everyone|everybody|niemand|keiner|alle|iedereen|personne|tout le monde|nadie"
    r"|todos)\b",
    re.IGNORECASE,
)
_WISH: Final = re.compile(
    r"\b(?:turn(?:s|ed)?|switch(?:es)?|set|stop|start|notify|lower|close|lock|pause|enable|disable|dim|arm"
    r"|automations?"
    r"|schalte?|soll(?:en)?|stelle?|mach|setze?|senke|fahre?|schließe|automation(?:en)?|zet|doe|sluit"
    r"|moet(?:en)?"
    r"|éteins|éteindre|baisse|ferme|mets|coupe|arrête|apaga|baja|cierra|pon|activa|desactiva|para)\b",
    re.IGNORECASE,
)
_PEOPLE: Final = re.compile(
    r"\b(?:we|we're|i|i'm|my|our|us|he|she|they|wir|ich|unser\w*|mein\w*|er ist|sie ist|wij|ik|ons|onze|mijn"
    r"|nous|je|mon"
    r"|ma|notre|estamos|estoy|mi|nuestr\w+|key|keys|schlüssel|sleutel|clés?|llaves?|code|pin|mat|monday"
    r"|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday|week|weeks|woche|wochen|weken|semaines?|semanas?|until|bis"
    r"|tot"
    r"|jusqu\w*|hasta)\b|\d{1,2}(?::\d\d| ?(?:am|pm|uhr|h)\b)",
    re.IGNORECASE,
)
"""What makes such a line one about somebody, about how to get in, or about when nobody is there."""

_TOOL: Final = re.compile(
    r"\b(?:brew|flutter|npm|expo|wp|cargo|mise|pip|dotnet|chezmoi|volta|elixir|nix|git|kubectl|hermit"
    r"|react-native|yarn"
    r"|pnpm|gh|rails|ionic|mix|doom|emacs|nvim)[ ]`?\Z",
    re.IGNORECASE,
)


def is_no_topic(match: re.Match[str]) -> bool:
    """Return whether a match of a private topic is of an automation, or a command such as ``brew doctor``."""
    text = match.string
    if match.group().lower() == "doctor":
        return _TOOL.search(text, max(0, match.start() - 24), match.start()) is not None
    if _NOBODY.search(match.group()) is None:
        return False
    first = text.rfind("\n", 0, match.start()) + 1
    last = text.find("\n", match.end())
    line = text[first : last if last >= 0 else len(text)]
    found = _CONDITION.search(line)
    return found is not None and _WISH.search(line) is not None and _PEOPLE.search(line) is None
