"""What the leader may still do: nothing after its lease, and nothing after another one took over."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from rig.clocks import HANGING
from steward.clock import boot_seconds
from steward.errors import LeadershipLost, PreconditionFailed
from steward.store.leader import Leader, end_when_idle
from steward.store.leader_rules import Claim

ASKED = 100.0
LASTS = 1_000.0


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = ASKED

    def __call__(self) -> float:
        return self.now


def leader(
    seconds: Seconds, lasts: float | None = LASTS, epoch: int = 3, unclean_age: float | None = None
) -> Leader:
    return Leader("me", Claim(epoch=epoch, unclean_age=unclean_age), lasts, ASKED, seconds)


async def block(one: Leader, entered: asyncio.Event) -> None:
    async with one.sending():
        entered.set()
        await asyncio.sleep(HANGING)


async def test_the_lease_ends_when_it_was_asked_for_so_long_ago() -> None:
    seconds = Seconds()
    one = leader(seconds)
    one.require()
    seconds.now = ASKED + LASTS - 0.001
    one.require()
    seconds.now = ASKED + LASTS
    with pytest.raises(PreconditionFailed) as refused:
        one.require()
    assert str(refused.value) == "The database did not answer for too long. Nothing was sent"
    with pytest.raises(PreconditionFailed):
        async with one.sending():
            pytest.fail("it was sent")


async def test_a_renewal_counts_from_when_it_was_asked_for() -> None:
    seconds = Seconds()
    one = leader(seconds)
    seconds.now = ASKED + LASTS + 50
    one.renewed(ASKED + 60)
    one.require()
    seconds.now = ASKED + 60 + LASTS
    with pytest.raises(PreconditionFailed):
        one.require()


async def test_without_a_lease_nothing_ends() -> None:
    seconds = Seconds()
    one = leader(seconds, lasts=None)
    seconds.now = ASKED + 1e9
    one.renewed(ASKED)
    one.require()
    async with one.sending() as nothing:
        assert nothing is None


async def test_what_was_taken_over_may_not_be_used_again() -> None:
    one = leader(Seconds())
    one.lose()
    assert one.lost.is_set()
    one.renewed(ASKED + 1e9)
    with pytest.raises(LeadershipLost, match="has taken over"):
        one.require()
    with pytest.raises(LeadershipLost):
        async with one.sending():
            pytest.fail("it was sent")


@pytest.mark.parametrize("lasts", [None, LASTS])
async def test_a_request_under_way_ends_when_another_takes_over(lasts: float | None) -> None:
    one, entered = leader(Seconds(), lasts=lasts), asyncio.Event()
    task = asyncio.create_task(block(one, entered))
    await entered.wait()
    one.lose()
    with pytest.raises(TimeoutError):
        await task


async def test_a_request_under_way_ends_with_the_lease() -> None:
    seconds, entered = Seconds(), asyncio.Event()
    one = leader(seconds)
    task = asyncio.create_task(block(one, entered))
    await entered.wait()
    # A renewal that the database wrote long ago: its lease is over now.
    seconds.now = ASKED + LASTS
    one.renewed(ASKED)
    with pytest.raises(TimeoutError):
        await task


async def test_a_request_under_way_goes_on_while_the_lease_is_renewed() -> None:
    seconds, entered = Seconds(), asyncio.Event()
    # It would end with the next turn of the event loop.
    one = leader(seconds, lasts=0.001)
    one.renewed(ASKED + LASTS)
    task = asyncio.create_task(block(one, entered))
    await entered.wait()
    seconds.now = ASKED + LASTS
    one.renewed(ASKED + LASTS + 1)
    await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    one.lose()


@pytest.mark.parametrize(
    ("unclean_age", "epoch", "since"),
    [(None, 2, None), (0.0, 3, None), (0.0, 2, 40.0), (0.0, 0, 40.0), (15.0, 2, 55.0)],
)
def test_what_an_earlier_leader_sent_is_in_doubt_since_the_take_over(
    unclean_age: float | None, epoch: int, since: float | None
) -> None:
    seconds = Seconds()
    one = leader(seconds, unclean_age=unclean_age)
    seconds.now = ASKED + 40
    assert one.in_doubt_for(epoch) == since


def test_the_clock_goes_on() -> None:
    first = boot_seconds()
    assert boot_seconds() >= first > 0


class Server:
    """A connection to a database with or without the row of the leader."""

    def __init__(self, row: object, dialect: str = "postgresql") -> None:
        self.dialect = SimpleNamespace(name=dialect)
        self.sent: list[tuple[str, dict[str, object]]] = []
        self._row = row

    async def execute(self, statement: object, parameters: dict[str, object]) -> Any:
        self.sent.append((str(statement), parameters))
        return SimpleNamespace(first=lambda: self._row)


@pytest.mark.parametrize(("lasts", "idle"), [(30.0, "30000"), (0.0001, "1"), (None, "0")])
async def test_a_transaction_on_postgresql_locks_the_row(lasts: float | None, idle: str) -> None:
    server, one = Server("row"), leader(Seconds(), lasts=lasts)
    await one.check(server)  # type: ignore[arg-type]
    statement, parameters = server.sent[0]
    assert statement.startswith("SELECT set_config('idle_in_transaction_session_timeout', :idle, true)")
    assert statement.endswith("FROM leader WHERE id = 1 AND owner = :owner AND epoch = :epoch FOR UPDATE")
    assert parameters == {"owner": "me", "epoch": 3, "idle": idle}
    assert not one.lost.is_set()


async def test_a_transaction_on_sqlite_reads_the_row() -> None:
    server, one = Server("row", "sqlite"), leader(Seconds(), lasts=None)
    await one.check(server)  # type: ignore[arg-type]
    statement = "SELECT epoch FROM leader WHERE id = 1 AND owner = :owner AND epoch = :epoch"
    assert server.sent == [(statement, {"owner": "me", "epoch": 3})]


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
async def test_a_transaction_without_the_row_is_refused(dialect: str) -> None:
    one = leader(Seconds())
    with pytest.raises(LeadershipLost):
        await one.check(Server(None, dialect))  # type: ignore[arg-type]
    assert one.lost.is_set()


async def test_an_idle_transaction_is_ended_by_the_server() -> None:
    server = Server("row")
    await end_when_idle(server, 2.5)  # type: ignore[arg-type]
    assert server.sent == [
        ("SELECT set_config('idle_in_transaction_session_timeout', :idle, true)", {"idle": "2500"})
    ]
