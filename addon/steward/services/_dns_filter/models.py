"""What both programs answer, in the same form, and what is wrong with it."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from ...sdk.answers import Item, State, known
from ...sdk.display import Text, brief, first_of, share, span, translate
from ...sdk.kits import Paused

LONG: Final = timedelta(hours=12).total_seconds()
"""Seconds of a pause that are a problem."""

FULL: Final = 90.0
"""Percent of the DHCP addresses in use that are a problem."""


class FilterList(Item, rename=None):
    """One list of domains."""

    title: str
    rules: int | None = None
    enabled: bool | None = None

    @abstractmethod
    def failure(self, now: datetime) -> Text | None:
        """Return why it is not up to date. Raises NotKnown."""

    def problem(self, now: datetime) -> Text | None:
        """Return why a list that is on is not up to date. Raises NotKnown."""
        return self.failure(now) if known(self.enabled) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How the facts are read of a program's state. Each raises NotKnown.

    ``dhcp_share`` is the percentage of leased addresses, None when there is no DHCP server.
    """

    answers_dns: Callable[[Any], bool]
    paused: Callable[[Any], Paused]
    queries: Callable[[Any], int]
    blocked: Callable[[Any], int]
    lists: Callable[[Any], Iterable[FilterList]]
    dhcp_share: Callable[[Any], float | None]
    version: Callable[[Any], str]


class FilterState(State):
    """Everything that one poll reads."""

    facts: ClassVar[Facts]

    @property
    def paused(self) -> Paused:
        """Whether it filters, and when it does again. Raises NotKnown."""
        return self.facts.paused(self)

    def active_lists(self) -> list[FilterList]:
        """Return the lists that are on."""
        return [one for one in self.facts.lists(self) if known(one.enabled)]

    def blocked_share(self) -> float:
        """Return the percentage of the queries that were blocked. Raises NotKnown."""
        return share(self.facts.blocked(self), self.facts.queries(self))

    def resumes_at(self) -> datetime | None:
        """Return when it filters again, None while it does or when that has no end."""
        left = self.paused.left
        return None if self.paused.is_on or left is None else self.now + timedelta(seconds=left)

    def dns_down(self) -> Text | None:
        """Return that the DNS server does not run."""
        is_up = self.facts.answers_dns(self)
        return None if is_up else t"The DNS server does not run: no name is resolved"

    def filtering_off(self) -> Text | None:
        """Return that filtering is off for long, or without an end."""
        paused = self.paused
        if paused.is_on or (paused.left is not None and paused.left <= LONG):
            return None
        end = t"nothing turns it on again" if paused.left is None else t"for another {span(paused.left)}"
        return t"Filtering is off: {end}"

    def outdated(self) -> list[str]:
        """Return the lists that are not up to date, and why. Raises NotKnown."""
        problems = ((one.title, one.problem(self.now)) for one in self.facts.lists(self))
        return [translate(t"{brief(title, 60)}: {problem}") for title, problem in problems if problem]

    def lists_outdated(self) -> str | None:
        """Return the first lists that are not up to date."""
        return first_of(self.outdated(), between="; ") or None

    def dhcp_full(self) -> Text | None:
        """Return that nearly all DHCP addresses are leased."""
        share = self.facts.dhcp_share(self)
        return t"{share:g} % of the DHCP addresses are leased" if (share or 0) >= FULL else None
