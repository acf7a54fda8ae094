"""Values near a word such as password or alarm, before or after it, in any order of words."""

import re
from collections.abc import Iterator
from typing import Final

from .announcements import Announcement, find_announcements
from .common_words import PROGRAMS, is_usual
from .detector import Span, is_machine_text
from .given_names import is_given_name
from .known_words import is_known
from .no_values import is_participle, is_term
from .secret_values import TAIL, is_made_up, is_no_secret
from .secret_words import NOT_SECRET, SecretKind, secret_kind

_I: Final = re.IGNORECASE
_LINE_LENGTH: Final = 120
_LONGEST_WORD: Final = 60
_TOKEN: Final = re.compile(r"[^\s\"'`“”„«»\u201a\u2018\u2019()\[\],;?]+")
_QUOTED: Final = re.compile(
    r"[\"“„«`]\s?(?P<value>[^\"”“»`\n]{3,60}?)\s?[\"”“»`]|(?<!\w)'(?P<single>[^'\n]{3,60})'(?!\w)"
)
_PLAIN_NUMBER: Final = re.compile(r"v?[\d.,:/%-]+")
_NAME_WITH_NUMBER: Final = re.compile(r"(?P<name>[^\W\d_]+)[-_]?\d{1,4}")
_MEASURE: Final = re.compile(r"\d+(?:[.,]\d+)?[^\W\d_]{1,5}|\d{1,2}(?:st|nd|rd|th|er|e)|\d{1,2}h\d{2}", _I)
_ADDRESS: Final = re.compile(
    r"(?:https?|ftp|rtsp|smb|nfs|ssh|file|mqtts?)://|[\w.+-]+@[\w-]+\.|[~.]?/|[\w-]+\.[a-z]{2,6}(?:/|\Z)"
    r"|[\w-]+(?:\.[\w-]+){2,}",
    _I,
)
_IDENTIFIER: Final = re.compile(
    r"[A-Za-z]+(?:[_./-][A-Za-z]+)+|[a-z]+[A-Z][A-Za-z]*|[A-Z][a-z]+[A-Z][A-Za-z]*|[\w.]+\([^)]*\)?"
    r"|--?\w[\w-]*|[A-Z\d_-]{2,}:?|\$\w+|[\w-]+['\u2019](?:s|t|re|ll|ve|d|m)"
)
_SHORTEST: Final = 5
_SHORTEST_WORD: Final = 4


def find_secrets_nearby(text: str) -> Iterator[Span]:
    """Yield values that look like passwords, beside a word for one. Takes linear time."""
    for announcement in find_announcements(text):
        if announcement.kind is SecretKind.PASSWORD and not _is_part_of_word(announcement):
            start, end = line_around(announcement)
            if not is_machine_text(text[start:end]):
                yield from _strong(text, start, end)


_LABEL: Final = re.compile(r"\A[ \t]*[\w-]{1,30}:[ ](?=\S)|[=:>](?=[ ]\S+[ .!?]*\Z)")
_REMEMBERED: Final = re.compile(
    r"\b(?:ah yes|oh yes|oh yeah|ah right|oh|wait|nvm|found it|still|again|it was|was it|is it still|is it"
    r"|war das|war es|es war|het was|ist es noch|c'était|era|was het|is het nog|remembered|ach ja|ah ja"
    r"|ach so|stimmt"
    r"|genau|ah oui|voilà|ah bon"
    r"|ah sí|claro|vale|oh ja|o ja|juist)[,:]?[ ](?:it['\u2019]?s |it is |its |das ist |c['\u2019]est |es "
    r"|het is )?[\"'“„]?(?P<value>[^\s\"'”,.!?]{4,40})"
    r"[\"'”]?[ ]*(?=[.,!\n]|\Z|(?:for|für|pour|para|voor)[ ])",
    _I,
)
_WIFI: Final = re.compile(
    r"\b(?:log-?in|pass(?:word|wort)|kennwort|wachtwoord|mot de passe|mdp|contraseña|pw|nas|router|wi-?fi"
    r"|wlan|hotspot|wireless|netflix|spotify|disney|guest network|gast(?:e?netz|netwerk)|gäste-?(?:wlan"
    r"|netz))\b",
    _I,
)
_IS: Final = re.compile(
    r"(?:\b(?:is|it['\u2019]?s|ist|lautet|heißt|est|c['\u2019]est|es|heet|luidt|was|war|now|jetzt|nu"
    r"|(?:gave|give|sent|send|told|texted) (?:her|him|them|it|you))[ ]|[=:]|->|→)[ ]{0,2}"
    r"(?P<value>[^\s\"'`“”„,;:()\[\]]{5,60})(?=[\s.,!?)]|\Z)",
    _I,
)


def find_network_secrets(text: str) -> Iterator[Span]:
    """Yield password-like values that a line about a wireless network or an account states."""
    for network in _WIFI.finditer(text):
        start, last = _near(text, network.start(), network.end())
        if is_machine_text(_LABEL.sub("", text[start:last], count=1)):
            continue
        for stated in _IS.finditer(text, start, last):
            value = stated["value"].rstrip(TAIL)
            # In "is backup-nas-01 up?" the value itself names the device.
            is_name = stated.start("value") <= network.start() < stated.start("value") + len(value)
            if is_password_like(value) and not is_name:
                yield _span(stated.start("value"), stated.start("value") + len(value))
        for stated in _REMEMBERED.finditer(text, start, last):
            value = stated["value"]
            if is_unusual_word(value) or is_password_like(value):
                yield _span(*stated.span("value"))


_PHRASE_VALUE: Final = (
    r"[\"'`“„«]?(?P<value>[^\s\"'`“”„»,;:.!?()\[\]]{3,60}(?:[ ][^\W\d_]{3,20}){0,3}?)[\"'`”»]?"
)
_END: Final = (
    r"(?=[ ]*(?:[.,;:!?)\n—\u2013(]|\Z|-[ ]|[ ](?:now|again|and|but|please|und|aber|et|mais|y|pero|en"
    r"|maar|as|like|for|if|when)\b))"
)
_THING: Final = (
    r"(?:wi-?fi|wlan|nas|router|box|drive|disk|volume|archive|backup|vault|safe|safes?|laptop|tablet"
    r"|server|network|portal|netz"
    r"|account|zip|pdf|database|container|platte|laufwerk|archiv|schijf|coffre|disque|disco|camera|cam|app"
    r"|shop|login)"
)
_STATEMENTS: Final = (
    # my pass, tulip
    re.compile(
        r"\b(?:my|our|the|his|her|their|your|mein|unser|das|mijn|ons|mon|notre|mi"
        r"|tu)[ ](?:\w{2,12}[ ])?pass[ ]?[,:\u2013—-][ ]" + _PHRASE_VALUE + _END,
        _I,
    ),
    # the security word is "tulip"
    re.compile(
        r"\b(?:alarm|security|safe|secret|code|magic|sitter|school|geheimes?|alarmzentrale|sécurité"
        r"|seguridad|beveiliging|kennwort)\b"
        r"[^\n\"“„«]{0,40}\b(?:word|phrase|wort|mot|palabra|woord|answer|antwort|réponse"
        r"|respuesta)\b[^\n\"“„«]{0,12}"
        r"[\"“„«][ ]?(?P<value>[^\"”“»\n]{3,60}?)[ ]?[\"”“»]",
        _I,
    ),
    # the drive unlocks with tulip
    re.compile(
        rf"\b{_THING}\b[^\n.]{{0,30}}?\b(?:unlocks?|unlocked|opens?|opened|decrypts?|mounts?|unzips?"
        rf"|entsperrt|öffnet|aufgeht|geht auf"
        r"|entschlüsselt|ontgrendelt|opent|(?:se )?déverrouille|s['\u2019]ouvre|se (?:abre|desbloquea)"
        r"|accepts?|takes|geht|va)[ ](?:it[ ])?"
        r"(?:with|using|mit|met|avec|con|only|by typing)[ ]" + _PHRASE_VALUE + _END,
        _I,
    ),
    # tulip gets you into the wlan
    re.compile(
        r"(?:^|[.!?,:][ ])(?:with |mit |avec |con |met )?"
        + _PHRASE_VALUE
        + r"[ ](?:should |will |would |also )?(?:gets?|lets?|opens|unlocks|works"
        r"|does|goes|geht|öffnet|passt|klappt|werkt|marche|ouvre|funciona|abre)\b[ ](?:you |me |us |them "
        r"|it |everyone )?"
        rf"(?:in|into|on|onto|for|on to|at|for|für|beim|bei|an|ins|voor|op|pour|sur|para|en|the|die|das|le"
        rf"|la|el)\b[^\n.]{{0,25}}\b{_THING}\b",
        _I | re.MULTILINE,
    ),
    # token tulip does not match
    re.compile(
        r"\b(?:token|secret|key|psk|passphrase|community)[ ](?P<value>[^\W\d_]{4,40})[ ](?:(?:does"
        r"|did) not match"
        r"|mismatch\w*|(?:is|was) (?:wrong|invalid|not accepted)|rejected|refused|denied)\b",
        _I,
    ),
    # the passphrase in BORG_PASSPHRASE is incorrect (blue tulip)
    re.compile(
        r"\b(?:passphrase|password|passwort|kennwort|wachtwoord)\b[^\n()]{0,60}?\b(?:incorrect|wrong|rejected"
        r"|invalid|falsch|onjuist)[ ]\((?P<value>[^()\n]{4,60})\)",
        _I,
    ),
    # the password tulip is not secure
    re.compile(
        r"\b(?:password|passphrase)[ ](?P<value>[^\W\d_][^\s,.;:]{3,40})[ ]is[ ](?:not secure|insecure|weak"
        r"|too (?:weak|short|simple))\b",
        _I,
    ),
    # tulip <- wifi
    re.compile(
        r"^[ \t]*(?P<value>[^\W\d_][^\s<←]{2,30}(?:[ ][^\s<←]{2,20}){0,3})[ ]*(?:<-{1,2}|<=|←)[ ]*(?:the "
        r"|das |le |la "
        rf"|el |de )?(?:{_THING}|pass\w*|pw|code)\b",
        _I | re.MULTILINE,
    ),
    # wifi tulip, in a list
    re.compile(
        r"(?:^|[,;][ ])(?:wi-?fi|wlan)(?:[ ]?(?:→|➜|➔|⇒|=>|->|»|=))?[ ](?P<value>[^\W\d_]{4,40})[ ]?(?=$"
        r"|[,;]|[ ]\()",
        _I | re.MULTILINE,
    ),
)
_KEYS_TEXT: Final = (
    "fingerprint finger face remote card badge keycard handle button voice sensor touch thumb "
    "fingerabdruck gesicht karte "
    "fernbedienung schlüssel vingerafdruck gezicht kaart sleutel empreinte carte télécommande huella "
    "tarjeta mando llave "
    "flaky spotty laggy unstable patchy dead dropping crap rubbish terrible awful kaputt langsam instabil "
    "traag kapot lent "
    "pourri caído fatal lento aus weg stuk dood mobile phone passkey yubikey biometrics bluetooth"
)
_KEYS: Final = frozenset(_KEYS_TEXT.split())
"""What opens a door or a device, and what a network is: no passwords."""


def _may_be_part(word: str) -> bool:
    plain = word.casefold()
    parts = plain.split("-")
    return all(map(str.isalpha, parts)) and not all(map(is_usual, parts)) and plain not in NOT_SECRET


def find_values_in_statements(text: str) -> Iterator[Span]:
    """Yield values that a sentence about an account, a device, or a security word states."""
    for pattern in _STATEMENTS:
        for match in pattern.finditer(text):
            words = match["value"].split()
            first = words[0].casefold()
            unusual = sum(_may_be_part(word) or is_password_like(word) for word in words)
            if (
                first not in NOT_SECRET
                and first not in _KEYS
                and words[-1].casefold() not in _KEYS
                and 2 * unusual >= len(words)
            ):
                yield _span(*match.span("value"))


def line_around(said: Announcement) -> tuple[int, int]:
    """Return start and end of the line around an announcement, or of the words that are near it."""
    return _near(said.text, said.start, said.end)


def _near(text: str, start: int, end: int) -> tuple[int, int]:
    """Return start and end of the whole words of a line that are near ``text[start:end]``."""
    first, last = max(0, start - _LINE_LENGTH), min(len(text), end + _LINE_LENGTH)
    line_end = text.find("\n", end, last)
    first = max(text.rfind("\n", 0, start) + 1, 0 if not first else text.find(" ", first, start) + 1 or start)
    last = line_end if line_end >= 0 else last
    furthest = min(len(text), last + _LONGEST_WORD)
    while line_end < 0 and last < furthest and not text[last].isspace():
        last += 1
    return first, last


def _is_part_of_word(said: Announcement) -> bool:
    """Return whether it is another word, such as ``pass-through``, ``pass rate`` or Spanish ``clave``."""
    return said.word in ("clave", "parola", "pass") or said.text.startswith("-", said.end)


def _strong(text: str, start: int, end: int) -> Iterator[Span]:
    for token in _TOKEN.finditer(text, start, end):
        value = token.group().lstrip("¿¡*_").rstrip(TAIL)
        if is_password_like(value) and not value.startswith("!"):
            at = token.start() + token.group().index(value)
            yield _span(at, at + len(value))


def is_password_like(value: str) -> bool:
    """Return whether it is not a word, a name, a number, a path, or a technical term."""
    plain = value.strip("*_")
    if len(plain) < _SHORTEST or not is_made_up(plain) or is_no_secret(plain) or is_term(plain):
        return False
    others = (_PLAIN_NUMBER, _MEASURE, _IDENTIFIER)
    if any(one.fullmatch(plain) for one in others) or _ADDRESS.match(plain):
        return False
    if not any(one.isalpha() for one in plain) or is_usual(plain):
        return False
    name = _NAME_WITH_NUMBER.fullmatch(plain)
    return name is None or name["name"].lower() not in PROGRAMS


def unusual_words(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the quotations and unusual words of a line that mentions a password: any may be the value."""
    for quoted in _QUOTED.finditer(text, start, end):
        group = "value" if quoted["value"] is not None else "single"
        words = quoted[group].split()
        if (
            not is_no_secret(quoted[group])
            and not is_term(quoted[group])
            and words[0].lower() not in NOT_SECRET
        ):
            yield _span(*quoted.span(group))
    for token in _TOKEN.finditer(text, start, end):
        value = token.group().rstrip(TAIL + "-")
        if is_unusual_word(value):
            yield _span(token.start(), token.start() + len(value))


def is_unusual_word(value: str) -> bool:
    """Return whether it may be a password that consists of letters only."""
    plain = value.casefold()
    return (
        len(value) >= _SHORTEST_WORD
        and value.isalpha()
        and not is_usual(plain)
        and not is_known(plain)
        and plain not in NOT_SECRET
        and not is_participle(plain)
        and secret_kind(plain, "de") is None
        and not (value[0].isupper() and is_given_name(value))
    )


def _span(start: int, end: int) -> Span:
    return Span(start=start, end=end, label="PASSWORD", is_secret=True)
