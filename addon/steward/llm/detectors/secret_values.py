"""Checks the format of a named secret, so that ``password: required`` is not one."""

import re
from itertools import pairwise
from typing import Final

from .pairs import Pair, Part

_NO_SECRET: Final = re.compile(
    r"(?:Get|Read|New|ConvertTo|Import|Export|Invoke)-[A-Z]\w+.*|[A-Za-z_][\w.]*\([\w\"'., /-]*\)"
    r"|[A-Za-z_]\w*(?:\.\w+){1,4}\((?:[\"'][\w\"'.,: /-]*)?\)?|[a-z][a-z_]{2,30}\(\)?"
    r"|(?i:argon2\w*|bcrypt|scrypt|pbkdf2[\w-]*|sha-?\d+\w*|md5|aes[\w-]*|[hr]s\d{3}|wpa\d?[\w-]*)"
    r"|(?:raise|return|throw|await|yield|print|assert|continue|break)\b.*"
    r"|(?i:true|false|yes|no|null|none|nil|on|off|unset|empty|missing|invalid|expired|required|wrong"
    r"|incorrect|authentication|failed|error|ok|bearer|basic|str(?:ing)?|bool(?:ean)?|int(?:eger)?"
    r"|optional|any|not|set|changed|is|was|for|from|and|the|default|hidden|redacted|removed|unknown"
    r"|rejected|denied|accepted|auth|session|account|change[ _-]?(?:me|this|it)(?:[ ,.!].*|_[a-z_]+)?"
    r"|(?:replace|insert|enter|put|set|fill)[_-](?:me|this|here|it|with|in|value|your)\w*|(?:wrong"
    r"|invalid|bad"
    r"|not|no)(?:[ _-]?(?:a|set|given|known|valid|needed|required|configured|provided|found|available"
    r"|the|your|my|user|login|credentials?|pass(?:word|phrase)?|pw|secret|token|key))*|changed"
    r"|placeholder|existing\w*|test_\w+|(?:var|local|module|inputs|outputs|github|runner|\.?values)\.[\w.]+"
    r"|\(#\d{1,6}\)?"
    r"|GPIO_?(?:NUM_)?\d{1,2}|(?:IO|[AD]|P[A-K])\d{1,2}"
    r"|(?:user|account|group|entry|file|token|authentication|permission|password"
    r"|passwd)(?: [\w'-]+){0,3}? (?:not"
    r" (?:found|known|set)|does not exist|unchanged|failed|failure|denied|locked|expired)\b.*"
    r"|pass(?:word|wd) (?:expiry|expired|changed|updated|authentication|for|is|was|has)\b.*"
    r"|password|passwort|secret|token|key|generate|auto|it (?:is (?:way )?(?:too|not|based)|does not)\b.*"
    r"|(?:my|the|some)\b(?=(?:[^\W\d]|[ .<>-])*"
    r"\b(?:pass\w*|secret|token|key|value|user\w*|name|code|string|here|one|same|api|own|random))(?:[^\W\d]"
    r"|[ .<>-])*|(?:click|klicken?|klik|cliquez|haga clic|haz clic|suivez|usa)(?: sie)? (?:on|here|the|sur"
    r"|ici|auf|hier|op|en|le|el)\b(?:[^\W\d]|[ .-])*|(?:your"
    r"|insert|enter|replace|put|example|dummy|todo|fake|sample|redacted|deine?"
    r"|jouw)\b(?:[^\W\d]|[ .<>-])*|your[a-z_-]+)|A{3,}(?:-B{3,}){1,2}(?:-C{3,})?|[*•x.<>_-]+|X[X-]{3,}"
    r"|x{3,}.{0,3}|\*{3}.{0,3}|\.{3}.*"
    r"|\?.*|…`?|%[dsv]|<[^<>]*>?|!(?:secret|env_var|vault|include|input|file|reference|lookup)\b.*"
    r"|[\w.-]+:/\S*"
    r"|(?:[\w.-]{1,40}/){0,6}[\w-]+\.(?:crt|pem|cer|p12|ya?ml|json|conf|ini|toml|txt|cfg|env)"
    r"|(?i:n?varchar)\(.*"
    r"|struct(?:[ ]?\{.*)?|\$\{.*|\$\(.*|\$(?:[A-Z_]+|[a-z_]+)|\{\{.*|\{%.*"
    r"|<[\w ._-]+>|%\(.*|%[A-Z_]+%|ENC\[.*|\$ANSIBLE_VAULT.*|(?:op|vault|file|ref|env):.*"
    r"|/(?:run|etc|var|config|secrets?|home|root|opt|usr|data|mnt|srv|tmp)(?:/.*)?|(?:\.{1,2}|~)/.*"
    r"|(?:os\.)?(?:environ|getenv)\b.*"
    r"|(?:config|settings|self|args|secrets?|env|process|data|vars)[.\[].*|\[[A-Z_0-9]+\]?|\d+(?:, .*"
    r"| (?:tests?|prompt|completion|tokens?|of|more|left)\b.*)"
)
_NAME_OF_SECRET: Final = re.compile(
    r"(?:access|admin|api|app|auth|bot|client|database|db|encryption|jwt|master|mqtt|mysql|pg|postgres"
    r"|private"
    r"|redis|refresh|root|server|service|session|signing|smtp|user|webhook)"
    r"(?:[-_](?:password|passwd|token|key|secret)|(?:Password|Token|Key|Secret))"
)
"""The name of a secret where its value is expected: ``key: rootPassword`` in a reference to a secret."""

_KNOWN_DEFAULTS: Final = frozenset(("admin", "guest", "demo"))
TAIL: Final = ".,;:!?)]}\"'`"
_BEFORE: Final = TAIL.replace("!", "")
"""What is ignored before a value, which is a reference in ``!secret wifi``."""
_CODE: Final = re.compile(r"\d{4,12}|\d{2,4}(?:-\d{2,4}){1,3}")
_FIRST_CODE: Final = re.compile(r"\d{4,8}(?=[ ,;.][ ]?[^\W\d])")
_NUMBER: Final = re.compile(r"[\d.,%]+")
_BLOCK: Final = re.compile(
    r"[|>][+-]?[ \t]*\r?\n(?P<block>(?P<indent>[ \t]+)\S[^\n]{0,400}(?:\n(?P=indent)[^\n]{0,400}){0,60})"
)
"""A block scalar of YAML."""
_PROMPT: Final = re.compile(r"([\"'])[^\"'\n]*\w[ ]?:[ ]?\1\Z")
"""A prompt in quotes, as in ``printf 'Password: '``: what follows is no value."""
_LONGEST_PROMPT: Final = 64
_WORD: Final = re.compile(r"[^\s\"',}]{0,4000}")
_SCHEME: Final = re.compile(r"(?:bearer|basic|token|digest|apikey|negotiate)[ \t]{1,3}", re.IGNORECASE)
_LIST_OF_NUMBERS: Final = re.compile(r"\[?[ ]?(?:\d{1,3},[ ]?){7,}\d{1,3}[ ]?\]?")
_REFERENCES: Final = frozenset(
    ["existing", "mountable", "pull", "image", "auth", "tls", "from", "ref", "mount"]
)
_COUNTED: Final = frozenset(
    ["max", "min", "num", "total", "prompt", "completion", "input", "output", "new", "context", "per"]
)
_SHORTEST_CODE: Final = 4
_SHORTEST_RANDOM: Final = 16
_PUBLIC_KEYS_TEXT: Final = "public pub primary foreign partition sort cache ssh host row index object"
_PUBLIC_KEYS: Final = frozenset(_PUBLIC_KEYS_TEXT.split())
_LEAST_OF_EACH: Final = 2
_LEAST_CHANGES: Final = 0.34
_SYLLABLES: Final = re.compile(r"[a-z]{4,}")
_MOST_IN_WORDS: Final = 0.4
"""Random text changes between lower case, capitals and digits at two of three characters; names
made of words change at one of five, and consist mostly of sequences of lower case letters."""
_DOOR_CONTEXT: Final = re.compile(
    r"alarm|code_arm|lock\b|lock\.|keypad|door|garage|gate\b|disarm", re.IGNORECASE
)
_CONTEXT_LENGTH: Final = 200


def secret(pair: Pair) -> Part:
    """Return a secret, None for a placeholder, a reference or a count of tokens."""
    if pair.is_quoted and _PROMPT.search(pair.text, max(0, pair.start - _LONGEST_PROMPT), pair.start):
        return None
    if block := _BLOCK.match(pair.text, pair.start):
        return block.span("block")
    scheme = _SCHEME.match(pair.text, pair.start)
    start = scheme.end() if scheme else pair.start
    end = pair.end if start < pair.end else _match_end(_WORD, pair.text, start)
    value = pair.text[start:end].strip().rstrip(TAIL + " ")
    if (
        not value
        or (value[0] in "{[(" and not pair.is_quoted)
        or _is_placeholder(value)
        or pair.word_before in _REFERENCES
    ):
        return None
    if _NUMBER.fullmatch(value) and _is_count(pair, value):
        return None
    if pair.words[-1] == "pwd" and value.startswith("/"):
        return None  # a working directory
    return start, start + len(pair.text[start:end].rstrip())


def code(pair: Pair) -> Part:
    """Return a code of digits, such as a PIN."""
    value = pair.value.strip().rstrip(TAIL)
    if _CODE.fullmatch(value):
        return pair.whole
    first = _FIRST_CODE.match(pair.text, pair.start, pair.end)
    return first.span() if first else None


def door_code(pair: Pair) -> Part:
    """Return a code if the text around it is about doors or alarms, because errors also have codes."""
    around = pair.text[max(0, pair.start - _CONTEXT_LENGTH) : pair.end + _CONTEXT_LENGTH]
    return code(pair) if pair.is_quoted and _DOOR_CONTEXT.search(around) else None


def random(pair: Pair) -> Part:
    """Return a random value; the name alone is not enough to make it secret."""
    value = pair.value.strip().rstrip(TAIL[:-3])
    if _LIST_OF_NUMBERS.match(pair.text, pair.start):
        return pair.start, _match_end(_LIST_OF_NUMBERS, pair.text, pair.start)
    if pair.word_before in _PUBLIC_KEYS:
        return None
    if len(value) < _SHORTEST_RANDOM or " " in value or "/" in value[:1] or not is_mixed(value):
        return None
    return secret(pair)


def is_random(text: str) -> bool:
    """Return whether lower case letters, capitals and digits alternate as in random text."""
    kinds = ["d" if one.isdigit() else "u" if one.isupper() else "l" for one in text if one.isalnum()]
    if min(kinds.count("d"), kinds.count("u"), kinds.count("l")) < _LEAST_OF_EACH:
        return False
    changes = sum(one != other for one, other in pairwise(kinds))
    in_words = sum(len(word) for word in _SYLLABLES.findall(text))
    return changes / len(kinds) > _LEAST_CHANGES and in_words / len(kinds) < _MOST_IN_WORDS


def is_mixed(text: str) -> bool:
    """Return whether ``text`` has both digits and letters."""
    return any(one.isdigit() for one in text) and any(one.isalpha() for one in text)


def is_made_up(text: str) -> bool:
    """Return whether it is not a normal word: with digits, symbols or inner capitals."""
    core = text.strip(TAIL)
    if len(core) < 4:  # noqa: PLR2004 - shorter ones are words or PINs, and PINs are digits
        return False
    inner = core[1:]
    return (
        any(one.isdigit() for one in core)
        or core.count("-") > 1
        or any(not (one.isalnum() or one in "-'\u2019") for one in inner)
        or (any(one.isupper() for one in inner) and any(one.islower() for one in core))
    )


def is_known_default(match: re.Match[str]) -> bool:
    """Return whether an account and its password are those of a manual, such as ``admin / admin``."""
    value = match["value"].strip(TAIL).casefold()
    account = match.string[match.start() : match.start("value")].casefold()
    return value in _KNOWN_DEFAULTS and re.search(rf"\b{value}\b", account) is not None


def is_no_secret(text: str) -> bool:
    """Return whether it is a placeholder, a reference or a word such as ``required``."""
    plain = text.rstrip(TAIL)
    return any(map(_is_placeholder, (plain, plain.lstrip(_BEFORE))))


def _is_placeholder(value: str) -> bool:
    return _NO_SECRET.fullmatch(value) is not None or _NAME_OF_SECRET.fullmatch(value) is not None


def _is_count(pair: Pair, value: str) -> bool:
    is_short = len(value) < _SHORTEST_CODE and pair.words[-1] in ("pass", "token", "tokens", "pw", "keys")
    return is_short or pair.words[-1] == "tokens" or pair.word_before in _COUNTED


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
