"""Secrets that are said before their announcement, such as "use tulip as the password"."""

import re
from dataclasses import replace
from typing import Final

from .common_words import is_usual
from .detector import Detector, DetectorSet, detector
from .secret_values import TAIL, is_no_secret
from .secret_words import NOT_SECRET, secret_kind

_NAMES: Final = (
    r"(?:pass(?:word|code|phrase|wd)?|pw|pin(?:code)?|passwort|kennwort|wachtwoord|ww|mot de passe|mdp"
    r"|contraseña|clave|secret|passkey|(?:pre-?)?shared key"
    r"|code d['\u2019]accès)"
)
_ARTICLE: Final = r"(?:[^\W\d_]{1,12}[ -]){0,3}?"
_FIRST: Final = r"[\"'`“„]?(?P<value>[^\s\"'`“”„]{3,60}(?:[ ][^\s\"'`“”„]{1,30}){0,3}?)[\"'`”“]?"


_NAME: Final = re.compile(r"(?:secret|token|password)[A-Z_]")
"""The name of a field, such as ``secretRef``."""


def _is_offered(match: re.Match[str]) -> bool:
    value = match["value"].strip(TAIL)
    first = value.split()[0].casefold() if value.split() else ""
    return (
        first not in ("", "pass-through")
        and secret_kind(first, "") is None
        and not _NAME.match(value)
        and not is_no_secret(value)
        and first not in NOT_SECRET
    )


_GROUPS_TEXT: Final = (
    "wheel staff disk video audio render users input dialout plugdev shadow adm tty kvm root admin sudo "
    "nogroup daemon panel "
    "dashboard page area interface console permissions rights access guide section only"
)
_GROUPS: Final = frozenset(_GROUPS_TEXT.split())


def _is_no_group(match: re.Match[str]) -> bool:
    """Return whether it is a password, not a group as in ``chown root:wheel``."""
    value = match["value"].casefold()
    return _is_offered(match) and value not in _GROUPS and not is_usual(value) and not value.isdigit()


def _offered(pattern: str, words: str) -> Detector:
    return replace(
        detector("PASSWORD", pattern, "value", _is_offered, flags=re.IGNORECASE | re.MULTILINE, words=words),
        is_secret=True,
    )


_WORDS: Final = (
    "password passcode passphrase passwd pass pw pin pincode passwort kennwort wachtwoord ww passe mdp "
    "contraseña clave code secret passkey key"
)
_OF_EVERYBODY: Final = frozenset(("public", "private"))
"""Names of networks for SNMP that are those of manuals."""

_DETECTORS: Final = (
    # as in "enter tulip when it asks for the password"
    _offered(
        r"\b(?:us(?:es?|ed|ing)|tr(?:y|ied)|typ(?:e|ed|ing)|enter(?:ed|ing)?|put|nimm|nehmt?|gib|tippe"
        r"|verwende|gebruik|typ|voer"
        r"|vul|tape[zr]?|entrez?|mets|saisis(?:sez)?|usa|escribe|pon|mete|introduce)[ ](?:mal |just |in "
        r"|dann |then |eben )?"
        rf"{_FIRST}[ ](?:ein[ ,]|in[ ,])?[ ]?(?:instead|rather|when|if|where|once|at|into|in the|for|wenn"
        rf"|sobald|falls|bei|beim|als|bij|wanneer|quand|si"
        rf"|lorsqu\w{{1,3}}|cuando|si)[ ][^.\n]{{0,40}}?\b{_NAMES}\b",
        _WORDS,
    ),
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
        rf"[\"'`“„]?(?P<value>[^\s\"'`“”„]{{3,60}})[\"'`”“]?[ ](?:is|ist|est|es)[ ](?:still |now |also "
        rf"|noch |immer noch |jetzt |toujours |encore |nog |nog steeds |nu |siempre |todavía )?(?:the|my"
        rf"|das|mein|het"
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
    # paste a8f3kd02mz into the token field
    replace(
        detector(
            "API_KEY",
            r"\b(?:paste|copy|put|enter|kopiere|füge|plak|kopieer|colle[zr]?|copie[zr]?|pega|copia)[ ]"
            r"(?P<value>(?=[a-z-]{0,40}\d)(?=\d{0,40}[a-z])[\w-]{8,80})[ ](?:in|into|as|en|dans|als"
            r"|comme|como)\b"
            r"[^.\n]{0,30}\b(?:token|key|secret|schlüssel|sleutel|clé|clave|jeton)",
            "value",
            flags=re.IGNORECASE,
            words="paste copy put enter kopiere füge plak kopieer colle collez copie copiez pega copia",
        ),
        is_secret=True,
    ),
    # a comparison in code: code == "6012"
    replace(
        detector(
            "PASSWORD",
            r"(?i:(?<![a-z])(?<!error_)(?<!status_)(?<!exit_)(?<!return_)(?:pass(?:word|code|wd)?|pwd|pin"
            r"|secret|token|(?:door|alarm|unlock"
            r"|user|entry|access)_?code|code(?=[^\n]{0,60}(?:lock|door|alarm|gate|disarm"
            r"|garage))))[ ]?[!=]={1,2}[ ]?"
            r"[\"'](?P<value>[^\"'\n]{4,60})[\"']",
            "value",
            _is_offered,
            words=_WORDS + " secret token",
            near="==",
        ),
        is_secret=True,
    ),
    # 482910 is your verification code
    replace(
        detector(
            "PIN",
            r"(?<![\w.,:/#-])(?P<value>(?:[A-Z]-)?\d(?:[ -]?\d){3,8})[ ](?:is|ist|est|es|was)[ ](?:your"
            r"|the|my|our|dein|ihr|der|die|das|mein|votre|ton"
            r"|le|la|tu|su|el|mi|je|uw|de|het|mijn)[ ](?:[^\W\d]{1,20}[ -]){0,4}?(?:pass)?(?:code|pin|tan"
            r"|otp|código|codigo|clave|kod|\w{2,20}code)\b",
            "value",
            flags=re.IGNORECASE,
            hint=r"\d (?i:is|ist|est|es|was) ",
        ),
        is_secret=True,
    ),
    # connect to the network with tulip
    replace(
        detector(
            "PASSWORD",
            r"\b(?:connect(?:ed|s)?|join(?:ed|s)?|verbind(?:e|en|et)?|se connecter|connecte|conecta(?:r"
            r"|te)?|verbinden)[ ](?:\w{2,10}[ ])?(?:to|mit|à|au|a|met|on)?[ ]?"
            r"[^\n,.]{2,40}?[ ](?:using|with|mit|avec|con"
            r"|met)[ ](?P<value>[^\s\"'`,.;:]{4,60})(?=[ ]*(?:[.,;]|\Z|\n|as[ ]|als[ ]|comme[ ]|como[ ]))",
            "value",
            lambda match: _is_offered(match) and not is_usual(match["value"]),
            flags=re.IGNORECASE,
            words="connect connects connected join joins joined verbind verbinde verbinden verbindet "
            "connecter connecte conecta conectar conectate",
        ),
        is_secret=True,
    ),
    # the name of a network for SNMP, and a word to log in with
    replace(
        detector(
            "PASSWORD",
            r"\b(?:community[ -](?:string|name)[ ]?(?:is|to|ist|auf|est|es|:|=)"
            r"|(?:log(?:ged)? ?in|sign(?:ed)? in|anmelden|einloggen|angemeldet|inloggen|ingelogd|se connecter"
            r"|connecté|entrar|entra)\b[^.\n]{0,30}[ ](?:the word|dem wort|het woord|le mot|la palabra))"
            r"[ ](?P<value>[^\s\"'`,.;:]{4,60})",
            "value",
            lambda match: _is_offered(match) and match["value"].lower() not in _OF_EVERYBODY,
            flags=re.IGNORECASE,
            words="community wort word woord mot palabra",
        ),
        is_secret=True,
    ),
    # the password of an administrator behind a colon
    replace(
        detector(
            "PASSWORD",
            r"(?<![\w/.:@=-])(?:root|admin|administrator|pi"
            r"|ubnt)[:/](?P<value>[^\s\"'`,.;:/@]{4,40})(?![\w/@:]|\.\w)",
            "value",
            _is_no_group,
            flags=re.IGNORECASE,
            words="root admin administrator pi ubnt",
        ),
        is_secret=True,
    ),
    # spellings of "password" with digits, and passwords that everybody knows
    replace(
        detector(
            "PASSWORD",
            r"(?<!\w)(?P<value>(?=[a-z]*[\d@$])p[a@4][s5$]{2}w[o0]rd[\d!?$#]{0,6}|hunter2|letmein\d*"
            r"|trustno1|qwerty\d{1,6}|qwertz\d{1,6}"
            r"|correct[ -]?horse[ -]?battery[ -]?staple|iloveyou\d*|welcome\d{1,4}!?|admin1234?5?6?)(?!\w)",
            "value",
            flags=re.IGNORECASE,
        ),
        is_secret=True,
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

OFFERED: Final = DetectorSet(_DETECTORS)
