"""Finds what a trained model judges to be private, beside what the rules of ``detectors`` find."""

import re
from collections.abc import Container, Iterator, Sequence
from math import log2
from typing import Final

from .detectors.addresses import is_example_address
from .detectors.common_words import PROGRAMS
from .detectors.detector import Span
from .detectors.given_names import THINGS, names_releases
from .detectors.known_words import is_known
from .detectors.names_of_things import is_name_of_thing, line_around
from .detectors.no_values import is_participle
from .detectors.private_talk import PRIVATE_TOPICS
from .detectors.secret_values import is_no_secret
from .detectors.secret_words import NOT_SECRET, NOUNS, secret_kind
from .part_numbers import are_part_numbers, is_part_number
from .privacy_model import UNIT, LinearModel, Token, document_slots, load, slots_by_token, tokens_of
from .technical_lines import are_technical, is_in_link, is_plain, is_standard

PASSAGE: Final = 40
"""A text is judged as a whole in passages of this many words and marks."""

LIKELY_PERSONAL: Final = "LIKELY_PERSONAL"
"""The label of a part that is likely private, and whose end is uncertain."""

LIKELY_SECRET: Final = "LIKELY_SECRET"  # noqa: S105 - a label
"""The label of a part that is likely secret only because the text is private for another reason."""

WHOLE: Final = 10 * PASSAGE
"""In a text of more words and marks, only unknown words, codes, and the words around them are judged."""

_AROUND: Final = 8
_SHORTEST_CODE: Final = 4
_SHORTEST_UNKNOWN: Final = 3
_SHORT: Final = 32
_PER_DOUBLING: Final = UNIT // 2
"""A longer text has more words that look like a secret by chance: the least scores are higher for it."""

IN_PRIVATE: Final = "secret in private"
"""The name of the least score of a secret in a text that is private for another reason."""

MENTIONED: Final = "mentioned"
"""The name of the least score of a passage that mentions a password."""

SECRET_MENTIONED: Final = "secret mentioned"  # noqa: S105 - a name
"""The name of the least score of a word in a text that mentions a password."""

_TIME: Final = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")
_BEFORE_TIME_TEXT: Final = "at since until around um gegen seit bis om tegen vers depuis las"
_BEFORE_TIME: Final = frozenset(_BEFORE_TIME_TEXT.split())
_DIGEST: Final = re.compile(r"[\da-f]{6,64}")
_DIGESTS: Final = frozenset(("sha", "sha1", "sha256", "sha512", "md5", "digest", "commit", "revision", "rev"))
_OF_DIGEST: Final = tuple(
    [one] for one in ("commit", "revision", "rev", "build", "checkout", "tree", "parent")
)
_TAGS: Final = frozenset(("etag", "if-none-match", "if-match"))
"""Headers of HTTP whose value names a version of a file."""

_NETWORKS: Final = frozenset(("ssid", "essid"))
"""What the name of a network follows, which is private and no secret."""

_MARKS_BEFORE: Final = frozenset((":", "=", '"', "'", "W/"))
_MOST_MARKS_BEFORE: Final = 4
_POSSESSIVE: Final = frozenset(("mine", "yours", "hers", "ours", "theirs"))

_PACKAGE: Final = re.compile(r"[a-z][a-z\d.+]*(?:-[a-z\d.+]+){0,8}-\d{1,4}(?:\.\d{1,5}){1,4}[\w.+~:-]*")
"""The name of a package with its version."""

_PORTS_TEXT: Final = "port ports puerto puertos"
_PORTS: Final = frozenset(_PORTS_TEXT.split())
_LARGEST_PORT: Final = 65_535

_OPTION: Final = re.compile(r"--[a-z][a-z\d]*(?:-[a-z\d]+){0,6}")
"""An option of a command, which is no value of the one before it."""

_ERROR_CODES_TEXT: Final = (
    "fehlercode fehlercodes störungscode foutcode foutcodes storingscode errorcode errorcodes keycode "
    "keycodes statuscode exitcode"
)
_ERROR_CODES: Final = frozenset(_ERROR_CODES_TEXT.split())
_CODES: Final = frozenset(("code", "codes", "código", "códigos", "codigo", "codigos"))
_OF_ERRORS_TEXT: Final = (
    "error errors erreur erreurs errores fehler fout fault exit status return response http"
)
_OF_ERRORS: Final = frozenset(_OF_ERRORS_TEXT.split())
_MEANING_AFTER: Final = 16
"""Words and marks between an error code and what it means."""

_BESIDE: Final = 2
"""Words between "code" and "error" in "code d'erreur"."""

_ROLES_TEXT: Final = (
    "ap app backup backups box bridge cache cam camera cloud cluster controller core ct data db dev dns "
    "docker edge esxi firewall gateway git gpu gw home host hv hypervisor kube k3s k8s lab lb lxc mail "
    "main master media mini modem monitor mqtt nas node nodes nvr offsite pc pi plc prod proxy pve pbs "
    "rack raid router rpi san server spare srv ssd staging storage sw switch test ups vm vpn web wan wap "
    "worker zfs"
)
_ROLES: Final = PROGRAMS.union(_ROLES_TEXT.split())
"""What machines are named after."""

_MACHINE: Final = re.compile(r"[a-z\d]{1,16}(?:[-_][a-z\d]{1,16}){1,4}")
_NUMBERED: Final = re.compile(r"(k[38]s|[a-z]+)?\d{0,3}[a-z]?")

_NO_WORD: Final = -(10**6)


def find_likely_private(text: str, *, is_private: bool) -> list[Span]:
    """Return words that are likely secret or personal, and passages that are likely private.

    ``is_private``: the rules found something in ``text``. Takes linear time.
    """
    model, tokens = load(), tokens_of(text)
    features = slots_by_token(tokens, _judged(tokens))
    more = margin(len(tokens))

    scores = {
        label: [model.score(label, slots) if slots else _NO_WORD for slots in features]
        for label in ("personal", "secret")
    }

    def likely(label: str, least: int) -> Iterator[tuple[int, int]]:
        return _groups(scores[label], least + more, model.least[label] // 2)

    found = [
        Span(start=passage[0].start, end=passage[-1].end, label=PRIVATE_TOPICS)
        for passage in passages_of(tokens)
        if _is_likely(model, text, passage, model.least["private"] + more)
        and not are_technical(text, passage[0].start, passage[-1].end)
    ]
    found += [
        Span(start=tokens[first].start, end=tokens[last].end, label=LIKELY_PERSONAL)
        for first, last in likely("personal", model.least["personal"])
        if not all(_is_public(text, one) for one in tokens[first : last + 1])
    ]
    least = model.least[IN_PRIVATE if found or is_private else "secret"]
    certain = {first for first, _ in likely("secret", model.least["secret"])}
    found += [
        Span(
            start=tokens[first].start,
            end=tokens[last].end,
            label="PASSWORD" if first in certain else LIKELY_SECRET,
            is_secret=True,
        )
        for first, last in likely("secret", least)
        if not (first == last and _is_harmless(tokens, first))
        and _named(tokens, first)[0] not in _NETWORKS
        and not are_part_numbers([one.word for one in tokens[first : last + 1]])
        and not _is_of_program(text, tokens[first : last + 1])
        and (first in certain or any(map(_may_be_secret, tokens[first : last + 1])))
    ]
    return found


def may_have_secret(text: str) -> bool:
    """Return whether a text that mentions a password may contain one, for which low scores are enough."""
    model, tokens = load(), tokens_of(text)
    more = margin(len(tokens))
    least = model.least[MENTIONED] + more
    if any(model.score("private", document_slots(one)) >= least for one in passages_of(tokens)):
        return True
    features = slots_by_token(tokens, _judged(tokens))
    least = model.least[SECRET_MENTIONED] + more
    return any(model.score("secret", slots) >= least for slots in features if slots)


def margin(length: int) -> int:
    """Return how much higher the least scores are for a text of ``length`` words and marks."""
    return round(_PER_DOUBLING * max(0.0, log2(max(1, length) / _SHORT)))


def passages_of(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return the passages of a text."""
    return [tokens[first : first + PASSAGE] for first in range(0, len(tokens), PASSAGE)]


def _is_likely(model: LinearModel, text: str, passage: Sequence[Token], least: int) -> bool:
    """Return whether a passage is likely private, also without the names of programs and public people."""
    if model.score("private", document_slots(passage)) < least:
        return False
    rest = [one for one in passage if not (one.word[0].isupper() and _is_thing(text, one))]
    return len(rest) == len(passage) or (bool(rest) and model.score("private", document_slots(rest)) >= least)


def _is_thing(text: str, token: Token) -> bool:
    return is_name_of_thing(text, token.start, token.end)


_DATE: Final = re.compile(
    r"\b(?:jan|feb|m[aä]r|apr|ma[iy]|juin|jun|jul|aug|ago|sept?|o[ck]t|nov|de[cz]"
    r"|ene)\w{0,8}\.?\s{1,2}\d{1,2},?\s"
    r"(?:\d{2}:\d{2}(?::\d{2})?|\d{4}\b)",
    re.IGNORECASE,
)
"""A month before a day and a year or a time: ``Jan 07 09:14``."""

_LONGEST_DATE: Final = 32


def _is_before_thing(text: str, token: Token) -> bool:
    """Return whether a word with a capital precedes a thing, as that of its name: ``Valentine scene``."""
    behind = _NEXT_WORD.match(text, token.end)
    return token.word[0].isupper() and behind is not None and behind.group(1) in THINGS


_NEXT_WORD: Final = re.compile(r" ([a-z]{2,20})\b")


def _near(token: Token) -> tuple[int, int]:
    """Return start and end of the characters in which the date around a word is."""
    return max(0, token.start - _LONGEST_DATE), token.start + _LONGEST_DATE


def _is_public(text: str, token: Token) -> bool:
    """Return whether a word is a standard, an example, the name of a thing in its line, or a month."""
    if is_standard(token.word) or is_example_address(token.word) or _is_thing(text, token):
        return True
    if _is_before_thing(text, token):
        return True
    if any(one.start() <= token.start < one.end() for one in _DATE.finditer(text, *_near(token))):
        return True
    first, last = line_around(text, token.start, token.end)
    return names_releases(text[first:last])


def _is_of_program(text: str, found: Sequence[Token]) -> bool:
    """Return whether words are a part of a link to source code, or plain ones of a line about a program."""
    start, end = found[0].start, found[-1].end
    is_all_plain = all(is_plain(one.word) or not one.look.is_word for one in found)
    # What is handed over in code marks can be a password: "`lanternbay` works".
    has_unknown = any(one.look.is_strange for one in found)
    is_all_plain = is_all_plain and not (has_unknown and text[start - 1 : start] == "`")
    return is_in_link(text, start) or (
        is_all_plain and are_technical(text, start, end, with_sign=has_unknown)
    )


def _may_be_secret(token: Token) -> bool:
    return _is_unusual(token) and token.word.lower() not in _POSSESSIVE


def _is_time(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word is a time of day without a colon, as in ``alarm at 0730``."""
    before = tokens[index - 1].word.lower() if index else ""
    return before in _BEFORE_TIME and _TIME.fullmatch(tokens[index].word) is not None


def is_machine_name(word: str) -> bool:
    """Return whether a word is a name such as ``backup-nas-01``: usual names of machines, and numbers."""
    plain = word.lower()
    if not _MACHINE.fullmatch(plain):
        return False
    parts = re.split("[-_]", plain)
    found = [_NUMBERED.fullmatch(one) for one in parts]
    roles = [one.group(1) for one in found if one is not None and one.group(1)]
    return None not in found and bool(roles) and all(one in _ROLES for one in roles)


def _is_harmless(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a single word is a time, a digest, an address, a verb, a placeholder, or a machine."""
    word = tokens[index].word
    is_address = word.startswith("//") and index > 0 and tokens[index - 1].word == ":"
    plain = word.lower()
    is_usual_here = plain in _POSSESSIVE or plain in NOT_SECRET or (is_known(word) and is_participle(word))
    is_subject = plain in NOUNS and index > 0 and secret_kind(tokens[index - 1].word.lower(), "") is not None
    is_value = not (
        is_address
        or is_usual_here
        or is_subject
        or is_no_secret(word)
        or _PACKAGE.fullmatch(word)
        or is_machine_name(word)
        or is_standard(word)
        or is_part_number(word)
        or _is_option(tokens, index)
        or _is_port(tokens, index)
    )
    return _is_time(tokens, index) or _is_digest(tokens, index) or _is_meaning(tokens, index) or not is_value


def _is_option(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word is an option of a command after another option, which is none for a secret."""
    before = [one.word for one in tokens[max(0, index - _AROUND) : index] if _OPTION.fullmatch(one.word)]
    is_option = bool(before) and _OPTION.fullmatch(tokens[index].word) is not None
    return is_option and secret_kind(before[-1].strip("-"), "") is None


def _is_port(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a number is one of a list of ports: "port 32400 plex, 8181 tautulli".

    Nothing else that is said before may be a word for a secret.
    """
    word = tokens[index].word
    if not word.isdecimal() or word.startswith("0") or int(word) > _LARGEST_PORT:
        return False
    before = [one.word.lower() for one in tokens[max(0, index - _MEANING_AFTER) : index]]
    return not _PORTS.isdisjoint(before) and not any(secret_kind(one, "") for one in before)


def _is_meaning(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a plain word says what an error code means: "code d'erreur E04, pression basse".

    Nothing else that is said before may be a word for a secret.
    """
    before = [one.word.lower() for one in tokens[max(0, index - _MEANING_AFTER) : index]]
    if not tokens[index].word.isalpha() or not any(_is_error_code(before, at) for at in range(len(before))):
        return False
    return not any(one not in _CODES | _ERROR_CODES and secret_kind(one, "") for one in before)


def _is_error_code(words: Sequence[str], at: int) -> bool:
    if words[at] in _ERROR_CODES:
        return True
    beside = words[max(0, at - 1) : at + _BESIDE + 2]
    return words[at] in _CODES and not _OF_ERRORS.isdisjoint(beside)


def _is_digest(tokens: Sequence[Token], index: int) -> bool:
    """Return whether a word is a digest, as in ``sha256:41fe9a20``, or the version of a file of HTTP."""
    name, marks = _named(tokens, index)
    if name in _TAGS:
        return bool(marks) and any(map(str.isdigit, tokens[index].word))
    is_named = (bool(marks) and name.rpartition("_")[2] in _DIGESTS) or (not marks and [name] in _OF_DIGEST)
    return is_named and _DIGEST.fullmatch(tokens[index].word) is not None


def _named(tokens: Sequence[Token], index: int) -> tuple[str, int]:
    """Return the name of a value, and how many marks are between them: ``revision : '41fe9a20'`` has two."""
    marks = 0
    while marks < min(index, _MOST_MARKS_BEFORE) and tokens[index - marks - 1].word in _MARKS_BEFORE:
        marks += 1
    return (tokens[index - marks - 1].word.lower() if marks < index else ""), marks


def _judged(tokens: Sequence[Token]) -> Container[int] | None:
    """Return the places of the words to judge, None for all: to judge all words of a long text takes long."""
    if len(tokens) <= WHOLE:
        return None
    found = (index for index, one in enumerate(tokens) if _is_unusual(one))
    return {at for index in found for at in range(index - _AROUND, index + _AROUND + 1)}


def _is_unusual(token: Token) -> bool:
    length = len(token.word)
    is_code = length >= _SHORTEST_CODE and token.word.isdigit()
    return is_code or (length >= _SHORTEST_UNKNOWN and token.look.is_strange)


def _groups(scores: Sequence[int], least: int, beside: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of neighbours of which one reaches ``least``, and all ``beside``."""
    end = 0
    for index, score in enumerate(scores):
        if score < least or index < end:
            continue
        start, end = index, index + 1
        while start and scores[start - 1] >= beside:
            start -= 1
        while end < len(scores) and scores[end] >= beside:
            end += 1
        yield start, end - 1
