"""Secrets in sentences, such as "the password of the wifi is Tulip5663"."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from .about_secrets import is_about_secrets, new_value_start
from .announcements import Announcement, find_announcements
from .common_words import is_usual
from .detector import Span, is_machine_text
from .known_words import is_known
from .no_values import is_participle, is_path, is_term
from .secret_values import TAIL, is_made_up, is_mixed, is_no_secret, is_random
from .secret_words import (
    ABBREVIATIONS,
    ACCESS_ENDINGS,
    ACCESS_WORDS,
    API_WORDS,
    NOT_SECRET,
    POSSESSIVES,
    USER_WORDS,
    WIFI_WORDS,
    SecretKind,
)

_I: Final = re.IGNORECASE

_WORD: Final = re.compile(r"[^\W\d_]+")
_WIDEST: Final = 90
_END_OF_SENTENCE: Final = re.compile(r"[\n?!{}\]|]|\.(?=\s|\Z)|\",")
_MOST_LINKS: Final = 4
_ADVERBS: Final = (
    r"(?:(?:now|still|just|currently|simply|again|set to|supposed to be|going to be|always|immer noch|immer"
    r"|altijd|noch immer|noch|jetzt"
    r"|nun|aktuell|weiterhin|nog steeds|nog altijd|nog|nu|gewoon|toujours|encore|maintenant|todavía|ahora"
    r"|siempre|nun|ju):?[ \t]{1,3}){0,2}"
)
_LINKS: Final = re.compile(
    r"(?P<strong>\b(?:is|was|are|were|be|being|becomes?|became|turned into|stays|remains|reads|ist|lautet"
    r"|lautete|heißt|heisst|war|bleibt|est|était"
    r"|reste|sera|es|era|será|sigue siendo|è|é|to jest|är|luidt|blijft|heet)\b:?[ \t]{1,3}"
    r"|\b(?:again|nochmal|noch mal|weer|encore|otra vez)[,:?][ ]|(?:,|;|[ ]-)[ ](?:now|jetzt|nu|maintenant"
    r"|ahora|neu|new):?[ ]|\bto be[ \t]{1,3}|\bc['\u2019](?:est|était)[ \t]{1,3}"
    rf"|[ \t]{{0,2}}(?:[:=]|=?->|=>|[→➜➔⇒»])[ \t]{{1,3}}){_ADVERBS}"
    rf"|(?P<weak>\b(?:to|with|zu|auf|mit|naar|from|von|van|as|als|op|in|en|à|a|por|como|par|comme|pour"
    rf"|para)[ \t]{{1,3}}){_ADVERBS}",
    _I,
)
_CHANGE: Final = re.compile(
    r"\b(?:chang|sets?\b|reset|updat|switch|made\b|put\b|geänder|änder|setz|gesetzt|stell|gestellt|verander"
    r"|gewijzigd|wijzig|zet|gezet|ingesteld|mis\b|mets\b|modifi|cambi|puesto|puse|pon\b|turned out)",
    _I,
)
_QUESTION: Final = re.compile(
    r"\b(?:how|where|why|which|should|wie|wo|warum|wieso|hoe|waar|waarom|comment|où|pourquoi|cómo|dónde|por "
    r"qué)\b",
    _I,
)
_QUESTION_WORD: Final = re.compile(r",[ ]was[ ]\Z", _I)
"""German ``was`` is not a link."""
_OPINION: Final = re.compile(
    r"[ ][^,;:]{6,60},[ ](?:das|was|which|that|wat|dat|ce qui|c['\u2019]|lo que|que|es|and it|und es)[ ]?\Z",
    _I,
)
"""A clause about the whole sentence: ``the password expires every month, which is tedious``."""

_OR: Final = (" or ", " oder ", " ou ", " of ")
"""Words after which another question begins: ``a password or is a key enough``."""

_END_OF_CLAUSE: Final = re.compile(r"[ ]?(?:[.,;!)]|$)", re.MULTILINE)
_NEXT: Final = re.compile(r"[`*_]{0,3}[ \t]{1,2}|[`*_]{0,3}[ \t]{0,2}(?=[`])")
_ADVERB: Final = re.compile(_ADVERBS, _I)
_NOT_NEXT: Final = frozenset(("key", "secret", "token", "code"))
_WIDEST_TO_SYMBOL: Final = 30
_VALUE: Final = re.compile(
    r"[\"'`“„\u2018«](?P<quoted>[^\"'`”“\u2019»\r\n]{3,200})(?=[\"'`”“\u2019»])|(?P<bare>[^\s\"'`“”„]{3,200})"
)
_PHRASE: Final = re.compile(
    r"[^\s\"'`“”„]{3,60}?(?=[.,;:!?)]*(?:[ \t]|$))"
    r"(?:[ ](?!(?:and|but|can|could|please|und|aber|kannst|en|maar|kun|et|mais|pero|y|so|now|that|which"
    r"|because|for"
    r"|on|on the|if|weil|falls|als|omdat|does|doesn't|works?|since)\b)[^\s\"'`“”„.,;:!?()\[\]|]{1,30}){0,7}",
    _I | re.MULTILINE,
)
"""A password of several words: to the end of its clause."""

_VERSION: Final = re.compile(r"v?\d+(?:[.:/-]\d+)*[.,;:)]?")
_LISTED: Final = re.compile(r"[ ]?[:=][^,\n]{1,60},")
"""A value and a comma, after which the next name of a list follows: ``key: port, minimum: 1024``."""

_CODE: Final = re.compile(
    r"(?<![\w.,:/#-])(?P<value>\d(?:[ -]?\d){3,11}|(?=[A-Z]{0,3}\d)[A-Z\d]{4,8}"
    r"|(?=[A-Z-]{0,8}\d)[A-Z\d]{2,6}(?:-[A-Z\d]{2,6}){1,5})(?![\w%-]|[.,:/]\d)"
)
_ANSWERED_CODE: Final = re.compile(
    r"[^\n?.]{0,60}(?:\?{1,3}|[.!](?=[ ](?:it|its|that|now|new|the new|er|sie|es|neu|elle|il|c|el|la|es"
    r"|het|deze"
    r"|hij)\b))[ \n]{1,60}(?:[^\W\d]{1,10}['\u2019 ]{1,2}){0,4}?(?P<value>\d(?:[ -]?\d){3,7})(?![\w:%/-]"
    r"|[.,]\d)",
    _I,
)
_CODE_BELOW: Final = re.compile(
    r"[^\n\d]{0,30}:[ \t]*\n{1,3}[ \t]*(?P<value>\d{3,8}|\d{2,4}[ -]\d{2,4})[ \t]*(?=\n|\Z)"
)
"""A code in a line of its own."""
_SINGLE_DIGITS: Final = re.compile(r"\d(?:[ ]\d){3,7}")
_WIDEST_TO_CODE: Final = 60
_NO_CODE_BEFORE: Final = re.compile(
    r"\b(?:error|exit|status|return|http|fehler|fout|zip|post|country|erreur|error|estado|area|source|qr"
    r"|bar)\W{0,3}\Z|\bcode d['\u2019]erreur|\bc[oó]digo de error",
    _I,
)
_PIN_BEFORE: Final = re.compile(r"\b(?:gpio|pwm|io|dev|board)\W{0,3}\Z", _I)
_MOST_BEFORE: Final = 60
_NEXT_WORD: Final = 12
_END_OF_CODE: Final = re.compile(
    r"[ ]?(?:[.,;!)\n]|\Z|[ ](?:for|to|voor|om|für|zum|pour|para|now|jetzt|nu|and|und|en|et|y)\b)|[ ](?:for"
    r"|to|voor|für|pour|para)\b"
)
_STATED_CODE: Final = re.compile(
    r"[ ](?:[^\W\d]{2,14}[ ]){0,2}?(?:is|ist|lautet|est|es|:|=|was|war|luidt|sera|será|c['\u2019](?:est"
    r"|était)|said|wants|needs|asks for|sagt|says|dit|dice|zegt)[ ]?:?[ ](?:[^\W\d]{2,8}[ ]){0,2}?|[ ]?:[ ]"
)
_MOST_DIRECT: Final = 3
_OPEN_QUOTE: Final = re.compile(
    r"(?:(?P<element>\b(?:button|link|field|label|page|checkbox|option|knopf|schaltfläche|feld|knop|veld"
    r"|bouton|lien|champ|botón|enlace|campo)[ ])?[\"“„«\u2018])[^\"“”„«»\u2018\u2019\n]*\Z",
    _I,
)
"""What is before an announcement in a quotation; ``element``: the quotation is the text of a page."""
_CLOSING_QUOTE: Final = re.compile(r"[\"“”»\u2019]")
_TRIES: Final = re.compile(
    r"[ ](?:attempts?|tries|times|versuche?|pogingen|essais?|intentos?|minutes?|minuten)\b", _I
)

_MOST_WORDS: Final = 5
_ANSWER: Final = re.compile(
    r"(?:[ ](?:forgotten|vergessen|oublié|olvidad[ao]|vergeten|again|nochmal|weer|encore|otra vez))?"
    r"[ ]?\?{1,3}(?:[ ]{1,60}(?:[AR][:.][ ])?|[ ]*\n[ ]{0,60}(?:\[[^\]\n]{1,40}\][ ])?(?:[^\n:]{1,40}:[ "
    r"])?)(?:(?:that|it)['\u2019]s[ ]|it was[ ]|es war[ ]|das ist[ ]|era[ ]|het was[ ]|dat is[ ]"
    r"|c['\u2019]est[ "
    r"])?(?P<value>[^\s?][^\n?]{2,60}?)[ ]*(?=\n|$)"
)
_MOST_ANSWER_WORDS: Final = 3
_MOST_QUESTION: Final = 40
_FOR_A_THING: Final = re.compile(
    r"(?:[ ](?:for|of|für|fürs|vom|von|ot|od|do|na|till?|per|dla|pentru|voor|van|pour|de|du|para|del|the"
    r"|das|die|den|het|le|la|el)){0,2}[ ]"
    r"(?:wi-?fi|wlan|nas|router|plex|netflix|jellyfin|emby|laptop|pc|e?-?mail|box|tv|printer|drucker|vpn"
    r"|mqtt|proxmox|nextcloud|unifi|synology|spotify|disney|amazon|tablet|admin|root)[ ]",
    _I,
)


def find_stated_secrets(text: str) -> Iterator[Span]:
    """Yield the secrets that the sentence before them announces. Takes linear time."""
    for announcement in find_announcements(text):
        if found := _find_secret(announcement):
            label = "PIN" if announcement.kind in (SecretKind.PIN, SecretKind.CODE) else "PASSWORD"
            yield Span(start=found[0], end=found[1], label=label, is_secret=True)


type _Found = tuple[int, int] | None


def _find_secret(said: Announcement) -> _Found:
    if is_about_secrets(said):
        return None
    if said.kind in (SecretKind.PIN, SecretKind.CODE) and not _is_of_wifi(said):
        return _code(said)
    if (start := new_value_start(said)) is not None:
        return _value(said, start, is_weak=False)
    found = _direct(said) or _linked(said) or _answered(said) or _for_a_thing(said)
    return found if found and not is_no_secret(said.text[found[0] : found[1]]) else None


def _answered(said: Announcement) -> _Found:
    """Return the answer to a short question: ``pw? tulip``."""
    start = said.text.rfind("\n", 0, said.start) + 1
    match = _ANSWER.match(said.text, said.end)
    if not match or said.kind is not SecretKind.PASSWORD or said.start - start > _MOST_QUESTION:
        return None
    words = match["value"].split()
    if (
        len(words) > _MOST_ANSWER_WORDS
        or words[0].strip(TAIL).lower() in NOT_SECRET
        or is_no_secret(match["value"])
    ):
        return None
    return match.span("value")


def _for_a_thing(said: Announcement) -> _Found:
    """Return what follows ``password wifi`` or ``wachtwoord voor de nas`` at the start of a line."""
    start = said.text.rfind("\n", 0, said.start) + 1
    thing = _FOR_A_THING.match(said.text, said.end)
    if not thing or said.kind is not SecretKind.PASSWORD or said.text[start : said.start].strip(" -*"):
        return None
    match = _VALUE.match(said.text, thing.end())
    if not match or not _may_be_secret(match, is_weak=False) or is_participle(match["bare"] or ""):
        return None
    if match["quoted"] is not None:
        return match.span("quoted")
    phrase = _PHRASE.match(said.text, match.start())
    is_line = phrase is not None and said.text[phrase.end() : phrase.end() + 2].strip(" .!") in ("", "\n")
    return (
        phrase.span()
        if phrase is not None and is_line and len(phrase.group().split()) <= _MOST_WORDS
        else None
    )


def _code(said: Announcement) -> _Found:
    """Return the digits after a word for a code of a door, an alarm or a lock."""
    if answer := _CODE_BELOW.match(said.text, said.end) or _ANSWERED_CODE.match(said.text, said.end):
        return answer.span("value")
    end = _end_of_sentence(said, _WIDEST_TO_CODE)
    before = said.text[max(0, said.start - _MOST_BEFORE) : said.start]
    if _NO_CODE_BEFORE.search(before) or _PIN_BEFORE.search(before):
        return None
    match = _CODE.search(said.text, said.end, min(len(said.text), end + 12))
    if not match or match.start() > end or _TRIES.match(said.text, match.end()):
        return None
    if _NO_CODE_BEFORE.search(said.text[said.start : match.start()]):
        return None
    is_compound = said.word not in ("code", "codes") or said.text[said.start - 1 : said.start] == "-"
    near = {*said.before, *(word.lower() for word in _WORD.findall(said.text[said.end : match.start()]))}
    is_stated = _STATED_CODE.fullmatch(said.text, said.end, match.start("value")) is not None
    if (
        is_stated
        and _END_OF_CODE.match(said.text, match.end("value"))
        and not is_machine_text(said.text[: said.end])
    ):
        return match.span("value")
    is_access = not ACCESS_WORDS.isdisjoint(near) or any(word.endswith(ACCESS_ENDINGS) for word in near)
    is_part_number = "-" in match["value"] and not match["value"][0].isdigit()
    is_spoken = _SINGLE_DIGITS.fullmatch(match["value"]) is not None
    return match.span("value") if (is_compound or is_access or is_spoken) and not is_part_number else None


def _end_of_sentence(said: Announcement, widest: int) -> int:
    end = _END_OF_SENTENCE.search(said.text, said.end, said.end + widest)
    return end.start() if end else min(len(said.text), said.end + widest)


def _direct(said: Announcement) -> _Found:
    """Return a value that follows its announcement without a link: ``with password Tulip``."""
    following = _NEXT.match(said.text, said.end)
    following = following and (_ADVERB.match(said.text, following.end()) or following)
    if not following:
        return None
    match = _VALUE.match(said.text, following.end())
    if not match or not _may_be_secret(match, is_weak=False):
        return None
    if match["quoted"] is not None:
        return match.span("quoted") if _may_be_quoted(said, match["quoted"]) else None
    if is_made_up(match["bare"]):
        is_key = said.word not in _NOT_NEXT or _is_of_wifi(said) or is_random(match["bare"])
        return match.span("bare") if is_key else None
    is_link = _LINKS.match(said.text, match.start()) is not None
    is_any_word = said.kind is SecretKind.PASSWORD or _is_of_wifi(said)
    is_password = is_any_word and not is_link and not is_participle(match["bare"])
    return _direct_words(said, match.start()) if is_password else None


def _is_of_wifi(said: Announcement) -> bool:
    """Return whether it is a key of a wireless network or an interface."""
    near = _WORD.findall(said.text[max(0, said.start - _MOST_BEFORE) : said.end + _NEXT_WORD].lower())
    return said.kind in (SecretKind.KEY, SecretKind.CODE) and not WIFI_WORDS.isdisjoint(near)


def _direct_words(said: Announcement, start: int) -> _Found:
    """Return the words of a password without digits that follow its announcement."""
    phrase = _PHRASE.match(said.text, start)
    if phrase is None:
        return None
    words = [word.strip(TAIL) for word in phrase.group().split()]
    is_clause = _END_OF_CLAUSE.match(said.text, phrase.end()) is not None
    if is_participle(words[-1]) and len(words) > 1:
        return None
    is_plain = not any(is_usual(word) or word.lower() in NOT_SECRET for word in words)
    if said.word in ABBREVIATIONS or not USER_WORDS.isdisjoint(said.before):
        is_secret = is_plain or (is_clause and len(words) == 1) or not is_usual(words[0])
    else:
        is_short = len(words) <= _MOST_DIRECT and said.word not in ("pass", "clave")
        is_named = not all(map(is_usual, words)) and NOT_SECRET.isdisjoint(word.lower() for word in words)
        is_secret = is_clause and is_named and is_short
    return phrase.span() if is_secret else None


def _linked(said: Announcement) -> _Found:
    """Return a value after a link such as ``is``, ``:`` or ``changed to``."""
    end = _end_of_sentence(said, _WIDEST)
    for link in islice(_LINKS.finditer(said.text, said.end, end), _MOST_LINKS):
        if link.group().lstrip()[0] in ":=-→" and link.start() - said.end > _WIDEST_TO_SYMBOL:
            continue
        if _QUESTION_WORD.search(said.text, said.end, link.end()) or _is_beside(said, link):
            continue
        is_weak = link["weak"] is not None
        if is_weak and said.word != "pass" and _is_change(said) and not _is_usual_next(said.text, link.end()):
            found = _value(said, link.end(), is_weak=False)
        else:
            found = _value(said, link.end(), is_weak=is_weak)
        if found:
            return found
    return None


def _is_beside(said: Announcement, link: re.Match[str]) -> bool:
    """Return whether a link is about a quotation around the announcement, or says what is thought of it."""
    if said.text[said.end : link.start()].endswith(_OR) or (
        link.group().strip()[0] in ":=" and _LISTED.match(said.text, said.end, link.start())
    ):
        return True
    quotation = _OPEN_QUOTE.search(said.text, max(0, said.start - _MOST_BEFORE), said.start)
    if quotation and _CLOSING_QUOTE.search(said.text, said.end, link.end()):
        value = _WORD.search(said.text, link.end())
        is_word = value is not None and is_known(value.group().lower())
        return "»" in link.group() or quotation["element"] is not None or is_word
    return _OPINION.search(said.text, said.end, link.start()) is not None


def _is_usual_next(text: str, start: int) -> bool:
    word = _WORD.match(text, start)
    return word is not None and is_usual(word.group())


def _is_change(said: Announcement) -> bool:
    """Return whether the sentence says that something changes: ``set the password to``."""
    start = max(said.text.rfind("\n", 0, said.start) + 1, said.start - _MOST_BEFORE)
    if _QUESTION.search(said.text, start, said.start):
        return False
    return _CHANGE.search(said.text, start, _end_of_sentence(said, _WIDEST)) is not None


def _value(said: Announcement, start: int, *, is_weak: bool) -> _Found:
    """Return start and end of a secret; after a weak link it must have digits and letters."""
    match = _VALUE.match(said.text, start)
    if not match or not _may_be_secret(match, is_weak=is_weak):
        return None
    if match["quoted"] is not None:
        return match.span("quoted") if _may_be_quoted(said, match["quoted"]) else None
    if is_weak:
        is_secret = is_mixed(match["bare"]) and is_made_up(match["bare"])
        return match.span("bare") if is_secret else None
    if said.kind is SecretKind.KEY and is_path(match["bare"]):
        return None
    if is_made_up(match["bare"]):
        return match.span("bare")
    near = _WORD.findall(said.text[max(0, said.start - _MOST_BEFORE) : start].lower())
    is_named = said.last in POSSESSIVES or not API_WORDS.isdisjoint(near)
    is_any_word = said.kind is SecretKind.PASSWORD or is_named or _is_of_wifi(said)
    phrase = _phrase(said.text, match.start()) if is_any_word else None
    # nouns such as Spanish "tejado" end like a participle
    is_listed = (
        phrase is not None and " " in said.text[phrase[0] : phrase[1]] and said.text[start - 2] in ":="
    )
    return None if is_participle(match["bare"]) and not is_listed else phrase


def _may_be_quoted(said: Announcement, value: str) -> bool:
    """Return whether a quoted value may be a secret: a key in quotes is often the name of a field."""
    return (
        said.kind is SecretKind.PASSWORD
        or is_mixed(value)
        or value.count("-") > 1
        or said.last in POSSESSIVES
    )


def _may_be_secret(match: re.Match[str], *, is_weak: bool) -> bool:
    value = match["quoted"] or match["bare"]
    first = value.split()[0].strip(TAIL + "([{").lower() if value.split() else ""
    if (
        not first
        or value.startswith(("!", "--"))
        or (is_weak and value.startswith("/"))
        or (value.startswith("(") and ")" not in value)
        or is_no_secret(value)
        or is_term(value)
        or first in NOT_SECRET
    ):
        return False
    return not (is_weak and _VERSION.fullmatch(value))


def _phrase(text: str, start: int) -> _Found:
    match = _PHRASE.match(text, start)
    return match.span() if match else None
