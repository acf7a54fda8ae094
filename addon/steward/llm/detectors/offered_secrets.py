"""Secrets that are said before their announcement, such as "use tulip as the password"."""

import re
from dataclasses import replace
from typing import Final

from .detector import Detector, detector
from .secret_values import TAIL, is_no_secret
from .secret_words import NOT_SECRET

_NAMES: Final = (
    r"(?:pass(?:word|code|phrase|wd)?|pw|pin(?:code)?|passwort|kennwort|wachtwoord|ww|mot de passe|mdp"
    r"|contraseña|clave"
    r"|code d['\u2019]accès)"
)
_ARTICLE: Final = r"(?:[^\W\d_]{1,12}[ -]){0,3}?"
_FIRST: Final = r"[\"'`“„]?(?P<value>[^\s\"'`“”„]{3,60}(?:[ ][^\s\"'`“”„]{1,30}){0,3}?)[\"'`”“]?"


def _is_offered(match: re.Match[str]) -> bool:
    value = match["value"].strip(TAIL)
    first = value.split()[0].casefold() if value.split() else ""
    return first not in ("", "token", "key", "secret") and not is_no_secret(value) and first not in NOT_SECRET


def _offered(pattern: str, words: str) -> Detector:
    return replace(
        detector("PASSWORD", pattern, "value", _is_offered, flags=re.IGNORECASE | re.MULTILINE, words=words),
        is_secret=True,
    )


_WORDS: Final = (
    "password passcode passphrase passwd pass pw pin pincode passwort kennwort wachtwoord ww passe mdp "
    "contraseña clave code"
)
OFFERED_DETECTORS: Final = (
    _offered(
        r"\b(?:us(?:es?|ed|ing)|tr(?:y|ied)|typ(?:e|ed|ing)|enter(?:ed|ing)?|put|chose|picked|nimm|nehme?"
        r"|nehmt|benutze?|verwende?"
        r"|with|mit|met|avec|con|gib|tippe|eingegeben|gebruik|probeer|typ|kies|utilise[rz]?|tape|essaie"
        r"|entre|mets|usar?|prueba"
        r"|escribe|mete|pon)[ ]"
        rf"{_FIRST}[ ](?:as|for|als|comme|como|para|pour|voor)[ ]{_ARTICLE}{_NAMES}\b"
        r"(?![ -](?:manager|field|store|hash|policy|prompt|generator|reset|rotation|vault|auth))",
        _WORDS,
    ),
    _offered(
        rf"(?:^|[.!?,:;][ ])(?!(?:this|that|what|where|here|it|there|das|was|hier|dat|wat|c['\u2019]|ce"
        rf"|quel|qué|cuál|esta)\b)"
        rf"[\"'`“„]?(?P<value>[^\s\"'`“”„]{{3,60}})[\"'`”“]?[ ](?:is|ist|est|es)[ ](?:the|my|das|mein|het"
        rf"|mijn|le|mon|la|mi)[ ]"
        rf"{_ARTICLE}{_NAMES}(?=[\s.,!?]|$)",
        _WORDS,
    ),
    replace(
        _offered(
            r"(?P<value>[^\s\"'`“”„.,;:!?]{4,60}(?:[ ](?:and|or|und|oder|en|of|et|ou|y|o)[ "
            r"][^\s\"'`“”„.,;:!?]{4,60})?)[ ]"
            rf"(?:as|als|comme|como)[ ]{_ARTICLE}{_NAMES}s?\b"
            r"(?![ -](?:manager|field|store|hash|policy|prompt|generator|reset|rotation|vault|auth"
            r"|provider))",
            _WORDS + " passwords",
        ),
        hint=re.compile(r"[ ](?:as|als|comme|como)[ ]", re.IGNORECASE),
    ),
    # digits that are entered at a door or open one
    replace(
        detector(
            "PIN",
            r"\b(?:enter|type|press|dial|punch in|tippe|gib|eingeben|toets|tapez|tapes?|saisir|composez?"
            r"|marca|introduce|teclea)[ ]"
            r"(?P<value>\d(?:[ -]?\d){3,7})\b[^.\n]{0,40}\b(?:keypad|door|gate|lock|alarm|safe|panel"
            r"|tastenfeld|tür|schloss|ein|slot"
            r"|deur|clavier|porte|teclado|puerta)\b"
            r"|\b(?:safe|door|gate|lock|cabinet|garage|tresor|tür|tor|kluis|deur|poort|coffre|porte|portail"
            r"|caja|puerta)[ ]"
            r"(?:opens?|unlocks?|öffnet|geht|opent|s['\u2019]ouvre|se abre)[^.\n\d]{0,20}[ "
            r"](?P<opening>\d(?:[ -]?\d){3,7})\b",
            0,
            flags=re.IGNORECASE,
            words=(
                "enter type press dial punch tippe gib eingeben toets tapez tape tapes saisir compose "
                "composez marca introduce "
                "teclea open opens unlock unlocks öffnet geht opent ouvre abre"
            ),
        ),
        is_secret=True,
    ),
)
