"""A text with what was found in it, and everything that it can be about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from .given_names import GivenNames
from .meanings import Offers
from .mentions import Mention, NameIndex
from .named_targets import NamedTarget

if TYPE_CHECKING:
    from .language_matcher import Lists

LONGEST: Final = 300
"""Characters of a text that is recognised. Longer texts are for a model."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What can be asked about: all targets, their actions, the names of readings and of kinds of things.

    ``aliases`` are other names of targets, with the name that they stand for, ``categories`` the keys of the
    services by the name of their category, ``reading_words`` the words of names of readings by language,
    ``given`` the names that people gave, and places, ``programs`` the names of all services.
    """

    among: tuple[NamedTarget, ...]
    offers: Offers = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    reading_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    service_names: Mapping[str, str] = field(default_factory=dict)
    service_nouns: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    given: GivenNames = field(default_factory=GivenNames)
    programs: frozenset[str] = frozenset()

    @cached_property
    def index(self) -> NameIndex:
        """The names of the targets."""
        index = NameIndex(self.among, self.service_names, self.aliases, self.given)
        index.add_nouns(self.among, self.service_nouns)
        return index

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """The first words of the keys of all actions."""
        return tuple({one.key.partition("_")[0] for many in self.offers.values() for one in many})


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidText:
    """A text with the names in it, and the target that was named before it."""

    text: str
    mentions: tuple[Mention, ...]
    last: Mention | None
    known: Known
    lists: Lists
    bare: Lists
    no_names: frozenset[str]
    pronouns: Mapping[str, int]


def known_lists(known: Known, names: Mapping[str, int] | None = None) -> Lists:
    """Return what a text may contain now, with ``names`` in place of mentions."""
    from .language_matcher import Lists  # noqa: PLC0415 - hassil is loaded at the first question

    return Lists(
        names=names or {},
        readings=known.readings,
        words=known.reading_words,
        kinds=known.kinds,
        verbs=known.verbs,
    )
