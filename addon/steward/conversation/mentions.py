"""Finds the names of targets in a text, also when their words are joined or split: adguard-home."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE
from ..inventory.stacks import STACK, Stack
from ..language.text_parts import mark
from ..language.words import WORD, words_of
from .given_names import GivenNames, place_target, stack_target

NEAREST: Final = 3
"""Names that an answer about an unknown name contains."""

LIKELY: Final = 0.72
"""Similarity from which on a person is asked whether a name is meant."""

HEARD: Final = 0.82
"""Similarity from which two words are a name that was heard wrong."""

LONGEST_NAME: Final = 5
"""Words of a name that are compared."""

_SHORTEST_HEARD: Final = 6
"""Characters of a name that is found when it was heard as two words."""

_SHORTEST_JOINED: Final = 5
"""Characters of a name that is also found when its words are joined or split otherwise."""

_SHORTEST_PART: Final = 3
"""Characters of a part of a name that a person is asked about."""

_LETTERS: Final = re.compile(r"[a-z]{4,}(?=\d|\Z)")
"""What people call "nvme0n1"."""

_PROTOCOLS: Final = frozenset(
    {"dhcp", "dhcpv4", "dhcpv6", "dns", "ftp", "ldap", "media", "mqtt", "ntp", "sql", "ssh", "vpn"}
)
_SERVES: Final = frozenset({"broker", "daemon", "resolver", "server", "service"})
"""Words after the name of a program that people leave out."""

_SERIES: Final = re.compile(r"([^\W\d_]{2,})\d{1,3}")


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """A target with its unique label; ``service`` is the key of its service."""

    label: str
    target: TargetRef
    service: str

    @property
    def resource_id(self) -> str | None:
        """The id of a resource, None for an instance."""
        return None if self.scope is None else self.target.id

    @property
    def scope(self) -> str | None:
        """The kind of a resource, None for an instance."""
        return None if self.target.kind == INSTANCE else self.target.kind


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a name stands in a text, and the targets that have it, instances first."""

    start: int
    end: int
    targets: tuple[NamedTarget, ...]

    @property
    def span(self) -> tuple[int, int]:
        """The place in the text."""
        return self.start, self.end


class NameIndex:
    """All names by which targets are known: their own, their labels, their services, and aliases."""

    def __init__(
        self,
        among: Sequence[NamedTarget],
        service_names: Mapping[str, str] | None = None,
        aliases: Mapping[str, str] | None = None,
        given: GivenNames | None = None,
    ) -> None:
        """``service_names`` are names by the key of a service; ``aliases`` are names by alias.

        ``given`` has more names of targets, and places.
        """
        self.targets = tuple(among)
        self._exact: dict[tuple[str, ...], list[NamedTarget]] = defaultdict(list)
        self._joined: dict[str, list[NamedTarget]] = defaultdict(list)
        for one in among:
            for name in {one.target.name, one.label}:
                self._add(name, one)
        self._add_services(among, service_names or {})
        self._add_short(among)
        for alias, name in (aliases or {}).items():
            found = self._exact.get(words_of(name), ())
            for one in tuple(found):
                self._add(alias, one)
        if given is not None:
            self._add_given(among, given)
        self._measure()

    def _measure(self) -> None:
        self._longest = min(max((len(one) for one in self._exact), default=0), LONGEST_NAME)
        self._longest_joined = max(map(len, self._joined), default=0)
        # Most words of a text begin no name, also not one whose words are split.
        self._starts = frozenset(name[:end] for name in self._joined for end in range(1, len(name) + 1))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all names."""
        return frozenset(word for name in self._exact for word in name)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """The kind and the name of each resource whose id is a number, by that number.

        The kind says that a machine is meant, and not the application of the same name.
        """
        return {
            one.target.id: f"{one.scope} {one.target.name}"
            for one in self.targets
            if one.scope and one.target.id.isdecimal()
        }

    def is_of_series(self, word: str) -> bool:
        """Return whether a word differs from a name in its number only: "pve9" beside pve1."""
        said = _SERIES.fullmatch(word.casefold())
        return said is not None and said[1] in self._series

    def begins_series(self, word: str) -> bool:
        """Return whether a word is a name without its number: "pve" of pve1."""
        return word.casefold() in self._series

    def has_words(self, words: tuple[str, ...]) -> bool:
        """Return whether words occur side by side in a name."""
        count = len(words)
        return any(
            words == name[at : at + count] for name in self.phrases for at in range(len(name) - count + 1)
        )

    def heard_as(self, first: str, second: str) -> str | None:
        """Return the name of the instance that two words sound like, None when neither is clear.

        A program that hears a question splits names that it does not know: "son are", "open sense".
        """
        joined = f"{first}{second}".casefold()
        if len(joined) < _SHORTEST_HEARD or {(first.casefold(),), (second.casefold(),)} & self._exact.keys():
            return None
        fitting = {
            one
            for one in self._one_word
            if one[0] == joined[0] and SequenceMatcher(None, joined, one).ratio() >= HEARD
        }
        return fitting.pop() if len(fitting) == 1 else None

    @cached_property
    def _one_word(self) -> frozenset[str]:
        """The names of instances that are one word of letters."""
        names = (one.target.name.casefold() for one in self.targets if one.scope is None)
        return frozenset(one for one in names if one.isalpha() and len(one) >= _SHORTEST_HEARD)

    @cached_property
    def _series(self) -> frozenset[str]:
        found = (_SERIES.fullmatch(one.target.name.casefold()) for one in self.targets)
        return frozenset(one[1] for one in found if one)

    @property
    def phrases(self) -> Iterable[tuple[str, ...]]:
        """The words of each name."""
        return self._exact.keys()

    def add_nouns(self, among: Sequence[NamedTarget], nouns: Mapping[str, str]) -> None:
        """Add nouns such as "NAS" for the instances of services, whose keys are separated by "|"."""
        for noun, services in nouns.items():
            keys = services.split("|")
            found = [one for one in among if one.scope is None and one.service in keys]
            if words_of(noun) not in self._exact:
                for one in found:
                    self._add(noun, one)
        self._measure()

    def add_stacks(
        self, stacks: Iterable[Stack], nouns: Collection[str], among: Sequence[NamedTarget]
    ) -> None:
        """Add stacks by their name and a noun: "media stack", "namespace media", and with their instance."""
        labels = {one.target.id: one.label for one in among if one.scope is None}
        for stack in stacks:
            where = labels.get(stack.instance_id, stack.instance_id)
            found = NamedTarget(f"{STACK} {stack.name} on {where}", stack_target(stack), "")
            for noun in nouns:
                self._add(f"{stack.name} {noun}", found)
                self._add(f"{noun} {stack.name}", found)
            self._add(found.label, found)
        self._measure()

    def named(self, name: str) -> tuple[NamedTarget, ...]:
        """Return the targets that have a name, () when it is none, or has more words than a name."""
        found = self.find(name)
        is_whole = len(found) == 1 and words_of(name[found[0].start : found[0].end]) == words_of(name)
        return found[0].targets if is_whole else ()

    def find(self, text: str, start: int = 0) -> tuple[Mention, ...]:
        """Return the names in a text from a place on, in order.

        A longer name comes before one that it contains.
        """
        words = list(WORD.finditer(text, start))
        folded = [one[0].casefold() for one in words]
        found: list[Mention] = []
        at = 0
        while at < len(words):
            count, targets = self._at(folded, at)
            if count:
                found.append(Mention(words[at].start(), words[at + count - 1].end(), tuple(targets)))
            at += max(count, 1)
        return tuple(found)

    def _at(self, words: Sequence[str], at: int) -> tuple[int, Sequence[NamedTarget]]:
        """Return the number of words of the longest name that begins here, and its targets."""
        if words[at] not in self._starts:
            return 0, ()
        for count in range(min(self._longest, len(words) - at), 0, -1):
            targets = self._exact.get(tuple(words[at : at + count]))
            if targets:
                return count, targets
        found: tuple[int, Sequence[NamedTarget]] = (0, ())
        joined = ""
        for count, word in enumerate(words[at : at + LONGEST_NAME], start=1):
            joined += word
            if len(joined) > self._longest_joined:
                break
            if len(joined) >= _SHORTEST_JOINED and joined in self._joined:
                found = count, self._joined[joined]
        return found

    def _add(self, name: str, target: NamedTarget) -> None:
        words = words_of(name)
        if not words or target in self._exact[words]:
            return
        _insert(self._exact[words], target)
        joined = self._joined["".join(words)]
        if target not in joined:
            _insert(joined, target)

    def _add_services(self, among: Sequence[NamedTarget], names: Mapping[str, str]) -> None:
        """Add the names of services for their instances, where nothing else has that name."""
        named: dict[str, list[NamedTarget]] = defaultdict(list)
        for one in among:
            if one.scope is None:
                for name in {one.service.replace("_", " "), names.get(one.service, "")}:
                    named[name].append(one)
        for name, targets in named.items():
            if words_of(name) not in self._exact:
                for one in targets:
                    self._add(name, one)

    def _add_given(self, among: Sequence[NamedTarget], given: GivenNames) -> None:
        for one in among:
            for name in given.names.get(one.target.key, ()):
                self._add(name, one)
        for place in given.places:
            for name in (place.name, *place.aliases):
                self._add(name, NamedTarget(place.name, place_target(place), ""))

    def _add_short(self, among: Sequence[NamedTarget]) -> None:
        """Add what people call "sda (WD-4711)", "llama3:8b", and "Unbound DNS".

        Only where nothing else has that name.
        """
        named: dict[str, list[NamedTarget]] = defaultdict(list)
        for one in among:
            short = re.split(r" \(|:", one.target.name, maxsplit=1)[0]
            letters = _LETTERS.match(short)
            for each in {short, letters[0] if letters else short, _without_role(short)}:
                if each != one.target.name and words_of(each) not in self._exact:
                    named[each].append(one)
        for short, targets in named.items():
            if len(targets) > 1 and _LETTERS.fullmatch(short):
                continue  # "sd" of sda1 and sdb1
            for one in targets:
                self._add(short, one)


def _without_role(name: str) -> str:
    """Return the first word of a name that otherwise says what the program serves: "Plex Media Server"."""
    first, *others = name.split()[:LONGEST_NAME] or [name]
    roles = {one.casefold() for one in others}
    return first if roles & _PROTOCOLS and roles <= _PROTOCOLS | _SERVES else name


def _insert(targets: list[NamedTarget], target: NamedTarget) -> None:
    """Add a target: people mean the service, unless they call it a container or a machine."""
    instances = sum(one.scope is None for one in targets)
    targets.insert(instances if target.scope is None else len(targets), target)


def marked(text: str, mentions: Sequence[Mention]) -> str:
    """Return a text with a mark in place of each name."""
    for number, one in reversed(list(enumerate(mentions))):
        rest = text[one.end :]
        # "Radarr-Container" is a container named Radarr.
        rest = f" {rest[1:]}" if re.match(r"-\w", rest) else rest
        text = f"{text[: one.start]}{mark(number)}{rest}"
    return text


def nearest_names(name: str, among: Iterable[NamedTarget]) -> tuple[str, ...]:
    """Return the names that are similar to ``name``, best first."""
    names: dict[str, str] = {}
    for one in among:
        names.setdefault(one.target.name.casefold(), one.target.name)
    wanted = name.casefold()
    similar = get_close_matches(wanted, names, n=NEAREST, cutoff=0.6)
    containing = [one for one in names if wanted in one or one in wanted]
    return tuple(names[one] for one in dict.fromkeys([*similar, *containing]))[:NEAREST]


def is_part(name: str, near: Sequence[str]) -> bool:
    """Return whether a name is the beginning or the end of the only name that is similar."""
    only, part = near[0].casefold(), name.casefold()
    return len(near) == 1 and len(part) >= _SHORTEST_PART and (only.startswith(part) or only.endswith(part))


def is_likely(name: str, near: str) -> bool:
    """Return whether a name is probably a misspelled or misheard other one."""
    return SequenceMatcher(None, name.casefold(), near.casefold()).ratio() >= LIKELY


def without_names(text: str, names: NameIndex) -> str:
    """Return a text with each name replaced by a word: a number in a name is no number that was said."""
    found, at = "", 0
    for one in names.find(text):
        found += f"{text[at : one.start]}it"
        at = one.end
    return found + text[at:]
