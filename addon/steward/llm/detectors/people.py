"""Finds names of people: unusual capitalized words in the context of a person."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .common_words import PROGRAMS, is_usual
from .detector import Span, is_machine_text
from .given_names import ARTICLES, PROGRAMS_LIKE_PEOPLE, THINGS, is_given_name
from .household_questions import is_of_household
from .known_words import is_known
from .names_of_places import PLACES
from .names_of_things import is_name_of_thing, line_around
from .people_words import (
    ANNOUNCEMENTS,
    AUXILIARY_VERBS,
    BEFORE_PERSON,
    BEFORE_THING,
    BELONGINGS,
    KIN,
    NAMES_AND_WORDS,
    NOT_ALONE,
    PERSON_CONTEXT,
    POSSESSIVES,
    QUESTION_WORDS,
    TITLES,
    VERBS,
    VERBS_AFTER_AUXILIARY,
    WITH_THEIR,
)
from .secret_words import secret_kind

CAPITALS: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΫА-Я"
CAPITAL: Final = rf"[{CAPITALS}]"
LETTER: Final = r"[^\W\d_]"
WORD: Final = rf"{CAPITAL}(?:{LETTER}|['\u2019-](?={LETTER})){{1,30}}"
_LINK: Final = r"(?:van|von|de|der|den|da|di|del|della|la|le|bin|al|el|zu|dos|du|ten|ter|af|y)"
_MORE: Final = rf"[ ](?:(?:{_LINK}[ ]){{0,2}}{WORD}|{CAPITAL}\b\.?(?=[ ]))"
_RUN: Final = re.compile(rf"{CAPITAL}(?<!\w.)(?:{LETTER}|['\u2019-](?={LETTER})){{1,30}}(?:{_MORE}){{0,4}}")
_WORDS: Final = re.compile(r"[^ ]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_POSSESSIVE_ENDINGS: Final = ("'s", "\u2019s")
_NEAR_LENGTH: Final = 40
_CONTEXT_LENGTH: Final = 160
_SHORTEST_NAME: Final = 3
_BEFORE_NAME: Final = frozenset(" \n\t\r\"'¿¡«;(„“\u2018>[*-,")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A possible name in ``text``, with the words before and after it in lower case."""

    text: str
    start: int
    end: int
    before: Sequence[str]
    after: Sequence[str]
    is_owner: bool
    has_parts: bool


def find_people(text: str) -> Iterator[Span]:
    """Yield the names of people in ``text``. Takes linear time."""
    for run in _RUN.finditer(text):
        if run.start() and text[run.start() - 1] not in _BEFORE_NAME:
            continue
        for start, end in _names(run):
            if not _is_term(text[start:end]) and not is_name_of_thing(text, start, end):
                yield _span(start, end)


def _is_term(name: str) -> bool:
    """Return whether it is one word that is known, or that announces a secret, and no given name."""
    plain = name.lower()
    if plain in NAMES_AND_WORDS:
        return False
    if is_given_name(name) or " " in name or plain in PLACES or plain in PROGRAMS_LIKE_PEOPLE:
        return False
    return is_known(plain) or secret_kind(plain, "") is not None or plain.startswith(_OF_PASSWORDS)


_OF_PASSWORDS: Final = ("passwort", "kennwort", "wachtwoord", "password")
"""What nouns such as ``Passwortmanager`` begin with."""


def _span(start: int, end: int) -> Span:
    return Span(start=start, end=end, label="PERSON")


def _names(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the names in capitalized words: ``Ask Anna Berg`` contains ``Anna Berg``."""
    words = [
        (one.start() + run.start(), one.end() + run.start(), one.group())
        for one in _WORDS.finditer(run.group())
    ]
    is_possible = [_may_be_name(bare(word)) for _, _, word in words]
    if not any(is_possible):
        return
    first = 0
    while first < len(words):
        if _is_announced(run.string, words[first][0]) and any(is_possible[first:]):
            yield words[first][0], _end(words[-1])
            return
        # a link such as "van" does not start a name
        if words[first][2].islower() or _is_own_relation(run.string, words, first):
            first += 1
            continue
        last = first
        while last < len(words) and is_possible[last]:
            last += 1
        while words[last - 1][2].islower():
            last -= 1
        if last > first and _is_person(_name(run.string, words[first:last])):
            yield words[first][0], _end(words[last - 1])
        first = max(last, first + 1)


def _is_own_relation(text: str, words: Sequence[tuple[int, int, str]], index: int) -> bool:
    """Return whether the word is a relation before a name: ``Unsere Tochter Anna``."""
    before = words[index - 1][2].lower() if index else "".join(_words_before(text, words[index][0])[-1:])
    return words[index][2].lower() in KIN and before in POSSESSIVES and index + 1 < len(words)


def _may_be_name(word: str) -> bool:
    """Return whether ``word`` may be part of a name; links such as ``van`` may."""
    if word.lower() in BEFORE_PERSON or word.lower() in TITLES or word.lower() in ANNOUNCEMENTS:
        return False
    # a word such as Zigbee-Gerät has a usual part
    is_usual_word = any(is_usual(part) for part in word.split("-")) or is_oddly_written(word)
    return word[0].islower() or word.lower() in NAMES_AND_WORDS or not is_usual_word


def _name(text: str, words: Sequence[tuple[int, int, str]]) -> _Name:
    start, end = words[0][0], _end(words[-1])
    return _Name(
        text=text,
        start=start,
        end=end,
        before=_words_before(text, start),
        after=_words_after(text, words[-1][1]),
        is_owner=words[-1][1] > end,
        has_parts=len(words) > 1,
    )


def _words_before(text: str, start: int) -> list[str]:
    return text[max(0, start - _NEAR_LENGTH) : start].lower().split()


def _words_after(text: str, end: int) -> list[str]:
    return text[end : end + _NEAR_LENGTH].lower().split() if text[end : end + 1] == " " else []


def bare(word: str) -> str:
    """Return ``word`` without a possessive ending: ``Anna`` for ``Anna's``."""
    return word[:-2] if word.endswith(_POSSESSIVE_ENDINGS) else word


def _end(word: tuple[int, int, str]) -> int:
    return word[0] + len(bare(word[2]))


def is_oddly_written(word: str) -> bool:
    """Return whether the capitals are unusual for a person: DHCPACK and MainThread, not McDonald."""
    if word.isupper():
        return len(word.rstrip(".")) > 1
    inner = [one for before, one in pairwise(word) if before not in "'\u2019-"]
    return sum(one.isupper() for one in inner) > word.startswith(("Mc", "Mac", "De", "Van", "Le", "La"))


def _is_announced(text: str, start: int) -> bool:
    """Return whether the words before announce a name: ``my name is``, ``Dear``, ``Mrs``."""
    before = _words_before(text, start)
    last = before[-1].strip("\"'(*,") if before else ""
    two = f"{before[-2]} {last}" if len(before) > 1 else last
    if last in KIN and ((len(before) > 1 and before[-2] in POSSESSIVES) or _is_relation(text, start, last)):
        return True
    if len(before) > 1 and before[-1] == "(" and bare(before[-2]) in KIN:
        return True
    return last in ANNOUNCEMENTS or two in ANNOUNCEMENTS or last.rstrip(".") in TITLES


_LINE_LENGTH: Final = 120
_EQUALS: Final = " =:"


def _is_relation(text: str, start: int, relation: str) -> bool:
    """Return whether a relation in lower case before a name announces it: ``cleaner Anna``."""
    first = max(text.rfind("\n", 0, start) + 1, start - _LINE_LENGTH)
    before = text[first:start].rstrip(_EQUALS)
    is_lower = before.endswith(relation) and relation not in NOT_ALONE
    end = text.find("\n", start)
    line = text[first : min(start + _LINE_LENGTH, end if end >= 0 else len(text))]
    return is_lower and not _GERMAN.search(line) and not is_machine_text(line)


def _is_person(name: _Name) -> bool:
    is_owner = name.is_owner and bool(name.after) and _is_belonging(name.after[0].rstrip(".,?!;:"))
    is_of_household = _is_possibly_of_household(name)
    if name.text[name.start : name.end].lower() in NAMES_AND_WORDS:
        is_host = bool(name.before) and name.before[-1] in _AT_HOME
        return is_host or _is_mentioned(name) or _acts(name) or is_owner or is_of_household
    return (
        _has_given_name(name)
        or _is_beside_given_name(name)
        or _is_mentioned(name)
        or _acts(name)
        or _is_addressed(name)
        or is_owner
        or is_of_household
        or (name.has_parts and (_has_initial(name) or _is_in_person_context(name)))
        or (not name.has_parts and _is_in_personal_sentence(name))
    )


_AT_HOME: Final = ("bei", "chez")


def _is_possibly_of_household(name: _Name) -> bool:
    """Return whether a name that programs and people have is that of somebody in a household."""
    first = name.text[name.start : name.end].partition(" ")[0]
    is_shared = first.lower() in NAMES_AND_WORDS or first.lower() in PROGRAMS_LIKE_PEOPLE
    return is_shared and is_of_household(name.text, name.start, name.start + len(first))


_NOT_AFTER: Final = ("=", "/", "_", "[", "{", ".py", ".so")


def _has_given_name(name: _Name) -> bool:
    """Return whether it contains a given name and is not that of a thing, such as ``Julius theme``."""
    words = name.text[name.start : name.end].split(" ")
    is_part = name.text[name.end : name.end + 1].isdigit() or name.text.startswith(_NOT_AFTER, name.end)
    if is_part or _is_genitive(name, words[0]):
        return not is_part
    if not any(is_given_name(bare(word)) for word in words):
        return False
    if name.before and name.before[-1] in ARTICLES and not (name.is_owner or _is_in_relative_clause(name)):
        return False
    return not _is_before_thing(name) and not _is_headline(_line(name))


def _is_genitive(name: _Name, word: str) -> bool:
    """Return whether a German noun follows a given name with an s: ``Mias Zimmer``."""
    has_noun = name.has_parts or name.text[name.end + 1 : name.end + 2].isupper()
    is_long = len(word) > _SHORTEST_NAME and word.endswith("s")
    return is_long and has_noun and is_given_name(word[:-1]) and not is_known(word.lower())


_PAST: Final = re.compile(
    r"\w+(?:s|ed)|made|built|bought|wrote|gave|sent|took|put|set|had|got|lent|broke|found|likes"
)


def _is_in_relative_clause(name: _Name) -> bool:
    """Return whether it does something after "that": ``the server that Anna runs``."""
    return name.before[-1] == "that" and bool(name.after) and _PAST.fullmatch(name.after[0]) is not None


def _is_before_thing(name: _Name) -> bool:
    """Return whether a thing or a version follows, also after a second name: ``Anna and Bea scenes``."""
    after = [word.strip(".,;:!?()\"'") for word in name.after[:3]]
    if after and after[0] in _AND:
        after = after[_PARTS_OF_AND:]
    return bool(after) and (after[0] in THINGS or after[0].lstrip("v")[:1].isdigit())


def _is_beside_given_name(name: _Name) -> bool:
    """Return whether ``and`` connects it with a given name: ``Giorgos and Anna``."""
    behind = name.text[name.end : name.end + _NEAR_LENGTH].split()
    in_front = name.text[max(0, name.start - _NEAR_LENGTH) : name.start].split()
    beside = [two[1] for two in (behind[:2], in_front[:-3:-1]) if len(two) > 1 and two[0] in _AND]
    is_beside = any(one[0].isupper() and is_given_name(bare(one.strip(".,;:!?"))) for one in beside)
    return is_beside and not _is_before_thing(name)


def _line(name: _Name) -> str:
    first, last = line_around(name.text, name.start, name.end)
    return name.text[first:last]


def _is_belonging(word: str) -> bool:
    return word in BELONGINGS or word in PROGRAMS


def _is_mentioned(name: _Name) -> bool:
    """Return whether it is mentioned as a person: ``tell Anna``, ``waarom kan Anna``."""
    if not name.before or name.text[name.end : name.end + 1] in ("=", ":", "(", "/", "_", "[", "{"):
        return False
    last = name.before[-1].strip(",¿¡")
    before_last = name.before[-2] if len(name.before) > 1 else ""
    if before_last in QUESTION_WORDS and last not in BEFORE_THING:
        return True
    return last in BEFORE_PERSON or f"{before_last} {last}" in BEFORE_PERSON


_AND: Final = ("and", "und", "en", "et", "y", "e", "&", "+")
_PARTS_OF_AND: Final = 2
_SCORE: Final = re.compile(r"\((?:\d{1,3}(?:\.\d+)?%|0?\.\d+|1\.0+)\)")
_RECOGNITION: Final = re.compile(
    r"\b(?:person|face|recogni[sz]ed|detected|erkannt|herkend|match)\b", re.IGNORECASE
)
_BE: Final = ("is", "has")


def _acts(name: _Name) -> bool:
    """Return whether it acts as a person: ``Anna says``, ``Anna and Bea are out``, ``Anna <anna@…``."""
    if not name.after:
        return False
    words = [word.rstrip(".,!?;:") for word in name.after[:6]]
    if " ".join(words[:2]) in WITH_THEIR:
        return True
    if words[0] in _AND and len(words) > _PARTS_OF_AND:
        words = words[_PARTS_OF_AND:]
    if name.after[0][0] in "<(" and "@" in name.after[0]:
        return True
    if _SCORE.match(name.after[0]) and _RECOGNITION.search(
        name.text, max(0, name.start - _NEAR_LENGTH), name.start
    ):
        return True
    if any(" ".join(words[:count]) in VERBS for count in (1, 2, 3, 4)):
        return True
    is_question = (
        bool(name.before) and name.before[-1] in AUXILIARY_VERBS and words[0] in VERBS_AFTER_AUXILIARY
    )
    return is_question or (
        len(words) > 1
        and words[0] in AUXILIARY_VERBS
        and words[1] in VERBS_AFTER_AUXILIARY
        and words[0] not in _BE
    )


def _is_addressed(name: _Name) -> bool:
    """Return whether it is addressed at the start of a line: ``Anna, can you …``."""
    is_first = not name.start or name.text[name.start - 1] in '\n"“„'
    return (
        is_first
        and not _ADVERB.search(name.text, name.start, name.end)
        and name.text[name.end : name.end + 2] == ", "
        and _REQUEST.match(name.text, name.end + 2) is not None
    )


_ADVERB: Final = re.compile(r"(?:al|ive|ent|ous|ar|ate|ing|ed)ly\Z")
_REQUEST: Final = re.compile(
    r"(?:can|could|would|will|please|bitte|kannst|könntest|kun|kan|are|do|did|is|i|we|you|thanks|where"
    r"|what|when|how)\b",
    re.IGNORECASE,
)


_INITIAL: Final = re.compile(rf"[ ]{CAPITAL}\.?[ ]{CAPITAL}{LETTER}{{2}}")


def _has_initial(name: _Name) -> bool:
    """Return whether it has an initial between two names: ``Anna B. Vos``."""
    return _INITIAL.search(name.text, name.start, name.end) is not None


def _is_in_person_context(name: _Name) -> bool:
    near = name.text[max(0, name.start - _CONTEXT_LENGTH) : name.end + _CONTEXT_LENGTH]
    return not PERSON_CONTEXT.isdisjoint(_LETTERS.findall(near.lower())) and not _is_headline(near)


_SHORTEST_HEADLINE: Final = 8


def _is_headline(text: str) -> bool:
    """Return whether most words are capitalized, so that capitals do not indicate a name."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= _SHORTEST_HEADLINE and 2 * sum(word[0].isupper() for word in words) > len(words)


_PERSONAL_PRONOUN: Final = re.compile(
    r"\b(?:I|[Ww]e|[Oo]ur|us|[Mm]y|me|[Hh]e|[Ss]he|[Hh]is|[Hh]er|him|[Tt]hey|[Ww]ho|[Ww]ho's)\b"
)
_GERMAN: Final = re.compile(
    r"\b(?:der|die|das|und|ist|nicht|ich|ein|eine|mit|für|auf|den|dem|wie|warum|von|zu|im)\b"
)
_LOWERCASE_BEFORE: Final = re.compile(r"(?:\b[^\WA-ZÀ-Þ\d_][\w'\u2019-]*[,)]?|\bI) \Z")


_BEFORE_PLACE_OR_THING: Final = BEFORE_THING.union(("near", "nearby", "outside", "around"))


def _is_in_personal_sentence(name: _Name) -> bool:
    """Return whether it is inside a sentence with a personal pronoun, where only names have capitals."""
    is_inside = _LOWERCASE_BEFORE.search(name.text, max(0, name.start - _NEAR_LENGTH), name.start) is not None
    if not is_inside or name.end - name.start < _SHORTEST_NAME or name.before[-1] in _BEFORE_PLACE_OR_THING:
        return False
    line = _line(name)
    if _is_headline(line) or _is_before_thing(name):
        return False
    return (
        _PERSONAL_PRONOUN.search(line) is not None and not _GERMAN.search(line) and not is_machine_text(line)
    )
