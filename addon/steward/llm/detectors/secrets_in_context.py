"""Secrets that are recognizable by their context: a header, a URL, a command or a sentence."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from .common_words import is_usual
from .detector import Detector, detector
from .keys import KEY_DETECTORS
from .no_values import is_term
from .secret_values import TAIL, is_known_default, is_made_up, is_mixed, is_no_secret

_I: Final = re.IGNORECASE


def _is_secret(match: re.Match[str]) -> bool:
    """Return whether it may be a secret, unlike in ``sign in with Google / GitHub``."""
    value = match["value"].rstrip(TAIL)
    return (
        is_made_up(value)
        and not is_known_default(match)
        and not is_no_secret(value)
        and not is_term(value)
        and not is_usual(value.strip(".,;:!?"))
    )


def _is_key(match: re.Match[str]) -> bool:
    return is_mixed(match["value"]) and not is_no_secret(match["value"])


def _is_password(match: re.Match[str]) -> bool:
    return not is_no_secret(match["value"])


def _secret_detector(
    label: str,
    pattern: str,
    accepts: Callable[[re.Match[str]], bool],
    *,
    near: str = "",
    words: str = "",
    flags: re.RegexFlag = _I,
) -> Detector:
    return replace(detector(label, pattern, "value", accepts, near, flags, words=words), is_secret=True)


SECRET_DETECTORS: Final = (
    *KEY_DETECTORS,
    _secret_detector(
        "API_KEY",
        r"\b(?:bearer|basic)[ \t]{1,3}(?P<value>[a-z0-9._~+/=-]{16,4000})",
        _is_password,
        words="bearer basic",
    ),
    _secret_detector(
        "COOKIE",
        r"\b(?:set-)?cookie['\"]?[ \t]{0,3}:[ \t]{0,3}['\"]?(?P<value>[^'\"\r\n}]{1,4000})",
        _is_password,
        words="cookie",
    ),
    # the password in a URL; ACCOUNT_DETECTORS find its user
    _secret_detector(
        "PASSWORD",
        r"(?<=://)[^/\s:@\"'<>]{0,100}:(?P<value>[^\s\"'<>/]{1,200})@(?=[\w.\[$-])",
        _is_password,
        near="://",
    ),
    # the check value of a card
    _secret_detector(
        "PIN",
        r"\b(?:cvc2?|cvv2?|csc|kaartcode|kartenprüfnummer|prüfziffer|cryptogramme)\b[ :#=]{1,3}"
        r"(?:(?:is|ist|est|es)[ ])?(?P<value>\d{3,4})(?![\d.,-]?\d)",
        _is_password,
        words="cvc cvv csc kaartcode kartenprüfnummer prüfziffer cryptogramme",
    ),
    # commands
    _secret_detector(
        "PASSWORD",
        r"(?<!\w)(?:sshpass -p ?|--?(?:[a-z]{1,20}-)?(?:password|passwd|passphrase|passcode|pass|psk|pin"
        r"|token|secret|api-?key|auth-?key|requirepass|masterauth)"
        r"(?:[ =]|[\"'],[ ]?(?=[\"']))|(?:mysql|mysqldump|mariadb)[^\n|;]{0,80}? -p|docker login[^\n"
        r"|;]{0,60}? -p "
        r"|redis-cli[^\n|;]{0,80}? -a |ldap\w+[^\n|;]{0,120}? -w "
        r"|pass:)[\"']?(?P<value>[^\s\"']{3,200})",
        _is_password,
        words=(
            "sshpass requirepass masterauth "
            "password passwd passphrase passcode psk pin pass token secret apikey authkey key mysql "
            "mysqldump mariadb redis "
            "docker ldapsearch ldapadd ldapmodify ldapwhoami ldapdelete ldappasswd"
        ),
    ),
    _secret_detector(  # upsmon.conf of NUT
        "PASSWORD",
        r"\bMONITOR \S{3,80} \d \S{1,64} (?P<value>\S{1,200}) (?:master|slave|primary|secondary)\b",
        _is_password,
        words="monitor",
    ),
    _secret_detector(
        "PASSWORD",
        r"(?<![\w-])(?:-u|--user|--proxy-user|-U|--auth|login|credentials?|creds|zugangsdaten"
        r"|inloggegevens)[ =:]{1,3}[\"']?[\w.@+-]{1,64}(?:%|:)(?P<value>[^\s\"'/%][^\s\"']{2,200})",
        _is_password,
        near="-u --user --proxy --auth login cred zugangsdaten inloggegevens",
    ),
    # as in "log in with anna / Tulip5663"
    _secret_detector(
        "PASSWORD",
        r"\b(?:log ?in|log ?on|sign ?in|inloggen|anmelden|anmeldung|einloggen|login|account"
        r"|credentials?|user(?:name)?|zugang\w{0,8}|benutzer|gebruiker"
        r"|connect)\b[^\n]{0,30}?[ :]{1,2}(?P<quote>[\"'`]?)[\w.@+-]{2,64}[\"'`]?(?:[ ]{0,2}[/,]"
        r"|[ ]{1,2}(?:and|und|en|with))[ ]{1,2}[\"'`]?(?P<value>[^\s\"'`]{4,200})",
        _is_secret,
        words=(
            "log login logon sign signin inloggen anmelden anmeldung einloggen account credential "
            "credentials user username zugang zugangsdaten benutzer gebruiker connect"
        ),
    ),
    _secret_detector(
        "API_KEY",
        r"\b(?:key|token|secret|license|licence|schlüssel|sleutel)\b:?[ \t]{1,3}(?P<quote>[\"'`“„(]?)"
        r"(?P<value>[A-Za-z0-9_+/.~-]{16,400}={0,2})(?![=\w])",
        _is_key,
        words="key token secret license licence schlüssel sleutel",
    ),
)
