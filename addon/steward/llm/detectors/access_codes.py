"""Codes of doors, alarms, and safes in sentences without the word "code": "the gate takes 2468"."""

import re
from collections.abc import Iterator
from typing import Final

from .detector import Span, is_machine_text

_I: Final = re.IGNORECASE
_OF_HOME: Final = (
    r"(?:of|van|vom|von|de|du|del)[ ](?:(?:the|de|het|der|dem|la|le|el|our|ons|onze)[ ]|l['\u2019])?"
    r"(?:\w{0,12}(?:yard|garden|garage|driveway|house|tuin|oprit|schuur|huis|garten|hof|haus)|jardin|cour"
    r"|maison|jardín|patio|casa)\b"
)
_PLACE: Final = re.compile(
    r"\b(?:alarm(?:e|a|s|anlage|panel)?|safe|key ?safe|tresor|kluis(?:je)?|coffre(?:-fort)?|caja fuerte"
    r"|key ?pad"
    r"|tastenfeld|clavier|teclado|toetsenpaneel|(?:pad|combination |bike |door |chain )lock|lock ?box"
    r"|key ?box|schlüssel(?:box|kasten|tresor)|sleutelkluis|boîte à clés|cadenas|candado|hangslot"
    r"|(?:\w{2,12}-?)?schloss|serrure|cerradura|(?:front |back |side |garden |garage )?(?:gate|door)"
    r"|garage|shed|intercom|portail|portón|(?:de |het )poort(?:je)?|tuinpoort"
    # Without an article it can be a port of the network.
    rf"|poort(?=[ ]\d{{4,8}}[ ]{_OF_HOME})|(?:\w{{2,12}})?tür|(?:garagen"
    r"|hof|garten)?tor|porte"
    r"|puerta|(?:\w{2,12})?deur|digicode|hek|barrier|schranke|lift|elevator|keycode|visaphone|visiophone"
    r"|bitlocker|sim|(?:opens?|unlocks?|öffnet|geht auf|entsperrt|s['\u2019]ouvre|se abre|opent) (?:with"
    r"|mit|met|avec|con)|disarm(?:ed)?|unlock(?:ed)?|verify|verification|confirm your|entsperr\w*"
    r"|voice ?mail|mailbox|lockers?|spind|casier|casillero|taquilla|briefkasten|brievenbus|buzón"
    r"|boîte aux lettres|trastero"
    r"|freischalt\w*|bestätig\w*|vérifi\w*|verifi[ce]\w*|désarm\w*|desarm\w*|desactiva\w*|deactivate|sign "
    r"in|log in|setup code|pairing code|paypal|google)\b",
    _I,
)
_VALUE: Final = re.compile(
    r"(?<![\w.,:/#+€$%=-])(?P<value>\d{4,8}[#*]?|\d{1,2}(?:[ ]?-[ ]?\d{1,2}){2,6}|\d{1,2}(?:[ ]\d{1,2}){2,6}"
    r"|\d{2,3}[ ]\d{2,3}|\d{1,2}[ ](?:right|left|rechts|links|à droite|à gauche|derecha"
    r"|izquierda)(?:,?[ ]\d{1,2}"
    r"(?:[ ](?:right|left|rechts|links|à droite|à gauche|derecha|izquierda))?){1,4}"
    r"|(?=[A-Z]{0,2}\d)(?=\d*[A-Z])[A-Z\d]{4,6})(?![\w%:/-]|[.,]\d)"
)
_LOCK: Final = re.compile(
    r"\b(?:padlock|(?:combination|number|bike|dial) ?lock|suitcase|combination|(?:zahlen|vorhänge|fahrrad"
    r"|bügel)schloss|koffer"
    r"|lockers?|spind|schließfach|kluisje|casier|taquilla"
    r"|kombination|cijferslot|hangslot|fietsslot|combinatie|cadenas|antivol|valise|combinaison|candado"
    r"|maleta|combinación)\b",
    _I,
)
_SHORT_VALUE: Final = re.compile(r"(?<![\w.,:/#+€$%=-])(?P<value>\d{3})(?![\w%:/-]|[.,]\d)")
"""Locks with dials have codes of three digits."""

_ENDS: Final = re.compile(
    r"[ ]?(?:[.,;!)\n]|\Z)|[ ](?:for|to|at the|on the|then|and|until|till|now|please|plus|followed|is|works?"
    r"|opens?|ok|if|when|in the|dann|und|für|bis|jetzt|bitte|geht|ist|ein|an der|am|en|voor|om|tot|nu|aan"
    r"|bij|in"
    r"|puis|et|pour|jusqu|sur|maintenant|y|para|hasta|ahora|luego|después|#|\*|hash|star|raute|stern|étoile"
    r"|dièse|almohadilla|hekje|sterretje|\()"
    rf"|[ ]{_OF_HOME}",
    _I,
)
_NOT_BEFORE: Final = re.compile(
    r"\b(?:at|since|around|before|after|until|about|over|under|every|only|error|port|version|model|type|nr|no"
    r"|number|channel|line|year|in|from|seit|gegen|um|ab|vor|nach|alle|fehler|modell|seit|typ|om|vanaf"
    r"|sinds|fout"
    r"|à|vers|depuis|erreur|modèle|desde|sobre|las|los|hace|error|modelo|gpio|vlan|zone|code d['\u2019]erreur"
    r"|firmware|build|id|job|vm|ct|lxc|event|ticket|issue|case|order|invoice|rpm|ist|sensor|exit"
    r"|status)[ ]\Z",
    _I,
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_LABEL: Final = re.compile(r"^[ \t]*[\w-]{1,30}:[ ](?=\S)")
"""The label of a note, as in ``cabin: padlock 805``."""
_WIDEST: Final = 60
_REMEMBERED: Final = re.compile(
    r"(?:\b(?:again|oh|ah|wait|nochmal|noch mal|ach|stimmt|encore|déjà|alweer|o ja|otra vez|claro)\b"
    r"|\.\.|[?\u2026])"
    r"[ ,.\u2026?!:]{1,6}(?:(?:ah|oh|ach|yes|ja|oui|sí|wait|it['\u2019]?s|it was|das war|c['\u2019]était"
    r"|era|het was)[ ,]{1,2})"
    r"{0,3}(?P<value>(?!(?:19|20)\d\d\b)\d{4,6})(?![\w%:/-]|[.,]\d)",
    _I,
)
"""A code that somebody remembers, with other words behind it."""


def find_access_codes(text: str) -> Iterator[Span]:
    """Yield the codes near the name of a door, an alarm, or a safe. Takes linear time."""
    if not any(one.isdigit() for one in text):
        return
    at = 0
    for line in text.splitlines(keepends=True):
        if not is_machine_text(_LABEL.sub("", line, count=1)):
            if (place := _PLACE.search(line)) and (code := _REMEMBERED.search(line, place.end())):
                start, end = code.span("value")
                yield Span(start=at + start, end=at + end, label="PIN", is_secret=True)
            for names, values in ((_PLACE, _VALUE), (_LOCK, _SHORT_VALUE)):
                places = list(names.finditer(line))
                for value in values.finditer(line) if places else ():
                    if _is_code(line, value, places):
                        start, end = at + value.start(), at + value.end()
                        yield Span(start=start, end=end, label="PIN", is_secret=True)
        at += len(line)


def _is_code(line: str, value: re.Match[str], places: list[re.Match[str]]) -> bool:
    if not _ENDS.match(line, value.end()) or _NOT_BEFORE.search(line, 0, value.start()):
        return False
    gaps = [
        value.start() - one.end() if one.end() <= value.start() else one.start() - value.end()
        for one in places
    ]
    nearest = min(gaps)
    is_date = _YEAR.fullmatch(value["value"]) is not None
    return 0 <= nearest <= (2 if is_date else _WIDEST)
