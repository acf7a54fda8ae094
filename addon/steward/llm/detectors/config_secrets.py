"""Secrets in configuration, prompts, and command lines whose program is not known."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from .common_words import is_usual
from .detector import Detector, detector
from .no_values import is_participle, is_term
from .secret_values import is_mixed, is_no_secret
from .secret_words import NOT_SECRET

_VALUE: Final = r"(?P<quote>[\"'])?(?P<value>(?(quote)[^\"'\n]{2,200}|[^\s\"'|;&<>]{2,200}))"
_NAME: Final = (
    r"(?i:pass(?:word|wort|wd|phrase|code|key)?|kennwort|wachtwoord|contrase[nñ]a|secrets?|pwd|pw|psk|mdp"
    r"|tokens?"
    r"|api_?keys?|auth_?keys?|credentials?)"
)
_NAMES_TEXT: Final = (
    "password passwords passwort passwd passphrase passcode passkey pass kennwort wachtwoord contraseña "
    "contrasena "
    "secret secrets pwd pw psk mdp token tokens key keys apikey authkey credential credentials community "
    "pin otp passe"
)


_FEWEST_LETTERS: Final = 5


def _is_value(match: re.Match[str]) -> bool:
    value = match["value"]
    is_word = value.casefold().strip(".,;:!?") not in NOT_SECRET and not is_usual(value.strip(".,;:!?"))
    is_remark = value[0] in "-/$[{%<(" or is_participle(value)
    return is_word and not is_no_secret(value) and not is_term(value) and not is_remark


def _is_mixed_value(match: re.Match[str]) -> bool:
    return is_mixed(match["value"]) and _is_value(match)


def _secret(
    pattern: str,
    words: str = "",
    *,
    near: str = "",
    accepts: Callable[[re.Match[str]], bool] = _is_value,
    crosses_lines: bool = False,
) -> Detector:
    found = detector("PASSWORD", pattern, "value", accepts, near, re.MULTILINE, words=words)
    return replace(found, is_secret=True, crosses_lines=crosses_lines)


CONFIG_SECRET_DETECTORS: Final = (
    # a name and a value with a space between them: keystore_password tulip
    _secret(
        rf"^[ \t]*(?:set[ ])?(?:[\w.-]{{1,30}}[ \t]){{0,7}}?[\w.-]{{0,30}}[_.-]{_NAME}"
        rf"[ \t]{{1,8}}{_VALUE}[\"']?[ \t]*;?$",
        _NAMES_TEXT,
    ),
    _secret(
        rf"^[ \t]*(?:auth|api|access|license|pre-shared|private|shared|master|wpa"
        rf"|enrol\w*)[_-]?key[ \t]{{1,8}}{_VALUE}",
        "key authkey apikey masterkey",
        accepts=_is_mixed_value,
    ),
    _secret(
        r"^[ \t]*(?:enable|username|snmp-server|neighbor|ip|ipv6|tacacs(?:-server)?|radius(?:-server)?|aaa"
        r"|set|add"
        r"|user|crypto|ntp|wpa-psk|server)\b[^\n:=|]{0,80}?[ ](?:secret|password|community|key|passphrase"
        r"|psk|pass)"
        r"[ ]{1,4}(?:\d[ ])?" + _VALUE + r"[\"']?(?=[ \t]*$|[ ](?:ro|rw|RO|RW|sftp|host|port)\b)",
        "secret password community key passphrase psk pass",
    ),
    _secret(
        r"^[ \t]*(?:ro|rw|snmp_?)?community[ \t]{1,4}" + _VALUE + r"[\"']?[ \t]*(?:ro|rw|RO|RW|default|\d|$)",
        "community rocommunity rwcommunity",
    ),
    # options of any program
    _secret(
        r"[ ](?:-u|-U|-l|--?user(?:name)?)[ =]?\S{1,64}[ ][^\n|;&]{0,60}?(?<=[ ])-(?:p|P|w|W)[ =]?(?![- ])"
        + _VALUE
    ),
    _secret(
        r"[ ]-[AX][ ]" + _VALUE + r"(?=[ ])", "snmpwalk snmpget snmpset snmpbulkwalk snmpbulkget snmptable"
    ),
    _secret(r"\b(?:useradd|usermod|adduser)\b[^\n|;]{0,60}?[ ]-p[ ]" + _VALUE, "useradd usermod adduser"),
    _secret(r"[ ]--(?:plaintext|iscrypted)[ ]" + _VALUE, "plaintext iscrypted"),
    _secret(r"\bkeyring[ ]set[ ]\S{1,64}[ ]\S{1,64}[ ](?P<value>[^\n|;&]{2,80})", "keyring"),
    _secret(r"(?:^|[>$#][ ])AUTH[ ]" + _VALUE + r"[\"']?[ \t]*$", "auth"),
    _secret(r"(?:^|>[ ])(?:user|open|USER)[ ][\w.@-]{2,64}[ ]" + _VALUE + r"[\"']?[ \t]*$", "user open"),
    # the seed of one-time codes
    _secret(
        r"(?i:\b(?:otp|totp|2fa|mfa|authenticator|seed"
        r"|two[ -]?factor)\b)[^\n]{0,30}?(?<![\w])(?P<value>[A-Z2-7]{16,64})(?![\w])",
        "otp totp fa mfa authenticator seed factor twofactor",
        accepts=lambda match: len(set(match["value"])) > _FEWEST_LETTERS,
    ),
    _secret(r"(?i:/user(?:name)?:)\S{1,64}[ ](?!/)" + _VALUE, "user username"),
    _secret(
        r"(?:^|[>$#][ ])(?:login|auth|connect|logon|identify|AUTH|LOGIN|authenticate)[ ][\w.@-]{2,64}[ ]"
        + _VALUE
        + r"[\"']?[ \t]*$",
        "login auth connect logon identify authenticate",
    ),
    _secret(
        r"\b(?:user(?:name)?|login|benutzer|gebruiker|utilisateur"
        r"|usuario)[ ](?!(?:and|or|und|oder|en|of|et|ou|y|o|name|has"
        r"|with)[ ])\S{1,64}[ ](?:and[ ])?(?:pass(?:word|wd)?|pw|secret"
        r"|passwort|wachtwoord|mdp|clave)[ ]" + _VALUE,
        _NAMES_TEXT,
    ),
    # the answer to a prompt
    _secret(
        r"(?i:^(?![^\n:]{0,100}\b(?:fail\w*|wrong|invalid|auth\w*|chang\w*|error|reset|policy|hash|max\w*"
        r"|min\w*|age|length|rounds|require\w*"
        r"|not|denied|bad"
        r"|incorrect|expired|accepted|rejected|feat|fix|docs|how|why|where|user "
        r"root)\b)[^\n:=]{0,60}\b(?:password"
        r"|passphrase|passcode|passwort|kennwort|mot de passe|contraseña|wachtwoord|pin)\b[^\n:]{0,60}:)[ ]"
        + _VALUE
        + r"[\"']?[ \t]*$",
        _NAMES_TEXT,
    ),
    # a line of a file with PostgreSQL's passwords: host:port:database:user:password
    _secret(
        r"(?<![\w.:/])[\w.*-]{1,64}:(?:5432|5433|6432"
        r"|\*):[\w*-]{1,64}:[\w.*-]{1,64}:(?P<value>[^\s:\"']{3,200})",
        near=":5432: :5433: :6432: :*:",
    ),
    # an object with names of one letter: auth: {u: anna, p: tulip}
    _secret(
        r"(?i:auth|login|creds?|credentials?|account)[\"']?[ ]?[:=][ ]?\{[^{}\n]{0,120}?"
        r"(?<![\w.-])[\"']?[pP][\"']?[ ]?:[ ]?(?P<quote>[\"'])(?P<value>[^\"'\n]{2,200})(?P=quote)",
        near="{",
    ),
    # an address with a user and without a scheme: root:tulip@10.0.0.5
    _secret(
        r"(?<![\w/@:.+-])[a-zA-Z][\w.-]{1,30}:(?!sha\d|//)(?P<value>[^\s:@/\"']{4,64})"
        r"@[\w-]{1,40}(?:\.[\w-]{1,40}){1,4}\b",
        near="@",
    ),
    # SQL
    _secret(
        r"(?i:\binsert[ ]into[ ][\"`\w.]{0,30}(?:users?|accounts?|logins?|credentials?"
        r"|members?)[\"`]?[ ]values)[^;\n]{0,80}?"
        r"'[^'\n]{2,60}',[ ]?'(?P<value>[^'\n]{4,80})'",
        "insert",
    ),
    _secret(r"(?i:\bset[ ]password\b[^=\n]{0,80}=[ ]?(?:password\()?)" + _VALUE, "password"),
    # a user and a password behind one name: basic_auth: anna:tulip
    _secret(
        r"(?i:\b(?:(?:basic|http|proxy)[_.-]?auth(?:\.users)?|sasl_passwd|\w{1,30}_(?:auth|creds?"
        r"|credentials|login|userpass)|user_?pass|creds?|credentials?|auth_?pass|basicauth"
        r"|userpw|http_auth))[\"']?[ ]?[:=][ ]?[\"']?(?:\[[^\]\n]{1,80}\]:\d{1,5}[ ])?"
        r"[\w.@+-]{1,64}:(?P<value>[^\s\"'/:][^\s\"']{2,200})"
    ),
    _secret(r"\]:\d{2,5}[ \t]{1,8}[\w.+-]{1,64}@?[\w.-]{0,80}:(?P<value>[^\s\"']{3,200})", near="]:"),
    # a value below the name of a secret: content, data, default
    _secret(
        r"^(?P<indent>[ \t]*)(?i:[\w.-]{0,40}(?:secrets?|passwords?|passphrase|passwd|api_?key"
        r"|tokens?)):[ ]*\n"
        r"(?:(?P=indent)[ \t]+[\w.-]{1,40}:[ ]*\n)?"
        r"(?P=indent)[ \t]+(?:content|value|default|data|plain|secret|stringData|text):[ ]" + _VALUE,
        _NAMES_TEXT,
        crosses_lines=True,
    ),
    # a list of secrets: "tokens": ["a", "b"]
    _secret(
        rf"\b\w{{0,30}}(?:{_NAME}|(?i:(?:recovery|backup|rescue|scratch|emergency|one_?time"
        rf"|otp)_?(?:codes?|keys?)))[\"']?"
        r"[ ]{0,2}[:=][ ]{0,2}\[[ ]{0,2}(?P<value>[\"'][^\]\n]{3,2000})(?=\])",
        _NAMES_TEXT + " codes code",
    ),
    # the data set of a Thread network, which has its key
    _secret(
        r"(?i:\b(?:thread|dataset|tlvs?)\b)[^\n]{0,40}?(?<!\w)(?P<value>0[eE]08[\da-fA-F]{40,600})(?!\w)",
        "thread dataset tlv tlvs",
    ),
    # the key of a Z-Wave device
    _secret(
        r"(?i:\b(?:dsk|smart ?start|s2)\b)[^\n\d]{0,20}(?P<value>\d{5}(?:-\d{5}){1,7})(?![\w-])",
        "dsk smart smartstart s",
        accepts=lambda match: len(match["value"]) > 0,
    ),
    # the bytes of a key
    _secret(
        r"(?i:\bkey\b)[^\n\d\[]{0,20}(?P<value>\[?[ ]?"
        r"(?:(?:0x)?[\da-fA-F]{1,3},[ ]?){7,63}(?:0x)?[\da-fA-F]{1,3}[ ]?\]?"
        r"|(?:[\da-fA-F]{2}[: -]){15,63}[\da-fA-F]{2}(?![\w:]))",
        "key",
        accepts=lambda match: len(match["value"]) > 0,
    ),
)
