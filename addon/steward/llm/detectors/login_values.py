"""Passwords in sentences about a login or an account that do not name the password."""

import re
from collections.abc import Iterator
from typing import Final

from .common_words import is_usual
from .detector import Span, is_machine_text
from .no_values import is_term
from .secret_values import TAIL, is_no_secret
from .secret_words import NOT_SECRET, secret_kind
from .secrets_nearby import is_password_like, is_unusual_word

_I: Final = re.IGNORECASE
_LOGIN: Final = re.compile(
    r"\b(?:log-?in|log in|logged in|log-?on|sign in|sign-in|account|credentials?|creds|user|admin|benutzer"
    r"|konto|zugang"
    r"|zugangsdaten|anmelden|einloggen|anmeldung|compte|identifiants?|se connecter|connexion|acceso|cuenta"
    r"|usuario"
    r"|iniciar sesión|inloggen|inlog|inloggegevens|gebruiker|wi-?fi|wlan|wireless|hotspot|guest network"
    r"|netflix|spotify|box)\b",
    _I,
)
_VALUE: Final = r"[\"'`“„«]?\s?(?P<value>[^\s\"'`“”„»,;:()\[\]]{4,60})"
_SET: Final = re.compile(
    r"(?:\b(?:set|changed|reset|put|switched|gesetzt|gestellt|geändert|ändern|mis|changé|remis|puesto"
    r"|cambiado|gezet"
    r"|veranderd|gewijzigd|zet)\b(?:[ ](?:it|them|that|this|her|his|theirs|back|mine|es|ihn|das|ihm|le|la"
    r"|lo|het|hem)){0,2}"
    r"[ ](?:back )?(?:to|auf|en|à|a|op|in|naar)"
    r"|\b(?:the )?new one(?:['\u2019]s| is)(?: now)?|\b(?:account|login|admin|konto|zugang|compte|cuenta) "
    r"(?:\w+ ){0,4}?"
    r"(?:uses|takes|needs|wants|with|mit|avec|con|met|braucht|benutzt)"
    r"|\bdas neue (?:ist|lautet)|\b(?:le nouveau|la nouvelle) (?:est|c['\u2019]est)|\b(?:el nuevo|la "
    r"nueva) es"
    r"|\b(?:de|het) nieuwe is)[ ]" + _VALUE,
    _I,
)
_AUF: Final = re.compile(
    r"\b(?:habe?|hab['\u2019]?s?|he|heb|ik heb|j['\u2019]ai|le he|la he|ihm|ihr)\b[^.\n]{0,30}?\b(?:auf|op"
    r"|à|en|in|naar)[ ]" + _VALUE + r"[\"'`”»]?[ ](?:gesetzt|gestellt|geändert|gezet|gewijzigd|veranderd)",
    _I,
)
_NEW_ONE: Final = re.compile(
    r"\b(?:(?:the )?new one(?:['\u2019]s| is)(?: now)?|das neue (?:ist|lautet)|le nouveau (?:est"
    r"|c['\u2019]est)"
    r"|la nouvelle (?:est|c['\u2019]est)|el nuevo es|la nueva es|(?:de|het) nieuwe is)[ ](?:jetzt |nu "
    r"|ahora )?" + _VALUE + r"(?=[,.;:!\n]|[ ]*\Z)",
    _I,
)
_DEVICE: Final = re.compile(
    r"\b(?:nas|router|modem|portal|vpn|laptop|tablet|printer|drucker|repeater|fritz ?box|wi-?fi|wlan"
    r"|plex|tv)\b",
    _I,
)
"""What has a password: ``the new one is tulip, for the router``."""
_ENTERS_WITH: Final = re.compile(
    r"\b(?:entra[rs]?|accede[rs]?|ingresa[rs]?"
    r"|inicia(?:r)? sesión)[ ]con[ ](?:el usuario )?[\w.@-]{2,40}[ ]y[ ]"
    r"(?:la (?:clave|contraseña) )?" + _VALUE,
    _I,
)
_AFTER_ADDRESS: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+[ ]{0,2}(?:[/|,;:]{1,2}|-{1,2}>?|→|and|und|et|y|en|with|mit)[ ]{1,2}"
    + _VALUE
    + r"[\"'`]?[ ]*(?=$|[.,;\n(])",
    re.MULTILINE,
)
_ENTERED: Final = re.compile(
    r"\b(?:type|enter|put|tippe?t?|gib|typ|voer|tape[zr]?|entrez?|saisis(?:sez)?|escribe|mete|introduce"
    r"|teclea)(?:[ ](?:in|ein|:))?[ ]"
    r"(?P<value>[^\W\d_][^\s,.;:!?]{2,30}(?:[ ][^\W\d_]{2,20}){0,4}?)(?=[,.;!\n]|[ ](?:ein|in)\b|\Z)",
    _I,
)
_TYPICAL: Final = re.compile(r"(?<![\w./:@-])(?P<value>[A-Z][a-z]{3,20}\d{2,4}[!?#]?)(?![\w/:@-]|\.\w)")
_OF_PAIR: Final = re.compile(
    r"(?<![\w./:])[\w.@-]{2,40}[ ]/[ ](?P<value>[^\W\d_]{4,40})(?=[ ]*(?:$|[.,;)\n]))", re.MULTILINE
)
_OF_ADMIN: Final = re.compile(
    r"(?<![\w./:-])(?:admin|administrator|root|ubnt)[ ]/[ ](?P<value>[^\W\d_]{4,40})(?=[ ][a-zà-ÿ])"
)
_NOTE: Final = re.compile(
    r"^[ \t*•-]{0,4}(?:code |clé |key |clave )?(?:(?:wi-?fi|wlan|hotspot)[ ](?:guests?|gast|gäste|invités?"
    r"|invitados?|home"
    r"|kids|iot|5g|upstairs|downstairs|oben|unten|boven|salon)|(?:[\w-]{2,20}[ ])?(?:admin|root|login|master)"
    r"|(?:guest|gast|gäste)[ -]?(?:wi-?fi|wlan))[ ]?[:=]?[ ]{1,3}(?P<value>[^\W\d_][\w-]{3,40})(?=[ ]*(?:$"
    r"|\())",
    _I | re.MULTILINE,
)
_MASTER: Final = re.compile(
    r"\b(?:bitwarden|vaultwarden|1password|keepass\w{0,3}|lastpass|proton\w{0,6}|dashlane|enpass|vault"
    r"|tresor|manager)[ ]"
    r"(?:(?:master|haupt|principal|maestra|hoofd)(?:[ ]?(?:key|pw))?[ ]?[:=-]|(?:→|->"
    r"|=>?))[ ]{1,3}(?P<value>[^\n]{4,80}?)[ ]*$",
    _I | re.MULTILINE,
)


def find_login_values(text: str) -> Iterator[Span]:
    """Yield the values that a line about a login sets or states. Takes linear time."""
    for pattern in (_AFTER_ADDRESS, _NOTE, _MASTER, _NEW_ONE, _ENTERS_WITH):
        for match in pattern.finditer(text):
            value = match["value"].rstrip(TAIL)
            if pattern is _NEW_ONE and not _DEVICE.search(text, *_line_of(text, match)):
                continue
            if not is_no_secret(value) and (_may_be_value(value) or pattern is _MASTER):
                yield _span(match.start("value"), match.start("value") + len(value))
    if not _LOGIN.search(text):
        return
    at = 0
    for line in text.splitlines(keepends=True):
        if _LOGIN.search(line) and not is_machine_text(line):
            yield from _stated(line, at)
        at += len(line)


def _line_of(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Return start and end of the line that a match is in."""
    end = text.find("\n", match.end())
    return text.rfind("\n", 0, match.start()) + 1, end if end >= 0 else len(text)


_ARTICLES: Final = frozenset(
    (
        "the",
        "a",
        "an",
        "your",
        "my",
        "our",
        "das",
        "die",
        "den",
        "dein",
        "le",
        "la",
        "votre",
        "el",
        "tu",
        "het",
        "je",
    )
)


def _stated(line: str, at: int) -> Iterator[Span]:
    for match in (*_TYPICAL.finditer(line), *_OF_PAIR.finditer(line), *_OF_ADMIN.finditer(line)):
        value = match["value"]
        stem = value.rstrip("0123456789!?#.")
        if not is_usual(stem) and stem.casefold() not in NOT_SECRET and is_unusual_word(stem.swapcase()):
            yield _span(at + match.start("value"), at + match.end("value"))
    for match in _ENTERED.finditer(line):
        words = match["value"].split()
        unusual = sum(map(is_unusual_word, words))
        is_about_login = (
            _LOGIN.search(words[-1]) is not None or secret_kind(words[-1].casefold(), "") is not None
        )
        if 2 * unusual >= len(words) and words[0].casefold() not in _ARTICLES and not is_about_login:
            yield _span(at + match.start("value"), at + match.end("value"))
    for pattern in (_SET, _AUF):
        for match in pattern.finditer(line):
            value = match["value"].rstrip(TAIL)
            if _may_be_value(value):
                end = _end_of_phrase(line, match.start("value") + len(value))
                yield _span(at + match.start("value"), at + end)


_MORE_WORDS: Final = re.compile(r"(?:[ ][^\W\d_]{3,20}){1,3}(?=[.,;!\n]|\Z)")


def _end_of_phrase(line: str, end: int) -> int:
    """Return the end of the words that follow to the end of the sentence, if they are unusual."""
    more = _MORE_WORDS.match(line, end)
    is_phrase = more is not None and all(is_unusual_word(word) for word in more.group().split())
    return more.end() if more is not None and is_phrase else end


def _may_be_value(value: str) -> bool:
    plain = value.strip("*_")
    if is_usual(plain) or plain.casefold() in NOT_SECRET or is_term(plain) or is_no_secret(plain):
        return False
    parts = plain.split("-")
    is_joined = (
        len(parts) > 1 and all(part.isalnum() for part in parts) and any(part[:1].isupper() for part in parts)
    )
    return is_password_like(plain) or is_unusual_word(plain) or is_joined


def _span(start: int, end: int) -> Span:
    return Span(start=start, end=end, label="PASSWORD", is_secret=True)
