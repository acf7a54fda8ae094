"""An update is judged by what was normal before it: what is not known is neither good nor bad."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from steward.changes.baseline import (
    MOST_KINDS,
    MOST_POINTS,
    MOST_SIGNALS,
    MOST_THINGS,
    Baseline,
    Course,
    learn,
    learn_all,
    with_history,
)
from steward.changes.observations import Gauge, Relation, Sample, Thing
from steward.changes.reads import MOST_READS, MOST_SAID, Reads, note
from steward.changes.watch import (
    EXTRA,
    MOST_TRIES,
    Healthy,
    Judgement,
    Known,
    Unknown,
    Watching,
    Worse,
    judge,
)
from steward.sdk.description import Measure

BEGIN: Final = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
LONGEST: Final = 900.0
STEP: Final = 15.0

GAUGES: Final = {
    "memory_used": Gauge("Memory used", Measure.MEMORY, "MiB"),
    "cpu": Gauge("CPU usage", Measure.CPU, "%"),
    "response": Gauge("Response time", Measure.DURATION, "s"),
    "clients": Gauge("Clients", Measure.SERVED),
    "queue": Gauge("Queue", Measure.SERVED),
    "restarts": Gauge("Restarts", Measure.RESTARTS),
    "failed": Gauge("Failed tasks", Measure.COUNT),
    "last_sync": Gauge("Last RSS sync", Measure.AGE),
    "started": Gauge("Running since", Measure.START),
}
USUAL: Final[Mapping[str, float | None]] = {
    "memory_used": 380,
    "cpu": 3,
    "response": 0.05,
    "clients": 36,
    "queue": 4,
    "restarts": 2,
    "failed": 6,
}
LINES: Final = ["INFO request 17 done", "INFO request 18 done", "ERROR indexer 4 returned 503"]


def thing(relation: Relation = Relation.ITSELF, *, works: bool | None = True, **changes: object) -> Thing:
    made: dict[str, object] = {
        "numbers": {**USUAL} if works else {},
        "flags": {"connected": True},
        "checks": {"rss": True, "disk": True},
        "gauges": GAUGES,
        "names": {"rss": "RSS sync", "connected": "Connected"},
    }
    return Thing(name=str(relation), relation=relation, works=works, **(made | changes))  # type: ignore[arg-type]


def sample(at: float, lines: list[str] | None = LINES, **things: Thing) -> Sample:
    found = {"box": thing(), "app": thing(Relation.APPLICATION)} | things
    return Sample(at=BEGIN + timedelta(seconds=at), things=found, lines=lines)


def number(key: str, value: float | None) -> Thing:
    return thing(numbers={**USUAL, key: value})


def before(*, every: float = 600, count: int = 30, **things: Thing) -> Baseline:
    return learn_all(sample(-every * (count - one), LINES, **things) for one in range(count))


NORMAL: Final = before()


def watched(
    make: Callable[[float], Sample], baseline: Baseline = NORMAL, until: float = LONGEST + EXTRA
) -> tuple[float, Judgement]:
    """Watch until there is a judgement; return when it was there."""
    reads, at = Reads(), STEP
    while True:
        reads = note(reads, baseline, make(at), at)
        judged = judge(baseline, reads, at, Known(LONGEST))
        if not isinstance(judged, Watching) or at > until:
            return at, judged
        at += STEP


def reasons(judged: Judgement) -> str:
    assert isinstance(judged, Worse | Unknown | Watching), judged
    return "; ".join(judged.reasons)


def test_what_is_as_before_is_healthy_with_figures() -> None:
    at, judged = watched(lambda at: sample(at, box=number("memory_used", 340)))
    assert at == LONGEST
    assert isinstance(judged, Healthy)
    assert judged.report == (
        "Memory used: 340 MiB (average was 380)",
        "Response time: 0.05 s (average was 0.05)",
        "Restarts: 0",
        "New kinds of errors in the log: 0",
        "Checks without a problem: 4 of 4",
    )


BAD: Final[Mapping[str, tuple[Callable[[float], Sample], str]]] = {
    "does not run": (lambda at: sample(at, box=thing(works=False)), "itself does not run"),
    "does not answer": (
        lambda at: sample(at, app=thing(Relation.APPLICATION, works=False)),
        "application does not answer",
    ),
    "answers sometimes": (
        lambda at: sample(at, app=thing(Relation.APPLICATION, works=at % 30 == 0)),
        "answers only sometimes",
    ),
    "restarts": (lambda at: sample(at, box=number("restarts", 2 + at // 30)), "restarts again and again"),
    "starts": (lambda at: sample(at, box=number("started", at // 40 * 40)), "restarts again and again"),
    "check": (
        lambda at: sample(at, app=thing(Relation.APPLICATION, checks={"rss": False})),
        "application: RSS sync",
    ),
    "text of a check": (
        lambda at: sample(
            at, app=thing(Relation.APPLICATION, checks={"rss": False}, texts={"rss": "RSS sync failed"})
        ),
        "application: RSS sync failed",
    ),
    "flag": (
        lambda at: sample(at, app=thing(Relation.APPLICATION, flags={"connected": False})),
        "application: Connected",
    ),
    "memory": (
        lambda at: sample(at, box=number("memory_used", 380 + 3 * at)),
        "Memory used is",
    ),
    "processor": (
        lambda at: sample(at, box=number("cpu", 100)),
        "CPU usage is 100 %, the most before was 3 %",
    ),
    "slow": (lambda at: sample(at, box=number("response", 4)), "Response time is 4 s"),
    "clients": (lambda at: sample(at, box=number("clients", 9)), "Clients fell from 36 to 9"),
    "queue": (lambda at: sample(at, box=number("queue", at / 10)), "Queue is"),
    "problems": (lambda at: sample(at, box=number("failed", 1 + at // 10)), "Failed tasks is"),
    "error": (
        lambda at: sample(at, [f"ERROR database is locked {one}" for one in range(int(at / 10))][-9:]),
        'The log repeats: "ERROR database is locked 0"',
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_clearly_worse_is_seen_within_four_minutes(kind: str) -> None:
    make, text = BAD[kind]
    at, judged = watched(make)
    assert isinstance(judged, Worse), judged
    assert text in reasons(judged)
    assert at <= 240


@pytest.mark.parametrize("kind", BAD)
def test_what_was_so_before_is_not_the_fault_of_the_update(kind: str) -> None:
    make, _ = BAD[kind]
    baseline = learn_all(earlier(make(float(at))) for at in range(600, 3600, 75))
    _, judged = watched(make, baseline)
    assert not isinstance(judged, Worse), judged


def earlier(one: Sample) -> Sample:
    """Return a sample as if it was read an hour before the update."""
    return structs.replace(one, at=one.at - timedelta(hours=1))


def test_a_neighbour_that_becomes_sick_counts_and_one_that_was_sick_does_not() -> None:
    def make(at: float) -> Sample:
        return sample(at, other=thing(Relation.NEIGHBOUR, works=at < 60, checks={}))

    healthy = before(other=thing(Relation.NEIGHBOUR, checks={}))
    at, judged = watched(make, healthy)
    assert reasons(judged) == "neighbour does not run any more"
    assert at <= 180
    flapping = learn_all(
        sample(-600.0 * (40 - one), other=thing(Relation.NEIGHBOUR, works=one % 3 > 0)) for one in range(40)
    )
    assert isinstance(watched(make, flapping)[1], Healthy)


def test_a_machine_that_is_away_is_not_known_and_not_worse() -> None:
    def away(at: float) -> Sample:
        return sample(
            at, None, box=thing(works=None), app=thing(Relation.APPLICATION, works=False, numbers={})
        )

    at, judged = watched(away)
    assert isinstance(judged, Unknown)
    assert reasons(judged) == "itself could not be read; application could not be read"
    assert at == LONGEST


@pytest.mark.parametrize("is_readable", [True, False])
def test_an_app_that_was_off_reads_again_before_it_says_that_nothing_is_known(is_readable: bool) -> None:  # noqa: FBT001
    """The time of the watch is over when the app is back, and there are hardly any reads."""
    box = thing() if is_readable else thing(works=None)
    reads, judged = note(Reads(), NORMAL, sample(STEP), STEP), []
    for number_of_read in range(MOST_TRIES - 1):
        at = LONGEST + STEP * number_of_read
        reads = note(reads, NORMAL, sample(at, box=box), at)
        judged.append(judge(NORMAL, reads, at, Known(LONGEST)))
    kinds = [type(one) for one in judged]
    if is_readable:
        assert kinds[:2] == [Watching, Healthy]
    else:
        assert kinds == [*[Watching] * (MOST_TRIES - 2), Unknown]
        assert reasons(judged[-1]).startswith("itself could not be read")


def test_a_machine_that_restarts_is_not_the_fault_of_the_update() -> None:
    baseline = before(other=thing(Relation.NEIGHBOUR))

    def make(at: float) -> Sample:
        if not 60 <= at <= 400:
            return sample(at, other=thing(Relation.NEIGHBOUR))
        app = thing(Relation.APPLICATION, works=False)
        return sample(at, None, box=thing(works=None), app=app, other=thing(Relation.NEIGHBOUR, works=False))

    assert isinstance(watched(make, baseline)[1], Healthy)


def test_restarts_that_nothing_counts_are_not_reported() -> None:
    def make(at: float) -> Sample:
        things = {relation: thing(relation, numbers={"cpu": 3.0}) for relation in Relation}
        return sample(at, box=things[Relation.ITSELF], app=things[Relation.APPLICATION])

    judged = watched(make, learn_all(make(-600.0 * (30 - number)) for number in range(30)))[1]
    assert isinstance(judged, Healthy)
    assert judged.report[:2] == ("CPU usage: 3 % (average was 3)", "New kinds of errors in the log: 0")


def test_what_was_not_read_before_cannot_be_compared() -> None:
    _, judged = watched(sample, Baseline())
    assert isinstance(judged, Unknown)
    assert reasons(judged) == "nothing was read of it before the update"


def test_what_was_off_before_is_not_the_fault_of_the_update() -> None:
    def off(at: float) -> Sample:
        return sample(at, box=thing(works=False), app=thing(Relation.APPLICATION, works=False))

    baseline = learn_all(off(-600.0 * (30 - one)) for one in range(30))
    _, judged = watched(off, baseline)
    assert reasons(judged) == "itself did not run before the update"


def test_a_migration_whose_lines_move_gets_time_and_one_that_repeats_itself_does_not() -> None:
    def migrating(text: Callable[[float], str]) -> Callable[[float], Sample]:
        def make(at: float) -> Sample:
            ready = at > 600
            app = thing(Relation.APPLICATION, works=ready)
            return sample(at, [*LINES, text(at)], app=app)

        return make

    assert isinstance(watched(migrating(lambda at: f"INFO Reindexing: {at:.0f} of 600 rows"))[1], Healthy)
    at, judged = watched(migrating(lambda _: "INFO Reindexing"))
    assert reasons(judged) == "application does not answer"
    assert at <= 150


def test_a_program_that_restarts_itself_once_gets_the_time_of_a_start() -> None:
    def make(at: float) -> Sample:
        works = at > 150
        return sample(at, box=number("restarts", 2 + (at > 60)), app=thing(Relation.APPLICATION, works=works))

    assert isinstance(watched(make)[1], Healthy)


def test_clients_that_come_back_slowly_get_time() -> None:
    assert isinstance(watched(lambda at: sample(at, box=number("clients", min(36, at // 10))))[1], Healthy)


def test_a_cache_that_fills_is_no_leak_and_a_slow_leak_makes_the_watch_longer() -> None:
    def grows(rate: float, most: float) -> Callable[[float], Sample]:
        return lambda at: sample(at, box=number("memory_used", min(most, 380 + rate * at)))

    assert isinstance(watched(grows(0.4, 560))[1], Healthy)
    at, judged = watched(grows(0.3, 9000))
    assert isinstance(judged, Worse)
    assert LONGEST < at <= 1200


@pytest.mark.parametrize(("rate", "is_worse"), [(0.008, False), (0.2, True)])
def test_a_few_megabytes_more_are_not_worse_however_small_a_program_is(rate: float, is_worse: bool) -> None:  # noqa: FBT001
    baseline = learn_all(sample(at, box=number("memory_used", 1)) for at in range(-9_000, 0, 300))
    _, judged = watched(lambda at: sample(at, box=number("memory_used", 1 + rate * at)), baseline)
    assert isinstance(judged, Worse if is_worse else Healthy)


def test_a_task_that_does_not_complete_is_waited_for() -> None:
    def synced(at: float) -> Sample:
        return sample(at, box=number("last_sync", at % 1200))

    baseline = learn_all(sample(at, box=number("last_sync", at % 1200)) for at in range(-40_000, 0, 370))
    at, judged = watched(synced, baseline)
    assert isinstance(judged, Healthy)
    assert at >= 1200
    at, judged = watched(lambda at: sample(at, box=number("last_sync", at)), baseline)
    assert isinstance(judged, Worse)
    assert "Last RSS sync was 2" in reasons(judged)
    assert at <= 1600


@pytest.mark.parametrize("days", [2, -2])
def test_a_clock_that_is_corrected_makes_no_task_overdue(days: int) -> None:
    def corrected(at: float) -> Sample:
        return sample(at, box=number("last_sync", max(0, at % 1200 + days * 86_400 * (at > 300))))

    baseline = learn_all(sample(at, box=number("last_sync", at % 1200)) for at in range(-40_000, 0, 370))
    _, judged = watched(corrected, baseline)
    assert not isinstance(judged, Worse), judged


def test_what_was_done_once_is_no_task_that_is_waited_for() -> None:
    baseline = learn_all(sample(at, box=number("last_sync", at + 1000)) for at in range(-900, 0, 100))
    at, judged = watched(lambda at: sample(at, box=number("last_sync", at)), baseline)
    assert isinstance(judged, Healthy)
    assert at == LONGEST


def test_a_disk_that_fills_is_seen_on_the_host_and_its_processor_is_not_judged() -> None:
    def host(share: float, cpu: float) -> Thing:
        gauges = {"disk": Gauge("Disk usage", Measure.SHARE, "%"), "cpu": GAUGES["cpu"]}
        return thing(Relation.HOST, numbers={"disk": share, "cpu": cpu}, gauges=gauges)

    baseline = before(host=host(40, 5))
    at, judged = watched(lambda at: sample(at, host=host(min(100, 40 + at / 20), 99)), baseline)
    assert "Disk usage is" in reasons(judged)
    assert at <= 300
    assert isinstance(
        watched(lambda at: sample(at, host=host(min(44, 40 + at / 20), 99)), baseline)[1], Healthy
    )


def test_fewer_problems_are_no_sign() -> None:
    assert isinstance(watched(lambda at: sample(at, box=number("failed", 0)))[1], Healthy)


def test_a_flood_of_lines_is_seen() -> None:
    def lines(at: float, gap: float) -> list[str]:
        times = (BEGIN + timedelta(seconds=at - gap * one) for one in range(40, 0, -1))
        return [f"{one:%Y-%m-%dT%H:%M:%S} WARN retrying" for one in times]

    baseline = learn_all(sample(-600.0 * (30 - one), lines(-600.0 * (30 - one), 3)) for one in range(30))
    _, judged = watched(lambda at: sample(at, lines(at, 0.1)), baseline)
    assert "lines a minute" in reasons(judged)
    assert isinstance(watched(lambda at: sample(at, lines(at, 3)), baseline)[1], Healthy)


def test_errors_that_are_rare_or_were_there_before_do_not_count() -> None:
    rare = [f"ERROR poster {one} of cdn not found" for one in range(9)]
    _, judged = watched(lambda at: sample(at, [*LINES, *rare[: int(at // 300)]]))
    assert isinstance(judged, Healthy)
    assert "New kinds of errors in the log: 1" in judged.report
    _, judged = watched(lambda at: sample(at, [f"ERROR indexer {at + one} returned 503" for one in range(5)]))
    assert isinstance(judged, Healthy)


values = st.floats(0, 1e9, allow_nan=False)


@given(st.lists(st.sampled_from([True, None]), min_size=61, max_size=61), st.data())
@settings(max_examples=40, deadline=None)
def test_readings_within_what_was_normal_are_never_worse(
    answers: Sequence[bool | None], data: st.DataObject
) -> None:
    low, high = sorted((data.draw(values), data.draw(values)))
    baseline = learn_all(
        sample(-600.0 * (30 - one), box=number("memory_used", low if one % 2 else high)) for one in range(30)
    )
    draws = data.draw(st.lists(st.floats(low, high), min_size=61, max_size=61))

    def make(at: float) -> Sample:
        index = int(at // STEP) % 61
        works = answers[index]
        numbers = {**USUAL, "memory_used": draws[index]} if works else {}
        return sample(at, box=thing(works=works, numbers=numbers))

    _, judged = watched(make, baseline)
    assert not isinstance(judged, Worse), judged


@given(
    st.lists(
        st.tuples(
            st.sampled_from([True, False, None]),
            st.one_of(st.none(), values),
            st.lists(st.text(max_size=40), max_size=5),
        ),
        min_size=1,
        max_size=60,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_readings_get_a_judgement_and_what_is_kept_is_bounded(
    found: Sequence[tuple[bool | None, float | None, list[str]]],
) -> None:
    baseline, reads = NORMAL, Reads()
    for place, (works, value, lines) in enumerate(found, 1):
        many = {f"n{place}-{one}": thing(Relation.NEIGHBOUR, works=works) for one in range(3)}
        numbers = {**USUAL, "memory_used": value, f"k{place}": value}
        now = sample(place * STEP, lines, box=thing(works=works, numbers=numbers), **many)
        baseline, reads = learn(baseline, now), note(reads, NORMAL, now, place * STEP)
        judged = judge(NORMAL, reads, place * STEP, Known(LONGEST))
        assert isinstance(judged, Watching | Worse)
    assert len(baseline.things) <= MOST_THINGS
    assert len(reads.things) <= MOST_THINGS
    assert all(len(one.numbers) <= MOST_SIGNALS for one in baseline.things.values())
    assert len(baseline.kinds) <= MOST_KINDS
    assert len(reads.written) <= MOST_SAID


@given(st.lists(values, min_size=1, max_size=400))
@settings(max_examples=40, deadline=None)
def test_a_course_stays_small_and_keeps_its_ends(found: Sequence[float]) -> None:
    course = Course()
    for at, value in enumerate(found):
        course = course.plus(float(at), value)
    assert len(course.values) <= MOST_POINTS
    assert len(course.times) == len(course.values)
    assert course.values[-1] == found[-1]
    assert (course.count, course.least, course.most) == (len(found), min(found), max(found))
    figures = course.figures()
    assert figures is not None
    assert figures.least <= figures.low <= figures.middle <= figures.high <= figures.most


def test_reads_of_a_long_watch_keep_the_newest() -> None:
    reads = Reads()
    for one in range(300):
        reads = note(reads, NORMAL, sample(one * STEP, box=number("memory_used", one)), one * STEP)
    assert reads.things["box"].numbers["memory_used"].values == [*range(300 - MOST_READS, 300)]
    assert len(reads.things["box"].works) == MOST_READS


def test_courses_that_are_known_longer_replace_what_was_learned() -> None:
    learned = before(count=2)
    points = [(BEGIN - timedelta(minutes=one), 50.0 + one) for one in range(60, 0, -1)]
    found = with_history(learned, "box", {"cpu": points, "other": points})
    assert found.things["box"].numbers["cpu"].count == 60
    assert "other" not in found.things["box"].numbers
    assert with_history(found, "box", {"cpu": points[:5]}) == found
    assert with_history(learned, "nothing", {"cpu": points}) == learned


def test_samples_that_are_not_newer_are_not_learned() -> None:
    assert learn(NORMAL, sample(-600.0)) == NORMAL


@pytest.mark.parametrize(("count", "is_noticed"), [(5, False), (30, True)])
def test_what_was_read_a_few_times_may_vary_more_than_that(count: int, *, is_noticed: bool) -> None:
    def queue(at: float) -> Sample:
        return sample(at, box=number("failed", 6 + at / 10))

    _, judged = watched(queue, before(every=120, count=count))
    assert isinstance(judged, Worse) is is_noticed
