"""Whatever a service answers: a poll understands it or raises ServiceError, and invents nothing."""

import asyncio
import copy
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import CoverageStatus, Snapshot
from lab.fixtures import Round
from lab.visit import INSTANCE, Visit, load, service_keys, service_rounds, visit
from lab.wire import Json
from steward.errors import ServiceError, ServiceMalformed
from steward.sdk.description import Delivery, Effect
from steward.sdk.readings import NotKnown
from steward.sdk.snapshot import DEFECT, CheckResults, run_checks, snapshot

type Place = tuple[str | int, ...]
"""Keys and positions that lead to one value within an answer."""

MOST_ITEMS = 3
"""Items of each list that are varied: the others are like them."""

IS_WHOLE = os.environ.get("STEWARD_TEST_GARBAGE") == "all"
"""Whether every item is varied in every way: otherwise one of those with the same keys, so that each is."""

ODD_ITEMS: tuple[Json, ...] = (None, 7, "odd", [], {})
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False)
ODD = st.sampled_from(
    ["", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1e999", "NaN", "٣", "-0", "running", "OK"]
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(codec="utf-8")) | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
each_service = pytest.mark.parametrize("key", service_keys())
each_round = pytest.mark.parametrize(
    ("key", "attempt"), [pytest.param(key, one, id=f"{key}-{one.action}") for key, one in service_rounds()]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one poll gave: snapshot, checks, and the answers that it was made of."""

    snapshot: Snapshot
    checks: CheckResults
    answers: Mapping[str, Json]

    @property
    def readings(self) -> dict[tuple[str, str, str], Value]:
        """Every reading that has a value, by kind, id and sensor."""
        found = {("", "", key): value for key, value in self.snapshot.values.items()}
        for one in self.snapshot.resources:
            found |= {(one.kind, one.id, key): value for key, value in one.values.items()}
        return {key: value for key, value in found.items() if value is not None}


async def see(here: Visit) -> Seen:
    """Poll once and keep the answers. Raises ServiceError."""
    answers: dict[str, Json] = {}
    before = here.served.alter

    def keep(where: str, answer: Json) -> Json:
        answers[where] = copy.deepcopy(answer)
        return before(where, answer) if before else answer

    here.served.alter = keep
    try:
        state, gaps = await here.poll()
    finally:
        here.served.alter = before
    found = snapshot(here.service, INSTANCE, state, gaps, here.clock.now())
    assert answers, "the simulator's answers do not pass through `altered`"
    assert DEFECT not in {*found.unknown.values()} | {
        reason for one in found.resources for reason in one.unknown.values()
    }, "a reading raised something else than NotKnown"
    return Seen(snapshot=found, checks=run_checks(here.service, state), answers=answers)


@asynccontextmanager
async def altered(here: Visit, where: str, answer: Json) -> AsyncIterator[None]:
    """Send ``answer`` in place of the one that goes out at ``where``."""
    here.served.alter = lambda place, sent: answer if place == where else sent
    try:
        yield
    finally:
        here.served.alter = None


def places(value: Json, path: Place = ()) -> Iterator[Place]:
    """Yield every place within a value, itself included."""
    yield path
    inner: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        inner = [*value.items()]
    elif isinstance(value, list):
        inner = [*enumerate(value[:MOST_ITEMS])]
    for key, one in inner:
        yield from places(one, (*path, key))


def varied(found: Iterable[Place]) -> Iterator[Place]:
    """Yield the places where an answer is varied: of those with the same keys one, or all."""
    by_keys: dict[Place, list[Place]] = {}
    for place in found:
        by_keys.setdefault(tuple(key if isinstance(key, str) else 0 for key in place), []).append(place)
    for keys, same in by_keys.items():
        yield from same if IS_WHOLE else [same[crc32(repr(keys).encode()) % len(same)]]


def emptied(answer: Json, place: Place) -> Iterable[Json]:
    """Return an answer without a key and with null for it, or one of the two, by the name of the key."""
    both = (without(answer, place), replaced(answer, place, None))
    return both if IS_WHOLE else [both[crc32(named(place).encode()) % 2]]


def lists(value: Json, path: Place = ()) -> Iterator[Place]:
    """Yield the outermost lists of objects that have at least two items."""
    if isinstance(value, list):
        if len(value) > 1 and all(isinstance(one, dict) for one in value):
            yield path
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from lists(one, (*path, key))


def named(place: Place) -> str:
    """Return the keys of a place, without the positions in lists."""
    return ".".join(key for key in place if isinstance(key, str))


def replaced(value: Json, path: Place, new: Json) -> Json:
    """Return the value with something else at one place."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    _holder(changed, path)[path[-1]] = new
    return changed


def without(value: Json, path: Place) -> Json:
    """Return the value without one key."""
    changed = copy.deepcopy(value)
    del _holder(changed, path)[path[-1]]
    return changed


def _holder(value: Any, path: Place) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


@each_service
@pytest.mark.parametrize("is_healthy", [True, False], ids=["healthy", "unhealthy"])
async def test_what_is_missing_is_neither_good_nor_bad(key: str, is_healthy: bool) -> None:  # noqa: FBT001
    async with visit(key) as here:
        if not is_healthy:
            await here.make_unhealthy()
        await here.poll()  # rates need an earlier one
        whole = await see(here)
        for where, answer in whole.answers.items():
            for place in varied(places(answer)):
                if place and isinstance(place[-1], str):
                    for changed in emptied(answer, place):
                        with suppress(ServiceError):
                            async with altered(here, where, changed):
                                _invents_nothing(whole, await see(here), f"{where} {named(place)}", here)


def _invents_nothing(whole: Seen, less: Seen, what: str, here: Visit) -> None:
    """Assert that nothing changed its value because something was missing."""
    if what in here.fixture.optional:
        return
    assert not whole.checks.problems.keys() & less.checks.clear, f"{what}: a problem ended"
    assert not whole.checks.clear & less.checks.problems.keys(), f"{what}: a problem began"
    if less.snapshot.coverage.status is CoverageStatus.COMPLETE:
        kept = whole.readings.keys() & less.readings.keys()
        changed = {one: less.readings[one] for one in kept if whole.readings[one] != less.readings[one]}
        assert not changed, what


@each_service
async def test_one_odd_item_costs_one_item(key: str) -> None:
    async with visit(key) as here:
        await here.make_unhealthy()
        await here.poll()  # rates need an earlier one
        whole = await see(here)
        for where, answer in whole.answers.items():
            for place in lists(answer):
                for odd in ODD_ITEMS:
                    async with altered(here, where, replaced(answer, (*place, 0), odd)):
                        less = await see(here)
                    _costs_one_item(whole, less, f"{where} {named(place)}: {odd!r}")


def _costs_one_item(whole: Seen, less: Seen, what: str) -> None:
    """Assert that an odd item is a gap and takes no more than itself away."""
    before, after = ({(one.kind, one.id) for one in seen.snapshot.resources} for seen in (whole, less))
    assert len(before - after) <= 1, f"{what} took {before - after} away"
    named = {gap.part for gap in less.snapshot.coverage.gaps}
    assert {kind for kind, _ in before - after} <= named, f"{what}: the list looks complete (part=…)"
    if whole.readings != less.readings or whole.checks != less.checks:
        assert less.snapshot.coverage.status is CoverageStatus.PARTIAL, f"{what} is no gap"


@each_round
async def test_what_is_missing_is_no_success(
    key: str, attempt: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before an action was executed, no answer that lacks something says that it was."""
    monkeypatch.setattr("steward.sdk.kits.about.LOOK_AGAIN", 60.0)  # each reading is one request
    async with visit(key, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        baseline = (await action.dry_run(here.client, call)).baseline
        answers: dict[str, Json] = {}

        def keep(where: str, answer: Json) -> Json:
            answers[where] = copy.deepcopy(answer)
            return answer

        here.served.alter = keep
        await action.verify(here.client, call, baseline)
        await action.probe(here.client, call, baseline)
        for where, answer in answers.items():
            for changed, place in poorer(answer):
                async with altered(here, where, changed):
                    what = f"{where} {named(place)}"
                    with suppress(ServiceError, NotKnown):
                        result = await action.verify(here.client, call, baseline)
                        assert result.ok is not True, f"{what}: verified before it was done"
                    with suppress(ServiceError, NotKnown):
                        effect = await action.probe(here.client, call, baseline)
                        assert effect is not Effect.DONE, f"{what}: probed as done before it was done"


def poorer(answer: Json) -> Iterator[tuple[Json, Place]]:
    """Yield the answer without each key, and with each item of a list empty."""
    for place in filter(None, varied(places(answer))):
        is_key = isinstance(place[-1], str)
        yield without(answer, place) if is_key else replaced(answer, place, {}), place


@each_service
def test_anything_in_the_place_of_something(key: str) -> None:
    with asyncio.Runner() as runner:
        place = visit(key)
        here = runner.run(place.__aenter__())
        try:
            answers = runner.run(see(here)).answers

            @settings(deadline=None, max_examples=60)
            @given(st.data())
            def anything(data: st.DataObject) -> None:
                where = data.draw(st.sampled_from(sorted(answers)))
                spot = data.draw(st.sampled_from([*places(answers[where])]))
                runner.run(
                    _is_understood_or_refused(here, where, replaced(answers[where], spot, data.draw(JSON)))
                )

            anything()
        finally:
            runner.run(place.__aexit__(None, None, None))


async def _is_understood_or_refused(here: Visit, where: str, answer: Json) -> None:
    """Assert that a poll raises ServiceError or gives a snapshot that can be sent."""
    async with altered(here, where, answer):
        try:
            found = (await see(here)).snapshot
        except ServiceError:
            return
    assert Snapshot.from_json(found.to_json()) == found


@each_service
def test_any_bytes_as_a_webhook(key: str) -> None:
    alerts = load(key).alerts
    parse = alerts.parse if alerts else None
    if parse is None:
        return

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def anything(body: bytes) -> None:
        with suppress(ServiceMalformed):
            parse(Delivery(headers={}, body=body, received_at=NOW))

    anything()
