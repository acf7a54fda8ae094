"""A simulator for any HTTP service: it serves recorded answers and changes them where an action does.

A route is named ``METHOD /path`` with optional ``{parameters}`` and a query that must be part of
the request's (``GET /api/v3/queue?includeUnknownMovieItems=true``). The most specific one answers.
"""

import copy
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl

from aiohttp import web

from lab.faults import Fault, Faults
from lab.server import Simulator, cut
from lab.wire import Json, JsonObject, json_response, loads
from lab.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request. ``body`` is the decoded JSON or form, None when there is none."""

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json

    @property
    def fields(self) -> JsonObject:
        """The body when it is an object, else nothing."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An answer that is not simply 200 with a JSON body."""

    body: Json = None
    text: str | None = None
    status: int = 200
    reason: str | None = None
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """Return it as aiohttp's response."""
        if self.text is None and self.body is not None:
            return json_response(self.body, status=self.status, reason=self.reason, headers=self.headers)
        return web.Response(
            text=self.text,
            status=self.status,
            reason=self.reason,
            headers=self.headers,
            content_type=self.content_type,
        )


type Computed = Callable[[ReplayState, Sent], Json | Raw]
"""Computes an answer from the state; used as an effect it may change the state too."""

type Answer = Json | Raw | Computed
type Accepts = Callable[[ReplayState, Sent], bool]


class ReplayState:
    """What the simulated service answers now.

    ``answers`` maps routes to answers; effects change them. ``values`` is for anything else
    that effects remember.
    """

    def __init__(self, world: World, answers: Mapping[str, Answer]) -> None:
        self.answers: dict[str, Answer] = {}
        self.replace(answers)
        self.values: dict[str, Json] = {}
        self._world = world
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._away_from = self._away_until = 0.0

    def replace(self, answers: Mapping[str, Answer]) -> None:
        """Answer with copies of these from now on: effects change only the copies."""
        for route, answer in answers.items():
            self.answers[route] = answer if callable(answer) else copy.deepcopy(answer)

    def now(self) -> datetime:
        """Return the aware UTC time of the lab."""
        return datetime.fromtimestamp(self._world.wall(), UTC)

    def stamp(self) -> str:
        """Return the time as most services write it."""
        return f"{self.now():%Y-%m-%dT%H:%M:%SZ}"

    def later(self, seconds: float, change: Callable[[], None]) -> None:
        """Make a change once the lab's clock has moved on by ``seconds``."""
        self._later.append((self._world.now() + seconds, change))
        self._later.sort(key=lambda one: one[0])

    def away(self, seconds: float, after: float = 0.05) -> None:
        """Answer nobody for ``seconds``, beginning ``after`` seconds from now."""
        self._away_from = self._world.now() + after
        self._away_until = self._away_from + seconds

    @property
    def is_away(self) -> bool:
        """Whether nobody is answered now."""
        return self._away_from <= self._world.now() < self._away_until

    def settle(self) -> None:
        """Make the changes whose time has come."""
        while self._later and self._later[0][0] <= self._world.now():
            self._later.pop(0)[1]()

    def object(self, route: str) -> JsonObject:
        """Return the recorded object of a route, to change it. Raises TypeError when it is none."""
        answer = self.answers[route]
        if not isinstance(answer, dict):
            raise TypeError(f"{route} is not an object")
        return answer

    def rows(self, route: str) -> list[Json]:
        """Return the recorded list of a route, to change it. Raises TypeError when it is none."""
        answer = self.answers[route]
        if not isinstance(answer, list):
            raise TypeError(f"{route} is not a list")
        return answer


def anybody(_: ReplayState, __: Sent) -> bool:
    """Accept every request."""
    return True


def header(name: str, value: str) -> Accepts:
    """Accept requests with this header, such as an API key."""
    return lambda _, sent: sent.headers.get(name.lower()) == value


def query(name: str, value: str) -> Accepts:
    """Accept requests with this query parameter."""
    return lambda _, sent: sent.query.get(name) == value


def bearer(token: str) -> Accepts:
    """Accept requests with this bearer token."""
    return header("Authorization", f"Bearer {token}")


def basic(username: str, password: str) -> Accepts:
    """Accept requests with this user name and password."""
    return header("Authorization", f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a service answers.

    ``answers`` are read only, ``effects`` are the changes: each that answers below 400 becomes an
    effect of the world. ``public`` names paths that need no credentials. ``failure`` is the JSON
    body of an error status. With ``tls`` it is served with a certificate, whose authority is the
    simulator's ``ca_path``.
    """

    answers: Mapping[str, Answer]
    effects: Mapping[str, Computed] = field(default_factory=dict)
    accepts: Accepts = anybody
    refusal: Raw = field(default_factory=lambda: Raw(status=401))
    public: frozenset[str] = frozenset()
    failure: str = '{"message": "Simulated failure"}'
    tls: bool = False


def recorded(folder: Path) -> dict[str, Answer]:
    """Return the answers of a folder: ``api/v3/health.json`` answers ``GET /api/v3/health``.

    A name may end in a query (``queue@page=1.json``). Files that are not JSON are sent as text.
    """
    answers: dict[str, Answer] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).with_suffix("").as_posix().replace("@", "?")
            text = path.read_text()
            answers[f"GET /{name}"] = loads(text) if path.suffix == ".json" else Raw(text=text)
    return answers


class ReplaySimulator(Simulator):
    """One service that serves a Replay. ``state`` is what it answers now."""

    def __init__(self, service: str, replay: Replay, world: World, faults: Faults, *, port: int = 0) -> None:
        super().__init__(world, faults, port=port)
        self.service = service
        self.state = ReplayState(world, replay.answers)
        self._replay = replay
        self.tls_name = f"{service}.lab" if replay.tls else ""

    def unauthorised(self, request: web.Request) -> web.Response:
        return self._replay.refusal.response()

    def fault_path(self, request: web.Request) -> str:
        """Return the path, with the query that its route names: commands may share one path."""
        return self._named(_seen(request))

    def failure(self, fault: Fault) -> web.Response:
        return web.Response(text=self._replay.failure, status=fault.status, content_type="application/json")

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.route("*", "/{tail:.*}", self._handle)]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.state.settle()
        if self.state.is_away:
            return cut(request)
        sent = _seen(request, await _body(request))
        if sent.path not in self._replay.public and not self._replay.accepts(self.state, sent):
            return self.unauthorised(request)
        effect = find_route(self._replay.effects, sent)
        if effect is not None:
            return self._change(self._replay.effects[effect[0]], _with(sent, effect[1]))
        found = find_route(self.state.answers, sent)
        if found is None:
            return json_response({"message": "NotFound"}, status=404)
        answer = self.state.answers[found[0]]
        return _response(answer(self.state, _with(sent, found[1])) if callable(answer) else answer)

    def _change(self, change: Computed, sent: Sent) -> web.Response:
        response = _response(change(self.state, sent))
        if response.status < 400:
            self.world.record(self.service, sent.method, self._named(sent), {**sent.query, **sent.fields})
        return response

    def _named(self, sent: Sent) -> str:
        found = find_route(self._replay.effects, sent) or find_route(self.state.answers, sent)
        query = found[0].partition("?")[2] if found else ""
        return f"{sent.path}?{query}" if query else sent.path


type Found = tuple[str, Mapping[str, str]]
"""A route and the values of its path's parameters."""


def find_route(routes: Iterable[str], sent: Sent) -> Found | None:
    """Return the most specific route that fits a request: fewest parameters, then longest query."""
    found: list[tuple[tuple[int, int], Found]] = []
    for route in routes:
        method, pattern, wanted = _parsed(route)
        match = pattern.fullmatch(sent.path) if method == sent.method else None
        if match is not None and all(sent.query.get(key) == value for key, value in wanted):
            found.append(((len(match.groupdict()), -len(wanted)), (route, match.groupdict())))
    return min(found, key=lambda one: one[0])[1] if found else None


@lru_cache(maxsize=4096)
def _parsed(route: str) -> tuple[str, re.Pattern[str], tuple[tuple[str, str], ...]]:
    method, _, rest = route.partition(" ")
    path, _, wanted = rest.partition("?")
    pieces = re.split(r"\{(\w+)\}", path)
    pattern = "".join(
        f"(?P<{piece}>[^/]+)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    )
    return method, re.compile(pattern), tuple(parse_qsl(wanted, keep_blank_values=True))


def _seen(request: web.Request, body: Json = None) -> Sent:
    return Sent(
        method=request.method,
        path=request.path,
        parameters={},
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


async def _body(request: web.Request) -> Json:
    if request.content_type == "application/x-www-form-urlencoded":
        return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    data = await request.read()
    try:
        return loads(data) if data else None
    except ValueError:
        return data.decode(errors="replace")


def _with(sent: Sent, parameters: Mapping[str, str]) -> Sent:
    return Sent(
        method=sent.method,
        path=sent.path,
        parameters=parameters,
        query=sent.query,
        headers=sent.headers,
        body=sent.body,
    )


def _response(answer: Json | Raw) -> web.Response:
    if isinstance(answer, Raw):
        return answer.response()
    return web.Response() if answer is None else json_response(answer)
