"""Selects the tools of a turn: the catalogue's read tools, and one tool that requests a change."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import ActionOffer, Catalogue, ServiceOffer, ToolOffer
from homelab_steward.contract.foreign_tools import FOREIGN_TOOLS, ForeignToolsReport
from homelab_steward.contract.state import Person, Role, Speaker

from ..inventory.ports import Inventory
from ..language.words import WORD, catalogue_words
from ..search.terms import words as searched_words
from .foreign_reads import foreign_reads
from .help_search import HelpSearch, Search
from .mentions import NamedTarget, NameIndex, without_names
from .named_targets import named_in, related_targets
from .recognition import requested_actions
from .request_parts import unsupported_part
from .tool_schemas import read_spec
from .turn import RequestPort, Said, ServiceRead, Sources, Status, Turn, is_for

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_TOOLS: Final = 12
"""More tools make a small model slow and inaccurate."""


class Toolbox:
    """Selects the tools that fit a conversation."""

    def __init__(
        self,
        request_port: RequestPort,
        inventory: Inventory,
        catalogue: Catalogue,
        status: Status,
        search: Search,
        person: Callable[[Speaker], Person | None],
        foreign: Callable[[], ForeignToolsReport] = ForeignToolsReport,
    ) -> None:
        """``status`` returns the overview of the records, ``search`` finds runbooks and past incidents.

        ``person`` returns who speaks, None when unknown. ``foreign`` returns the tools of other servers.
        """
        self._request_port = request_port
        self._inventory = inventory
        self._catalogue = catalogue
        self._status = status
        self._search = search
        self._person = person
        self._foreign = foreign

    @property
    def catalogue(self) -> Catalogue:
        """The services with their readings, actions and tools."""
        return self._catalogue

    def open(
        self,
        said: Sequence[str],
        every: Sequence[NamedTarget],
        speaker: Speaker,
        matchers: Sequence[LanguageMatcher],
        about: Sequence[str] = (),
    ) -> Turn:
        """Return the tools of one turn. ``said`` are the person's messages, newest last.

        ``matchers`` recognise the sentences of all languages, that of the person first. ``about`` are names
        of what the conversation is about. They may come from outside: no value is taken from them.
        """
        named = named_in([*about, *said], every)
        is_owner = self._is_owner(speaker)
        reads = self._reads(said, every, named, is_owner=is_owner)
        # Only actions the person requested, on targets they named: a reading cannot add any.
        asks = self._requestable(said[-1], every, named, matchers) if said and named else {}
        foreign = foreign_reads(self._foreign(), " ".join(said[-1:]), is_owner=is_owner)
        sources = Sources(self._status, self.help_search(speaker), self._inventory, foreign)
        numbers = [without_names(one, NameIndex(every)) for one in said] if asks else []
        texts = Said(said, numbers)
        return Turn(self._request_port, sources, reads, asks, named, texts, speaker, matchers)

    def _requestable(
        self,
        text: str,
        every: Sequence[NamedTarget],
        named: Sequence[NamedTarget],
        matchers: Sequence[LanguageMatcher],
    ) -> dict[str, tuple[str, ActionOffer]]:
        """Return the actions that a text requests on named targets, none if it has a part for nothing."""
        here = {one.service for one in named}
        found = {
            f"{service}.{one.key}": (service, one)
            for service, many in self.actions(every).items()
            if service in here
            for one in requested_actions(text, many, matchers)
            if any(is_for(one, service, target) for target in named)
        }
        spans = [one.span for one in NameIndex(every).find(text)] if found else []
        is_unsupported = found and any(unsupported_part(text, one, spans) for one in matchers)
        return {} if is_unsupported else found

    def help_search(self, speaker: Speaker) -> HelpSearch:
        """Return the search for runbooks and past incidents."""
        return HelpSearch(self._search, includes_incidents=self._is_owner(speaker))

    def _is_owner(self, speaker: Speaker) -> bool:
        person = self._person(speaker)
        return person is not None and person.role is Role.OWNER

    def actions(self, every: Sequence[NamedTarget]) -> dict[str, tuple[ActionOffer, ...]]:
        """Return the actions of each service that has a target."""
        here = {one.service for one in every}
        return {one.key: one.actions for one in self._catalogue.services if one.key in here}

    def _reads(
        self,
        said: Sequence[str],
        every: Sequence[NamedTarget],
        named: Sequence[NamedTarget],
        *,
        is_owner: bool,
    ) -> dict[str, ServiceRead]:
        """Return at most ``MOST_TOOLS`` read tools, those of the named targets first."""
        targets = {target for one in named for target in related_targets(self._inventory, one)}
        near = {one.service for one in every if one.target in targets}
        scoped: dict[tuple[str, str | None], dict[str, NamedTarget]] = defaultdict(dict)
        # A small model chooses among the first ones only.
        for one in sorted(every, key=lambda one: one.target not in targets):
            scoped[one.service, one.scope][one.label] = one
        asked = _stems(" ".join(said[-1:]))
        words = set(WORD.findall(" ".join(said[-1:]).casefold()))
        found: list[tuple[int, ServiceOffer, ToolOffer]] = []
        for service in self._catalogue.services:
            for offer in service.tools:
                # Each foreign tool is offered with a schema of its own.
                if service.key == FOREIGN_TOOLS or (offer.is_owner_only and not is_owner):
                    continue
                if (service.key, offer.scope) in scoped:
                    found.append((_relevance(offer, service.key in near, words), service, offer))
        found.sort(key=lambda one: -one[0])
        reads = (
            ServiceRead(
                read_spec(service, offer, tuple(scoped[service.key, offer.scope])),
                offer,
                scoped[service.key, offer.scope],
                not asked.isdisjoint(_stems(_name(offer))),
            )
            for _, service, offer in found[:MOST_TOOLS]
        )
        return {one.spec.name: one for one in reads}


def _relevance(offer: ToolOffer, is_near: bool, words: set[str]) -> int:  # noqa: FBT001
    """Return how well a tool fits a question: by target, then by name, then by description."""
    named = len(catalogue_words(_name(offer)) & words)
    return 100 * is_near + 10 * named + len(catalogue_words(offer.description) & words)


def _name(offer: ToolOffer) -> str:
    return f"{offer.key} {offer.name}".replace("_", " ")


@lru_cache(maxsize=1_024)
def _stems(text: str) -> frozenset[str]:
    """Return the words of a text as the search compares them, without those that say nothing."""
    return frozenset(one.stem for one in searched_words(text))
