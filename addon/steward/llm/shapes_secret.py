"""What a secret looks like: keys by their prefix, values by their name, randomness by itself."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from .shapes import Shape, anything

# Every repetition is bounded or begins at a fixed word: hostile text must not make them slow.
_PREFIXED: Final = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"AIza[\w-]{30,60}",
    r"ya29\.[\w-]{20,400}",
    r"(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,250}",
    r"gh[pousr]_[A-Za-z0-9]{20,255}",
    r"github_pat_\w{20,255}",
    r"gl(?:pat|dt|rt|cbt|ptt|soat|agent|sa|c)[-_][\w.-]{16,300}",
    r"xox[abeoprs]-[\w-]{10,255}",
    r"xapp-[\w-]{10,255}",
    r"tskey-[a-z]{2,12}-[\w-]{10,100}",
    r"hf_[A-Za-z0-9]{20,64}",
    r"hv[sbr]\.[\w-]{20,300}",
    r"npm_[A-Za-z0-9]{30,64}",
    r"dckr_(?:pat|oat)_[\w-]{20,64}",
    r"do[opr]_v1_[0-9a-f]{40,80}",
    r"SG\.[\w-]{16,32}\.[\w-]{30,64}",
    r"gsk_[A-Za-z0-9]{30,80}",
    r"(?:nvapi|pplx|xai|r8|tvly|lin_api|ntn|shp(?:at|ca|ss)|ptla|ptlc|rnd|ops|k10)[-_][\w-]{20,200}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{40,80}",
    r"cf[ku]t_[\w-]{20,80}",
    r"\$(?:2[aby]|5|6|y|argon2id?)\$[\w./$,=+-]{20,200}",
)

# What stands before the word (POSTGRES_, radarr.) does not matter; bypass and spin are no names.
_NAMES: Final = (
    r"(?:api[ _-]?key|access[_-]?key|auth[_-]?key|private[_-]?key|pre-?shared[_-]?key|signing[_-]?key"
    r"|encryption[_-]?key|master[_-]?key|account[_-]?key|client[_-]?key|tokens?|passwords?|passwort|kennwort"
    r"|wachtwoord|contraseña|mot[ _]de[ _]passe|hasło|passwd|passcode|passphrase|secrets?|credentials?"
    r"|authorization|(?<![a-z])(?:pass|pwd|psk|pin|community))(?:[_-](?:id|hash|key|value|1|2|new|old))?"
)
_NO_VALUE: Final = re.compile(
    r"(?i:true|false|yes|no|null|none|nil|on|off|unset|empty|missing|invalid|expired|required|wrong|incorrect"
    r"|authentication|failed|error|ok|bearer|basic|string|not|set|changed|is|was|for|from|and|the)"
    r"|[*•x.<>_-]+|\*{3}.{0,3}|!secret\b.*|!env_var\b.*|!vault\b.*|\$\{.*|\$\(.*|\{\{.*|<[\w ._-]+>|%\(.*"
    r"|\[[A-Z_0-9]+\]"
    r"|\d+(?:, .*| (?:tests?|prompt|completion|tokens?|of|more|left)\b.*)"
)
_COUNTED: Final = re.compile(
    r"(?:tokens|(?:max|min|num|total|prompt|completion)[_. -]?token)\Z", re.IGNORECASE
)
_CODE: Final = re.compile(r"\d{4,12}")
_NUMBER: Final = re.compile(r"[\d.,%]+")
_TAIL: Final = ".,;:!?)]}\"'`"


def _holds_value(match: re.Match[str]) -> bool:
    """A name such as ``password`` is followed by a value, not by a word about it."""
    value = match["value"].rstrip(_TAIL + " ")
    if not value or _NO_VALUE.fullmatch(value):
        return False
    if match["name"].casefold() == "pin" and not _CODE.fullmatch(value):
        return False  # of a chip
    named = match.string[max(0, match.start() - 20) : match.end("name")]
    return not (_NUMBER.fullmatch(value) and _COUNTED.search(named))


def _looks_made_up(text: str) -> bool:
    """Nobody writes a word like this in a sentence: digits, signs or capitals inside it."""
    core = text.strip(_TAIL)
    if len(core) < 4:  # noqa: PLR2004 - shorter ones are words or PINs, and PINs are digits
        return False
    inner = core[1:]
    return (
        any(one.isdigit() for one in core)
        or any(not (one.isalnum() or one in "-'\u2019") for one in inner)
        or (any(one.isupper() for one in inner) and any(one.islower() for one in core))
    )


def _is_told(match: re.Match[str]) -> bool:
    value = match["value"]
    quoted = match["quote"] != ""
    return not _NO_VALUE.fullmatch(value.strip(_TAIL)) and (quoted or _looks_made_up(value))


_LEAST_OF_EACH: Final = 2
_CHANGES: Final = 0.34
"""Random letters change between small, capital and digit at two of three places; names made
of words change at one of five."""


def _is_random(match: re.Match[str]) -> bool:
    """Small letters, capitals and digits, mixed as no word or version mixes them."""
    text = match.group()
    kinds = ["d" if one.isdigit() else "u" if one.isupper() else "l" for one in text if one.isalnum()]
    if min(kinds.count("d"), kinds.count("u"), kinds.count("l")) < _LEAST_OF_EACH:
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes / len(kinds) > _CHANGES


def _is_mixed(match: re.Match[str]) -> bool:
    value = match["value"]
    return any(one.isdigit() for one in value) and any(one.isalpha() for one in value)


def _secret(
    label: str,
    pattern: str,
    group: int | str = 0,
    accepts: Callable[[re.Match[str]], bool] = anything,
    flags: re.RegexFlag = re.NOFLAG,
) -> Shape:
    return Shape(
        label=label, pattern=re.compile(pattern, flags), group=group, accepts=accepts, is_secret=True
    )


_I: Final = re.IGNORECASE

SECRET_SHAPES: Final = (
    # a private key, also when its line ends are escaped or its end is cut off
    _secret(
        "PRIVATE_KEY",
        r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----.*?"
        r"(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\Z)",
        flags=re.DOTALL,
    ),
    _secret("JWT", r"(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,2000})?"),
    _secret("API_KEY", rf"(?<![A-Za-z0-9])(?:{'|'.join(_PREFIXED)})"),
    _secret("API_KEY", r"(?<![\w.])\d{6,12}:[A-Za-z0-9_-]{30,64}"),  # a Telegram bot's token
    _secret("API_KEY", r"PVEAPIToken=(?P<value>[^\s\"',;]{8,200})", "value"),
    _secret(
        "API_KEY",
        r"\b(?:proxy-)?(?:authorization|x-[a-z-]{0,40}(?:key|token))['\"]?\s{0,3}[:=]\s{0,3}['\"]?"
        r"(?:(?:bearer|basic|token|digest)\s{1,3})?(?P<value>[^\s'\",}]{4,4000})",
        "value",
        flags=_I,
    ),
    _secret("API_KEY", r"\b(?:bearer|basic)\s{1,3}(?P<value>[a-z0-9._~+/=-]{16,4000})", "value", flags=_I),
    _secret(
        "COOKIE",
        r"\b(?:set-)?cookie['\"]?\s{0,3}:\s{0,3}['\"]?(?P<value>[^'\"\r\n}]{1,4000})",
        "value",
        flags=_I,
    ),
    # the password of an address; its user is not secret, but see the personal shapes
    _secret("PASSWORD", r"(?<=://)[^/\s:@\"'<>]{0,100}:(?P<value>[^\s\"'<>/]{1,200})@(?=[\w.\[-])", "value"),
    # "name": "value", name='value', name: value to the end of its line, name=value
    _secret(
        "PASSWORD",
        rf"(?P<name>{_NAMES})(?P<mark>\\?[\"'])?[ \t]{{0,3}}(?:=>|:=|[:=])[ \t]{{0,3}}"
        r"(?P<quote>\\?[\"'])(?P<value>(?:(?!(?P=quote))[^\r\n]){1,4000})",
        "value",
        _holds_value,
        _I,
    ),
    _secret(
        "PASSWORD",
        rf"^[ \t]{{0,40}}(?:-[ \t]{{1,3}})?[\w.-]{{0,40}}?(?P<name>{_NAMES})[ \t]{{0,3}}:[ \t]{{1,3}}"
        r"(?P<value>[^\s\"'#{\[][^\r\n#]{0,200}?)[ \t]*(?=\r?$|[ \t]#|\Z)",
        "value",
        _holds_value,
        _I | re.MULTILINE,
    ),
    _secret(
        "PASSWORD",
        rf"(?P<name>{_NAMES})(?:=|:[ \t]{{0,3}})(?P<value>[^\s\"'&,;{{\[][^\s\"'&,;}}]{{0,400}})",
        "value",
        _holds_value,
        _I,
    ),
    _secret(
        "PASSWORD",
        r"(?<!\w)(?:sshpass -p ?|--?(?:password|passwd|pass|token|secret|api-?key)[ =])"
        r"(?P<value>[^\s]{3,200})",
        "value",
    ),
    # told in a sentence: "the password of the wifi is Tulip5663"
    _secret(
        "PASSWORD",
        r"\b(?:pass(?:word|wort|phrase|code|wd)?|kennwort|wachtwoord|contraseña|hasło|mot de passe|pwd|pin"
        r"|secret|token|(?:api|access|secret|auth|license) ?key|psk|login code)\b"
        r"[^\n.?!:]{0,40}?(?:\b(?:is|was|are|to|ist|lautet|war|est|es|è|to jest|with|mit)\b:?|:|=)\s{1,3}"
        r"(?P<quote>[\"'`“„]?)(?P<value>[^\s\"'`“”„]{3,200})",
        "value",
        _is_told,
        _I,
    ),
    _secret(
        "PASSWORD",
        r"\b(?:password|passwort|passphrase|pwd|passwd|pin)\s{1,2}(?P<quote>[\"'`“„]?)"
        r"(?P<value>[^\s\"'`“”„=:]{4,200})",
        "value",
        _is_told,
        _I,
    ),
    _secret(
        "API_KEY",
        r"\b(?:key|token|secret|license)\s{1,3}(?P<quote>[\"'`“„(]?)(?P<value>[A-Za-z0-9_+/=.~-]{16,400})",
        "value",
        _is_mixed,
        _I,
    ),
    _secret("API_KEY", r"(?<![\w+/=.-])[A-Za-z0-9_+=-]{24,400}(?![\w+/=-])", accepts=_is_random),
)
