"""The simulator that replays recorded answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from lab.clock import SteppedClock
from lab.faults import Fault, FaultKind, Faults
from lab.replay import (
    Accepts,
    Raw,
    Replay,
    ReplaySimulator,
    ReplayState,
    Sent,
    basic,
    bearer,
    header,
    query,
    recorded,
)
from lab.wire import Json
from lab.world import World

ITEMS = "GET /items"


def add(state: ReplayState, sent: Sent) -> Json | Raw:
    if "name" not in sent.fields:
        return Raw(status=400, body={"message": "name is missing"})
    state.rows(ITEMS).append({"name": sent.fields["name"]})
    return Raw(status=201, body={"ok": True})


def delete(state: ReplayState, sent: Sent) -> None:
    state.answers[ITEMS] = [
        row for row in state.rows(ITEMS) if isinstance(row, dict) and row["name"] != sent.parameters["name"]
    ]


def restart(state: ReplayState, _: Sent) -> Json:
    state.away(5.0)
    state.later(5.0, lambda: state.object("GET /status").update(since=state.stamp()))
    return {"ok": True}


REPLAY = Replay(
    answers={
        ITEMS: [{"name": "first"}],
        "GET /items?page=2": [],
        "GET /items?page=2&size=9": ["both"],
        "GET /items/{name}": lambda state, sent: {"name": sent.parameters["name"]},
        "GET /items/special": {"name": "the special one"},
        "GET /status": {"since": "never"},
        "GET /metrics": Raw(text="up 1\n"),
        "GET /busy": Raw(status=429, reason="Slow Down", headers={"Retry-After": "7"}),
        "POST /search": [1],
        "GET /api?cmd=list": ["first"],
    },
    effects={
        "POST /items": add,
        "DELETE /items/{name}": delete,
        "POST /restart": restart,
        "GET /api?cmd=stop": lambda *_: {"ok": True},
    },
    public=frozenset({"/status"}),
)


class Client:
    """A session to one simulator."""

    def __init__(self, simulator: ReplaySimulator, session: ClientSession) -> None:
        self.simulator = simulator
        self._session = session

    async def call(self, method: str, path: str, **options: object) -> tuple[int, Json]:
        """Return the status and the decoded body, None when it is empty."""
        async with self._session.request(method, self.simulator.url + path, **options) as answer:  # type: ignore[arg-type]
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, (await answer.text()) or None


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


async def serve(clock: SteppedClock, accepts: Accepts | None = None) -> ReplaySimulator:
    replay = (
        REPLAY if accepts is None else Replay(answers=REPLAY.answers, accepts=accepts, public=REPLAY.public)
    )
    simulator = ReplaySimulator("thing", replay, World(clock), Faults())
    await simulator.start()
    return simulator


@pytest.fixture
async def client(clock: SteppedClock, session: ClientSession) -> AsyncIterator[Client]:
    simulator = await serve(clock)
    yield Client(simulator, session)
    await simulator.close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/items", (200, [{"name": "first"}])),
        ("/items?page=1", (200, [{"name": "first"}])),
        ("/items?page=2", (200, [])),
        ("/items?size=9&page=2", (200, ["both"])),
        ("/items/other", (200, {"name": "other"})),
        ("/items/special", (200, {"name": "the special one"})),
        ("/metrics", (200, "up 1\n")),
        ("/busy", (429, None)),
        ("/nothing", (404, {"message": "NotFound"})),
        ("/items/a/b", (404, {"message": "NotFound"})),
    ],
)
async def test_the_most_specific_route_answers(client: Client, path: str, expected: tuple[int, Json]) -> None:
    assert await client.call("GET", path) == expected


async def test_changes_take_effect_and_are_recorded_once(client: Client) -> None:
    assert await client.call("POST", "/items", json={"name": "second"}) == (201, {"ok": True})
    assert await client.call("POST", "/items", data={"name": "third"}) == (201, {"ok": True})
    assert (await client.call("POST", "/items", json={}))[0] == 400
    assert await client.call("DELETE", "/items/first?force=1") == (200, None)
    assert await client.call("POST", "/search", json={}) == (200, [1])
    assert (await client.call("POST", "/status", json={}))[0] == 404
    assert await client.call("GET", "/items") == (200, [{"name": "second"}, {"name": "third"}])
    effects = client.simulator.world.effects
    assert [(one.method, one.path, dict(one.body)) for one in effects] == [
        ("POST", "/items", {"name": "second"}),
        ("POST", "/items", {"name": "third"}),
        ("DELETE", "/items/first", {"force": "1"}),
    ]


async def test_each_simulator_has_answers_of_its_own(client: Client) -> None:
    await client.call("POST", "/items", json={"name": "second"})
    assert REPLAY.answers[ITEMS] == [{"name": "first"}]


async def test_it_is_away_and_comes_back_as_the_clock_moves(client: Client, clock: SteppedClock) -> None:
    await client.call("POST", "/restart")
    assert await client.call("GET", "/status") == (200, {"since": "never"})
    clock.advance(1)
    with pytest.raises(ClientError):
        await client.call("GET", "/status")
    clock.advance(5)
    status, body = await client.call("GET", "/status")
    assert (status, body) == (200, {"since": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"})


@pytest.mark.parametrize(
    ("accepts", "right", "wrong"),
    [
        (header("X-Key", "k"), {"headers": {"x-key": "k"}}, {"headers": {"x-key": "l"}}),
        (query("key", "k"), {"params": {"key": "k"}}, {"params": {"key": "l"}}),
        (bearer("k"), {"headers": {"Authorization": "Bearer k"}}, {"headers": {"Authorization": "k"}}),
        (
            basic("anna", "k"),
            {"headers": {"Authorization": "Basic YW5uYTpr"}},
            {"headers": {"Authorization": "Basic YW5uYTps"}},
        ),
    ],
)
async def test_credentials(
    clock: SteppedClock, session: ClientSession, accepts: Accepts, right: object, wrong: object
) -> None:
    client = Client(await serve(clock, accepts), session)
    assert isinstance(right, dict)
    assert isinstance(wrong, dict)
    assert (await client.call("GET", "/items", **right))[0] == 200
    for options in (wrong, {}):
        assert (await client.call("GET", "/items", **options))[0] == 401
        assert (await client.call("POST", "/items", json={"name": "x"}, **options))[0] == 401
    assert (await client.call("GET", "/status"))[0] == 200
    assert client.simulator.world.effects == []
    await client.simulator.close()


@pytest.mark.parametrize(
    ("kind", "status"),
    [(FaultKind.STATUS, 503), (FaultKind.AUTH_LOST, 401), (FaultKind.HTML, 200), (FaultKind.GARBAGE, 200)],
)
async def test_faults_answer_in_its_place(client: Client, kind: FaultKind, status: int) -> None:
    client.simulator.faults.arm(Fault(service="thing", kind=kind, status=503, method="POST"))
    async with (
        ClientSession() as session,
        session.post(f"{client.simulator.url}/items", json={"name": "x"}) as answer,
    ):
        assert answer.status == status
    assert client.simulator.world.effects == []
    assert (await client.call("GET", "/items"))[0] == 200


async def test_commands_that_share_a_path_are_distinguished(client: Client) -> None:
    stop = Fault(
        service="thing", kind=FaultKind.STATUS, status=503, method="GET", path_prefix="/api?cmd=stop", times=1
    )
    client.simulator.faults.arm(stop)
    assert await client.call("GET", "/api?cmd=list&session=7") == (200, ["first"])
    assert (await client.call("GET", "/api?cmd=stop&session=7"))[0] == 503
    assert await client.call("GET", "/api?session=7&cmd=stop") == (200, {"ok": True})
    assert [(one.method, one.path) for one in client.simulator.world.effects] == [("GET", "/api?cmd=stop")]


async def test_a_lost_answer_is_an_effect_and_a_reset_is_none(client: Client) -> None:
    for kind, effects in ((FaultKind.RESET, 0), (FaultKind.ANSWER_LOST, 1)):
        client.simulator.faults.arm(Fault(service="thing", kind=kind, times=1))
        with pytest.raises(ClientError):
            await client.call("POST", "/items", json={"name": "x"})
        assert len(client.simulator.world.effects) == effects


async def test_answers_are_altered_on_their_way_out(client: Client) -> None:
    client.simulator.alter = lambda where, sent: [where, sent]
    assert await client.call("GET", "/items?page=2") == (200, ["GET /items?page=2", []])
    assert await client.call("GET", "/metrics") == (200, "up 1\n")
    assert (await client.call("GET", "/nothing"))[1] == {"message": "NotFound"}


def test_a_folder_of_recorded_answers(tmp_path: Path) -> None:
    (tmp_path / "api" / "v1").mkdir(parents=True)
    (tmp_path / "api" / "v1" / "status.json").write_text('{"version": "1"}')
    (tmp_path / "queue@page=2.json").write_text("[]")
    (tmp_path / "metrics.txt").write_text("up 1\n")
    assert recorded(tmp_path) == {
        "GET /api/v1/status": {"version": "1"},
        "GET /queue?page=2": [],
        "GET /metrics": Raw(text="up 1\n"),
    }
