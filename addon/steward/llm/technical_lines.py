"""Tells lines of change logs and of documents about programs from what people write to each other. Pure."""

import re
from itertools import pairwise
from typing import Final

from .detectors.given_names import is_given_name
from .detectors.people_words import KIN
from .detectors.secret_words import ACCESS_WORDS, WIFI_WORDS, secret_kind

FEWEST_WORDS: Final = 4
"""Shorter lines can be an entry of a list: ``netflix - bananaboat``."""

LONGEST: Final = 2_000
"""Longer lines are not judged: each word of them would search the whole line again."""

_VERBS: Final = (
    r"add(?:s|ed)?|allow(?:s|ed)?|avoid(?:s|ed)?|bump(?:s|ed)?|clean(?:s|ed)? up|deprecate(?:s|d)?|"
    r"detect(?:s|ed)?|disable(?:s|d)?|document(?:s|ed)?|drop(?:s|ped)?|enable(?:s|d)?|fix(?:es|ed)?|"
    r"handle(?:s|d)?|implement(?:s|ed)?|improve(?:s|d)?|introduce(?:s|d)?|prevent(?:s|ed)?|"
    r"refactor(?:s|ed)?|remove(?:s|d)?|rename(?:s|d)?|replace(?:s|d)?|revert(?:s|ed)?|rework(?:s|ed)?|"
    r"simplif(?:y|ies|ied)|support(?:s|ed)?|work(?:s|ed)? around"
)
"""What changes of programs begin with, without those that hand over a password: ``use bananaboat``."""

_SIGNS: Final = re.compile(
    r"`[^`\n]{2,60}`"
    r"|https?://(?:www\.)?(?:github|gitlab|codeberg|bitbucket)\.(?:com|org)/"
    r"|(?<![\w/&])#\d{2,6}\b"
    r"|\bCVE-\d{4}-\d"
    r"|\blib[a-z]{2,20}-?\d\b"
    r"|(?<![\w.])v?\d{1,4}\.\d{1,4}\.\d{1,4}(?![\w.]*\.\d)"
    r"|\w\(\)"
    r"|^UPID:[\w-]{1,40}:"
    r"|^\W*(?:ports?|puertos?) \d{2,5},? [^\W\d]"
    r"|^\s*[\w./-]{1,80}@(?:autosnap|zrepl|zfs-auto-snap|syncoid|(?:hourly|daily|weekly|monthly)[-_])[\w:-]*\s"
    r"|^\W*\[[A-Z]{3,20}\]\W"
    r"|^\W*[a-z]+(?:_[a-z\d]+)+ - ",
    re.IGNORECASE | re.MULTILINE,
)
"""Names in code, links to commits, numbers of issues, versions, labels of changes, snapshots, and ports."""

_CHANGE: Final = re.compile(
    rf"^\s*(?:[-*+•]|\d{{1,2}}\))\s+(?:[\w./-]{{1,30}}: )?(?:{_VERBS})\b", re.IGNORECASE | re.MULTILINE
)
"""An entry of a list that begins as a change does. Without one of the signs it can be a note of a person."""

_PEOPLE: Final = re.compile(
    r"\b(?:i|i'm|my|me|mine|we|our|ours|us|you|your|yours|he|she|his|her|hers"
    r"|ich|mir|mich|mein\w{0,2}|wir|uns|unser\w{0,2}|du|dir|dich|dein\w{0,2}|ihr\w{0,2}|sie"
    r"|je|moi|mon|ma|mes|nous|notre|nos|vous|votre|vos|tu|ton|ta|tes|il|elle"
    r"|yo|mi[s]?|nosotros|nuestr[oa]s?|tus?|usted|él|ella"
    r"|ik|mij|mijn|wij|ons|onze|jij|je|jouw|hij|zij"
    r"|kids|guests|everyone|everybody|family|tenants|kinder|gäste|familie|alle|enfants|invités|famille|niños"
    r"|invitados|familia|kinderen|gasten|iedereen)\b",
    re.IGNORECASE,
)
"""Words with which people speak about themselves and others."""

_STANDARD: Final = re.compile(
    r"utf-?(?:8|16|32)|iso-8859-\d{1,2}|rfc\d{1,5}|0x[\da-f]{1,4}|(?:en|wl|ww)[ops]\d{1,3}(?:s\d{1,3})?(?:f\d)?"
    r"|ctrl-event-[a-z-]{3,40}|x86[-_]64|a(?:md|rm)64|ipv[46]"
    r"|(?:ssh-)?ed25519(?:-sk)?|(?:curve|x)25519|secp\d{3}[kr]1|(?:ssh-)?(?:ec)?dsa|(?:ssh-)?rsa-?(?:\d{4})?"
    r"|aes-?\d{3}(?:-(?:gcm|cbc|ctr|ccm))?|chacha20(?:-poly1305)?|sha-?(?:\d{1,3}|3-\d{3})|hmac(?:-sha\d{1,3})?"
    r"|argon2(?:id|[id])?|s?crypt|bcrypt|pbkdf2|(?:hs|rs|es|ps)(?:256|384|512)|x\.?509|x11|wpa[23]|base(?:32|64)"
    r"|v\d{1,2}(?:\.\d{1,4}){0,3}(?:-(?:alpha|beta|rc)\.?\d{0,2})?"
    r"|ghsa(?:-[a-z\d]{4}){3}|cve-\d{4}-\d{4,6}|oauth2?|oidc|saml2?|totp|hotp|fido2?|u2f|webauthn",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"(?:\S{0,200}[(<\"'])?https?://(?:www\.)?(?:github|gitlab|codeberg|bitbucket)\.(?:com|org)/\S*"
)

_OF_PROGRAMS_TEXT: Final = (
    "in time lock slot entry access security verification confirmation box recovery backup setup pairing "
    "google matter homekit activation"
)
_OF_HOMES: Final = ACCESS_WORDS.difference(_OF_PROGRAMS_TEXT.split())
"""Words for what has a code, without those that change logs have too."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_PLAIN: Final = re.compile(
    r"[^\W\d_]{3,}(?:-[^\W\d_]{2,})*|#\d{1,6}|_?[a-z\d]+(?:_[a-z\d]+)+|[a-z]+\d?(?:[A-Z][a-z]+)+"
)


def is_technical(line: str, *, with_sign: bool = False) -> bool:
    """Return whether a line is about a program, and mentions neither people nor anything secret.

    ``with_sign``: that it begins as a change does is not enough.
    """
    has_sign = _SIGNS.search(line) or (not with_sign and _CHANGE.match(line))
    if not has_sign or _PEOPLE.search(line):
        return False
    words = _WORD.findall(line)
    return len(words) >= FEWEST_WORDS and not any(
        _is_private(word, before.lower()) for before, word in pairwise(["", *words])
    )


def is_plain(word: str) -> bool:
    """Return whether a word is one of a sentence, the name of a variable, or the number of an issue."""
    return _PLAIN.fullmatch(word) is not None


def is_standard(word: str) -> bool:
    """Return whether a word is a standard or a version: an encoding, an RFC, a processor, ``v2``."""
    return _STANDARD.fullmatch(word) is not None


def is_in_link(text: str, start: int) -> bool:
    """Return whether what begins at ``start`` is a part of a link to a forge of source code."""
    first = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
    return _LINK.match(text, first, start) is not None


def are_technical(text: str, start: int, end: int, *, with_sign: bool = False) -> bool:
    """Return whether all lines around ``text[start:end]`` are technical; empty ones do not count."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = last if last >= 0 else len(text)
    if last - first > LONGEST:
        return False
    lines = text[first:last].splitlines()
    return all(is_technical(one, with_sign=with_sign) for one in lines if one.strip())


def _is_private(word: str, before: str) -> bool:
    plain = word.lower()
    is_name = word[0].isupper() and is_given_name(word)
    return (
        is_name
        or plain in KIN
        or plain in _OF_HOMES
        or plain in WIFI_WORDS
        or secret_kind(plain, before) is not None
    )
