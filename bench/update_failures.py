"""Updates that go wrong, each as what would be read of it; in own words, from public reports.

``bad_since`` of a lab is when a person who looks would say that it is broken: for a leak when the memory is
half above everything that was normal, for a task when it is overdue by a third of its period.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bench.update_lab import APPS, Lab, Lines, always, once

READ: Final = tuple(key for key, app in APPS.items() if app.is_read)
ALL: Final = tuple(APPS)
SERVING: Final = ("series", "broker", "hub", "database", "proxy", "photos", "names")
RESPONDING: Final = tuple(key for key in READ if APPS[key].response)
WITH_TASK: Final = tuple(key for key in READ if APPS[key].period)
WITH_QUEUE: Final = tuple(key for key in READ if APPS[key].queue)

GIVEN_UP: Final = 120.0
"""Seconds after which the engine says that a container that starts is not healthy."""


def crash_at_start(lab: Lab) -> None:
    """The program ends at once, and nothing starts it again."""
    _ends(lab, lab.noise.uniform(0.5, 4), "FATAL cannot read configuration: key 'adapter' is required")


def missing_variable(lab: Lab) -> None:
    """The program asks for a variable that the definition lacks; it is started again and again."""
    _loops(lab, 1, lab.noise.uniform(4, 12), ("Starting version 2.4.1", "ERROR variable DATA_DIR is not set"))


def wrong_processor(lab: Lab) -> None:
    """The image is for another processor."""
    _loops(lab, 0.2, lab.noise.uniform(6, 20), ("exec /app/server: exec format error",))


def crash_after_a_minute(lab: Lab) -> None:
    """It serves, then ends."""
    _ends(lab, lab.noise.uniform(50, 90), "panic: runtime error: invalid memory address")


def crash_after_ten_minutes(lab: Lab) -> None:
    """It serves for ten minutes, then ends."""
    _ends(lab, lab.noise.uniform(480, 590), "Segmentation fault (core dumped)")


def boot_loop(lab: Lab) -> None:
    """It ends while it starts, and is started again with growing pauses."""
    texts = ("Starting version 2.4.1", "Opening database", "FATAL migration 214 failed: no such column: path")
    _loops(lab, 5, lab.noise.uniform(8, 25), texts)


def slow_boot_loop(lab: Lab) -> None:
    """It is ready for a short time, then ends; again and again."""
    period = lab.noise.uniform(60, 110)
    texts = (
        "Starting version 2.4.1",
        "Listening on port 8989",
        "ERROR worker exited with status 1, stopping",
    )
    _loops(lab, period * 0.8, period, texts)


def out_of_memory_loop(lab: Lab) -> None:
    """It grows until the kernel ends it."""
    period = lab.noise.uniform(70, 130)
    _loops(lab, period * 0.95, period, ("Starting version 2.4.1", "Loading model", "Killed"))
    lab.memory = lambda at: lab.app.memory * (1 + 2 * (at % period) / period) if at >= 0 else lab.app.memory


def database_incompatible(lab: Lab) -> None:
    """The files are from a version that the new program does not read."""
    texts = (
        "FATAL: database files are incompatible with server",
        "DETAIL: The data directory was initialized by version 15, not compatible with this version 16.",
    )
    _loops(lab, 1, lab.noise.uniform(10, 40), texts)


def image_gone(lab: Lab) -> None:
    """The container was not made again."""
    lab.listed = lambda at: at < 0
    _never_answers(lab, 0)
    lab.running = lambda at: at < 0
    lab.after = []


def port_elsewhere(lab: Lab) -> None:
    """It ignores the port of its settings and listens on another one."""
    _never_answers(lab, lab.ready)
    lab.after = [once(1, "INFO Starting version 3.0.0"), once(4, "INFO Listening on port 8080")]


def healthy_but_silent(lab: Lab) -> None:
    """Its own health check proves the process only."""
    _never_answers(lab, lab.ready)


def migration_failed(lab: Lab) -> None:
    """The migration fails, the process stays."""
    _never_answers(lab, lab.ready)
    lab.after = [
        once(2, "INFO Starting version 3.0.0"),
        once(9, "INFO Starting migration of main database to 215"),
        once(14, "ERROR Database error during schema migration: database disk image is malformed"),
        Lines(20, 30, lambda _: "WARN Waiting for the database to be migrated"),
    ]


def migration_stuck(lab: Lab) -> None:
    """A migration moves for a while, then waits for a lock without end."""
    stuck = lab.noise.uniform(40, 140)
    _never_answers(lab, stuck)
    lab.after = [
        once(3, "INFO Starting version 3.0.0"),
        Lines(8, 9, lambda number: f"INFO Migrating rows: {number * 3} % of 18000", stuck),
        Lines(stuck, 15, lambda _: "INFO waiting to acquire database lock"),
    ]
    lab.answers = lambda at: at < 0


def never_ready(lab: Lab) -> None:
    """It starts, and never gets ready; nothing is written."""
    _never_answers(lab, lab.ready)
    lab.healthy = lambda at: "healthy" if at < 0 else "starting" if at < GIVEN_UP else "unhealthy"
    lab.after = [once(1, "INFO Starting version 3.0.0")]


def api_fails(lab: Lab) -> None:
    """Every request ends with an error of the server."""
    _never_answers(lab, lab.ready)
    _adds(
        lab, Lines(lab.ready, 12, lambda n: f"ERROR request {n} failed: 500 NullReferenceException in Api.V3")
    )


def login_refused(lab: Lab) -> None:
    """The key of the steward is not accepted any more."""
    _never_answers(lab, lab.ready)
    _adds(lab, Lines(lab.ready, 25, lambda n: f"WARN authentication of request {n} refused"))


def answers_sometimes(lab: Lab) -> None:
    """Half of the requests get no answer."""
    share = lab.noise.uniform(0.45, 0.75)
    lab.bad_since = lab.ready
    usual = lab.answers
    lab.answers = lambda at: bool(usual(at)) and (at < 0 or lab.draw("sometimes", at).random() > share)
    _adds(lab, Lines(lab.ready, 9, lambda n: f"ERROR upstream timed out after {n % 7 + 20} s"))


def database_locked(lab: Lab) -> None:
    """The database is on a share that does not lock as it needs."""
    since = _since_ready(lab, 10, 60)
    _slower(lab, since, 8)
    _adds(lab, Lines(since, 6, lambda n: f"ERROR [{n}] SQLiteException: database is locked"))


def database_refused(lab: Lab) -> None:
    """The new version wants another driver, so that nothing is stored; the page works."""
    since = _since_ready(lab, 0, 30)
    _adds(lab, Lines(since, 8, lambda n: f"ERROR could not connect to database main (attempt {n}): refused"))


def read_only_data(lab: Lab) -> None:
    """The new image runs as another user or on a read-only mount."""
    since = _since_ready(lab, 0, 40)
    _adds(lab, Lines(since, 14, lambda n: f"ERROR write /data/records/{n}.json: Read-only file system"))


def wrong_permissions(lab: Lab) -> None:
    """The files belong to another user."""
    since = _since_ready(lab, 0, 20)
    _adds(lab, Lines(since, 11, lambda n: f"ERROR open /config/state-{n % 9}: permission denied"))


def errors_without_end(lab: Lab) -> None:
    """A part of it fails all the time, and only the log says so."""
    since = _since_ready(lab, 5, 90)
    every = lab.noise.uniform(2, 6)
    _adds(lab, Lines(since, every, lambda n: f"ERROR Unhandled exception in task {n}: KeyError: 'media'"))


def log_flood(lab: Lab) -> None:
    """It writes the same warning hundreds of times a minute."""
    since, every = _since_ready(lab, 5, 60), lab.noise.uniform(0.02, 0.15)
    _adds(lab, Lines(since, every, lambda n: f"WARN retrying subscription {n}"))


def leak_fast(lab: Lab) -> None:
    """The memory doubles within minutes."""
    _leaks(lab, lab.noise.uniform(120, 260))


def leak_slow(lab: Lab) -> None:
    """The memory doubles within the better part of an hour."""
    _leaks(lab, lab.noise.uniform(1200, 2400))


def processor_pegged(lab: Lab) -> None:
    """It turns in a loop."""
    since, usual = _since_ready(lab, 0, 60), lab.cpu
    lab.cpu = lambda at: 100 if at >= since else usual(at)


def slow_responses(lab: Lab) -> None:
    """Each page takes seconds."""
    _slower(lab, _since_ready(lab, 0, 45), lab.noise.uniform(25, 200))


def clients_lost(lab: Lab) -> None:
    """Only the local interface is served any more."""
    usual, left = lab.served, lab.noise.choice((0, 0, 0.05, 0.1))
    lab.bad_since = lab.ready + 25
    lab.served = lambda at: usual(at) if at < 0 else lab.app.served * left


def half_is_gone(lab: Lab) -> None:
    """One integration of several does not load, so that half of what was there is missing."""
    usual, left = lab.served, lab.noise.uniform(0.35, 0.55)
    lab.bad_since = lab.ready + 25
    lab.served = lambda at: usual(at) * (1 if at < 0 else left)


def settings_ignored(lab: Lab) -> None:
    """It runs with default settings: nothing of the household is there."""
    usual = lab.served
    lab.bad_since = lab.ready
    lab.served = lambda at: usual(at) if at < 0 else 0
    _adds(lab, once(lab.ready, "WARN unknown option 'web.port' is ignored, using defaults"))


def queue_stuck(lab: Lab) -> None:
    """Work comes in and is not done."""
    since, rate, usual = _since_ready(lab, 0, 90), lab.noise.uniform(0.06, 0.25), lab.queue
    lab.queue = lambda at: usual(at) if at < since else lab.app.queue + (at - since) * rate
    lab.bad_since = since + 1.5 * lab.app.queue / rate


def task_overdue(lab: Lab) -> None:
    """The regular sync does not complete any more."""
    usual, period = lab.task, lab.app.period
    last = usual(0)
    lab.task = lambda at: usual(at) if at < 0 else last + at
    lab.bad_since = period * 1.33 - last


def clock_drifts(lab: Lab) -> None:
    """The time of the program is wrong."""
    since, offset = _since_ready(lab, 0, 60), lab.noise.uniform(20, 7200)
    lab.clock_offset = lambda at: offset if at >= since else 0.02


def own_check_fails(lab: Lab) -> None:
    """Its own list of problems has a new one."""
    since = _since_ready(lab, 5, 60)
    lab.own_problem = lambda at: at >= since


def dependants_sick(lab: Lab) -> None:
    """What uses it fails, it itself looks fine."""
    since = lab.ready + lab.noise.uniform(15, 100)
    lab.bad_since = since
    hit = lab.noise.sample(lab.neighbours, lab.noise.randint(1, len(lab.neighbours)))
    lab.sick = {name: _from(since + 10 * number) for number, name in enumerate(hit)}


def host_exhausted(lab: Lab) -> None:
    """It takes the memory of the host, so that others are ended."""
    since = lab.ready + lab.noise.uniform(60, 160)
    usual = lab.memory
    lab.bad_since = since
    lab.memory = lambda at: usual(at) * min(6, 1 + max(0, at - 30) / 60)
    lab.sick = {name: _from(since + 15 * number) for number, name in enumerate(lab.neighbours)}


def disk_fills(lab: Lab) -> None:
    """It writes until the disk is full."""
    since, rate, usual = _since_ready(lab, 0, 60), lab.noise.uniform(1.2, 5), lab.disk
    lab.disk = lambda at: usual(at) if at < since else min(100, usual(since) + (at - since) / 60 * rate)
    lab.bad_since = since + 60 * 5 / rate


def worker_hangs(lab: Lab) -> None:
    """Nothing is written and nothing is done, and the health check of the image says so late."""
    since = _since_ready(lab, 60, 200)
    lab.healthy = lambda at: "healthy" if at < since else "unhealthy"
    lab.answers = lambda at: not 0 <= at < lab.ready and at < since
    lab.after = [
        one if one.begin < lab.ready else Lines(one.begin, one.every, one.text, since) for one in lab.after
    ]


FAILURES: Final[Mapping[Callable[[Lab], None], Sequence[str]]] = {
    crash_at_start: ALL,
    missing_variable: ALL,
    wrong_processor: ALL,
    crash_after_a_minute: ALL,
    crash_after_ten_minutes: ALL,
    boot_loop: ALL,
    slow_boot_loop: ALL,
    out_of_memory_loop: ALL,
    database_incompatible: ("database", "documents", "photos"),
    image_gone: ALL,
    port_elsewhere: READ,
    healthy_but_silent: READ,
    migration_failed: READ,
    migration_stuck: READ,
    never_ready: tuple(key for key in ALL if APPS[key].is_read or APPS[key].has_health),
    api_fails: READ,
    login_refused: READ,
    answers_sometimes: READ,
    database_locked: ALL,
    database_refused: ALL,
    read_only_data: ALL,
    wrong_permissions: ALL,
    errors_without_end: ALL,
    log_flood: ALL,
    leak_fast: ALL,
    leak_slow: ALL,
    processor_pegged: ALL,
    slow_responses: RESPONDING,
    clients_lost: SERVING,
    half_is_gone: SERVING,
    settings_ignored: SERVING,
    queue_stuck: WITH_QUEUE,
    task_overdue: WITH_TASK,
    clock_drifts: READ,
    own_check_fails: READ,
    dependants_sick: ALL,
    host_exhausted: ALL,
    disk_fills: ALL,
    worker_hangs: tuple(key for key in ALL if APPS[key].is_read or APPS[key].has_health),
}
"""Each failure with the apps in which it can be read at all."""


def _from(since: float) -> Callable[[float], bool]:
    return lambda at: at >= since


def _since_ready(lab: Lab, least: float, most: float) -> float:
    lab.bad_since = lab.ready + lab.noise.uniform(least, most)
    return lab.bad_since


def _adds(lab: Lab, *lines: Lines) -> None:
    lab.after = [*lab.after, *lines]


def _ends(lab: Lab, at: float, text: str) -> None:
    """End the program, which stays off."""
    lab.bad_since = at
    lab.running = lambda now: now < 0 or now < at
    lab.answers = lambda now: now < 0 or lab.ready <= now < at
    lab.healthy = lambda now: (
        "healthy" if now < 0 or lab.ready <= now < at else "starting" if now < at else "none"
    )
    lab.after = [
        Lines(one.begin, one.every, one.text, min(one.end, at)) for one in lab.after if one.begin < at
    ]
    _adds(lab, once(at, text))


def _loops(lab: Lab, alive: float, period: float, texts: Sequence[str]) -> None:
    """End and start again for ever."""
    begin = 0.0 if alive < lab.ready else lab.noise.uniform(0, 20)
    lab.bad_since = begin + alive
    lab.starts = (0.0, *(begin + period * number for number in range(1, 4000 // round(period + 1))))
    step = alive / len(texts)

    def cycle(now: float) -> float:
        return max(0.0, now - begin) % period

    lab.running = lambda now: now < 0 or cycle(now) < alive
    lab.answers = lambda now: now < 0 or lab.ready <= cycle(now) < alive
    lab.healthy = lambda now: "healthy" if now < 0 else "starting"
    lab.after = [Lines(begin + step * number, period, always(text)) for number, text in enumerate(texts)]


def _never_answers(lab: Lab, since: float) -> None:
    lab.bad_since = since
    lab.answers = lambda at: at < 0


def _slower(lab: Lab, since: float, times: float) -> None:
    usual = lab.response
    lab.response = lambda at: usual(at) * (times if at >= since else 1)


def _leaks(lab: Lab, doubles: float) -> None:
    """Grow by the normal size every ``doubles`` seconds, from the normal size on."""
    usual = lab.memory
    lab.memory = lambda at: usual(at) if at < 0 else usual(at) + lab.app.memory * at / doubles
    lab.bad_since = doubles * 0.5 + (0 if math.isinf(doubles) else lab.ready)
