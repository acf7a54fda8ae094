"""Bazarr: subtitles, their providers, and the health of the program itself."""

from datetime import datetime
from typing import Final

from ...sdk.answers import Item, State, known, many, one, unix_time
from ...sdk.client import Key, Rest
from ...sdk.description import MEDIA, Call, Gaps, Risk, Service, Versions
from ...sdk.display import Lines, brief, count, list_tool, started, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import Clear, restart_program
from .tasks import REFRESH, SEARCH

API_KEY: Final = secret_field(
    "api_key", "API key", "In Settings, General, Security. The key has all rights: there are no smaller ones."
)

GOOD: Final = ("Good", "History")


class Status(Item, rename=None):
    """The program itself. ``start_time`` in seconds since 1970."""

    bazarr_version: str
    start_time: float | None = None

    @property
    def started_at(self) -> datetime:
        """When it was started. Raises NotKnown, and ServiceMalformed for an impossible time."""
        return unix_time(known(self.start_time), "system/status: start_time")


class Issue(Item, rename=None):
    """One problem that the program reports about itself."""

    issue: str
    object: str = ""

    def __str__(self) -> str:
        return brief(f"{self.object}: {self.issue}" if self.object else self.issue)


class Provider(Item, rename=None):
    """One source of subtitles: its state is Good, or why it is not asked until ``retry``."""

    name: str
    status: str | None = None
    retry: str = "-"

    @property
    def is_throttled(self) -> bool:
        """Whether it is not asked at the moment. Raises NotKnown."""
        return known(self.status) not in GOOD

    def __str__(self) -> str:
        return f"{self.name}: {brief(self.status or 'not known')}" + (
            f", asked again {brief(self.retry, 40)}" if self.retry not in ("-", "") else ""
        )


class Badges(Item, rename=None):
    """How many episodes and films lack subtitles."""

    episodes: int | None = None
    movies: int | None = None


class BazarrState(State):
    """Everything that one poll reads."""

    status = one("system/status", Status, below="data")
    issues = many("system/health", Issue, below="data", optional=True)
    providers = many("providers", Provider, below="data", optional=True)
    badges = one("badges", Badges, optional=True)

    def health_error(self) -> str | None:
        """Return the problems that it reports about itself. Raises NotKnown."""
        return "; ".join(map(str, self.issues)) or None

    def throttled(self) -> list[Provider]:
        """Return the providers that are not asked at the moment. Raises NotKnown."""
        return [one for one in self.providers if one.is_throttled]

    def throttled_problem(self) -> str | None:
        """Return which providers are not asked at the moment. Raises NotKnown."""
        return "; ".join(map(str, self.throttled())) or None


class BazarrClient(Rest):
    """One Bazarr."""

    base = "api"
    auth = Key("X-API-KEY", (API_KEY,))

    async def started(self, _: Call) -> str:
        """Return what changes with every start."""
        status = await self.one(Status, "system/status", below="data")
        return f"{status.started_at:%Y-%m-%d %H:%M:%S} UTC"

    async def throttled(self, _: Call) -> dict[str, str]:
        """Return the providers that are not asked at the moment. Raises ServiceMalformed for a gap."""
        providers = await self.whole(Provider, "providers", below="data")
        return {one.name: str(one) for one in providers if one.is_throttled}


@list_tool("health", "Health", "The problems that it reports.")
async def _health(client: BazarrClient, gaps: Gaps, _: Call) -> list[str]:
    return [str(one) for one in await client.many(Issue, "system/health", gaps, below="data")]


@list_tool("providers", "Providers", "Which work, and which are not asked.")
async def _providers(client: BazarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Provider, "providers", gaps, below="data")
    return [str(one) for one in worst_first(found, lambda one: one.is_throttled)]


class LogLine(Item, rename=None):
    """One line of the log."""

    timestamp: str = ""
    type: str = ""
    message: str = ""


@list_tool("recent_log", "Recent log", "The newest lines of the log.", capability="logs")
async def _log(client: BazarrClient, gaps: Gaps, _: Call) -> Lines:
    found = await client.many(LogLine, "system/logs", gaps, below="data")
    texts = [f"{one.timestamp} {one.type}: {one.message}" for one in found[:20]]
    return Lines([brief(text, 400) for text in texts], len(found))


SERVICE: Final = Service[BazarrClient, BazarrState](
    key="bazarr",
    category=MEDIA,
    suite="arr-suite",
    icon="mdi:subtitles",
    settings=(url_field("http://bazarr.example.org:6767"), API_KEY, *TLS_SETTINGS),
    connect=BazarrClient,
    poll=BazarrState.poll,
    version=lambda state: state.status.bazarr_version,
    identity=lambda state: state.status.started_at.isoformat(),
    sensors=(
        count("health_errors", "Health errors", lambda state: len(state.issues), "mdi:heart-broken"),
        count("providers_throttled", "Throttled providers", lambda state: len(state.throttled())),
        count("episodes", "Episodes without subtitles", lambda state: state.badges.episodes, "mdi:subtitles"),
        count("films", "Films without subtitles", lambda state: state.badges.movies, "mdi:subtitles"),
        started(lambda state: state.status.started_at),
    ),
    checks=(
        warning("health_error", "Health error", BazarrState.health_error),
        warning("provider_throttled", "Provider throttled", BazarrState.throttled_problem),
    ),
    tools=(_health, _providers, _log),
    actions=(
        restart_program(
            BazarrClient.started,
            lambda client, _: client.send("POST", "system", form={"action": "restart"}),
        ),
        Clear(
            read=BazarrClient.throttled,
            remove=lambda client, _, __: client.send("POST", "providers", form={"action": "reset"}),
            label=t"Throttled providers",
            before=t"not asked",
            after=lambda _: "asked again",
        ).action(
            key="reset_providers",
            name="Ask throttled providers again",
            description="Ends the pause of providers that failed or that were asked too often.",
            risk=Risk.LOW,
            blast_radius="A provider can refuse more requests for longer",
            capability="retry",
        ),
        SEARCH,
        REFRESH,
    ),
    understood=Versions("1.2", "1.5"),
)
