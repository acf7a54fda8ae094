"""Updates that go well, with what makes them look odd for a while: load, long starts, noise, gaps."""

from collections.abc import Callable
from typing import Final

from bench.update_lab import Lab, Lines, once


def quiet(_: Lab) -> None:
    """Nothing but a short start."""


def more_memory(lab: Lab) -> None:
    """The new version needs more, and stays there."""
    usual, times = lab.memory, lab.noise.uniform(1.1, 1.45)
    lab.memory = lambda at: usual(at) * (times if at >= 0 else 1)


def less_memory(lab: Lab) -> None:
    """The new version needs less."""
    usual, times = lab.memory, lab.noise.uniform(0.5, 0.9)
    lab.memory = lambda at: usual(at) * (times if at >= 0 else 1)


def cache_fills(lab: Lab) -> None:
    """The memory grows beyond what was normal until a cache is full."""
    usual, grows, until = lab.memory, lab.noise.uniform(0.2, 0.7), lab.noise.uniform(200, 900)
    lab.memory = lambda at: usual(at) * (1 + (grows * min(1, at / until) if at >= 0 else 0))


def long_migration(lab: Lab) -> None:
    """The database is converted for minutes, with lines that move."""
    until = lab.noise.uniform(90, 720)
    _is_busy(lab, until, lambda number: f"INFO Reindexing clip_index: {number * 137} of 86000 rows")


def slow_lines(lab: Lab) -> None:
    """A conversion that says little: one step in half a minute."""
    until = lab.noise.uniform(100, 400)
    steps = ("assets", "albums", "persons", "tags", "faces", "places", "shares", "users", "jobs")
    _is_busy(lab, until, lambda n: f"INFO Applying migration 0{n + 40} {steps[n % 9]}... OK", 32)


def long_start(lab: Lab) -> None:
    """It is ready only after one or two minutes, as others of its kind."""
    _is_busy(lab, lab.noise.uniform(60, 110), None)


def restarts_once(lab: Lab) -> None:
    """It restarts itself after its migration."""
    again = lab.noise.uniform(20, 80)
    lab.starts = (0.0, again)
    lab.answers = lambda at: at < 0 or at >= again + lab.ready
    lab.healthy = lambda at: "healthy" if at < 0 or at >= again + lab.ready else "starting"
    lab.after = [
        *lab.start_lines(0),
        once(again, "INFO Migration done, restarting"),
        *lab.start_lines(again + 1),
        lab.usual_lines(again + lab.ready, float("inf")),
    ]


def more_load(lab: Lab) -> None:
    """People come back and use it more than before."""
    begin, until = lab.noise.uniform(60, 400), lab.noise.uniform(500, 1500)
    times = lab.noise.uniform(1.5, 3.5)
    cpu, response, queue = lab.cpu, lab.response, lab.queue
    lab.cpu = lambda at: cpu(at) * (times if begin <= at < until else 1)
    lab.response = lambda at: response(at) * (1.8 if begin <= at < until else 1)
    lab.queue = lambda at: queue(at) * (1.8 if begin <= at < until else 1)


def library_scan(lab: Lab) -> None:
    """It reads its whole library once, with much of the processor."""
    begin, until, usual = lab.ready, lab.noise.uniform(200, 700), lab.cpu
    lab.cpu = lambda at: 85 if begin <= at < until else usual(at)
    lab.after += [Lines(begin, 7, lambda n: f"INFO Scanned folder {n * 31} with {n % 13} files", until)]


def short_burst(lab: Lab) -> None:
    """It works hard for two minutes after the start and says nothing about it."""
    begin, until, usual = lab.ready, lab.ready + lab.noise.uniform(60, 140), lab.cpu
    lab.cpu = lambda at: 95 if begin <= at < until else usual(at)


def queue_drains(lab: Lab) -> None:
    """Work that waited during the update is done after it."""
    top, until, usual = lab.app.queue * 2.5, lab.noise.uniform(150, 600), lab.queue
    lab.queue = lambda at: top * (1 - at / until) if 0 <= at < until and top else usual(at)


def slow_clients(lab: Lab) -> None:
    """Clients come back one after another, for minutes."""
    length = lab.noise.uniform(90, 240)
    lab.served = lambda at: lab.app.served * (1 if at < 0 else min(1, max(0, at - lab.ready) / length))


def fewer_served(lab: Lab) -> None:
    """A few clients stay away, as they do every day."""
    usual, share = lab.served, lab.noise.uniform(0.85, 0.97)
    lab.served = lambda at: usual(at) * (share if at >= 0 else 1)


def errors_of_the_start(lab: Lab) -> None:
    """The database of it is not ready yet, so it tries again a few times."""
    tries = lab.noise.randint(2, 5)
    lab.after += [
        Lines(
            2, 5, lambda n: f"ERROR connect to database: connection refused, attempt {n + 1}", 2 + 5 * tries
        )
    ]


def new_warnings(lab: Lab) -> None:
    """The new version warns about a setting from time to time."""
    every = lab.noise.uniform(60, 300)
    lab.after += [Lines(20, every, lambda _: "WARN option 'theme' is deprecated and will be removed in 5.0")]


def an_error_now_and_then(lab: Lab) -> None:
    """The new version reports something far away that fails, every few minutes."""
    every = lab.noise.uniform(200, 500)
    lab.after += [Lines(80, every, lambda n: f"ERROR fetching poster {n * 17} from cdn: 404 Not Found")]


def same_errors(lab: Lab) -> None:
    """It wrote errors before, and still does."""
    every = lab.noise.uniform(5, 60)

    def text(number: int) -> str:
        return f"ERROR Indexer {number % 4} returned 503, next try in {number % 60} s"

    lab.before += [Lines(-lab.learned - 7200, every, text)]
    lab.after += [Lines(lab.ready, every, text)]


def sick_before(lab: Lab) -> None:
    """Its own check reported a problem before, and does so after."""
    lab.own_problem = lambda _: True


def off_before(lab: Lab) -> None:
    """It did not answer before the update, and does not after it."""
    lab.answers = lambda _: False
    lab.healthy = lambda _: "unhealthy"


def neighbour_flaps(lab: Lab) -> None:
    """Something else on the host comes and goes, as it did before."""
    name, period = lab.neighbours[0], lab.noise.uniform(900, 3000)
    lab.sick = {name: lambda at: (at + lab.phase) % period < period * 0.4}


def neighbour_restarts(lab: Lab) -> None:
    """Something else on the host is restarted, within a minute."""
    begin = lab.noise.uniform(100, 500)
    lab.sick = {lab.neighbours[0]: lambda at: begin <= at < begin + 40}


def host_away(lab: Lab) -> None:
    """The host cannot be read for some minutes."""
    begin = lab.noise.uniform(30, 400)
    end = begin + lab.noise.uniform(60, 300)
    lab.host_read = lambda at: not begin <= at < end


def app_unread(lab: Lab) -> None:
    """The instance of the app cannot be asked for a while, because the steward has no turn for it."""
    begin = lab.noise.uniform(30, 400)
    end = begin + lab.noise.uniform(60, 300)
    lab.app_read = lambda at: not begin <= at < end


def readings_missing(lab: Lab) -> None:
    """A third of all reads fails."""
    lab.unread_share = lab.noise.uniform(0.2, 0.4)


def no_health_check(lab: Lab) -> None:
    """The image has no health check any more."""
    lab.healthy = lambda at: "healthy" if at < 0 else "none"


def hardly_known(lab: Lab) -> None:
    """It was read a few times only before the update."""
    lab.learned = 600


def daily_peak(lab: Lab) -> None:
    """The update is made while its daily backup begins."""
    cpu, disk, until = lab.cpu, lab.disk, lab.noise.uniform(300, 900)
    lab.cpu = lambda at: cpu(at) + (30 if 0 <= at % 86_400 < until else 0)
    lab.disk = lambda at: disk(at) + 3 * min(1, (at % 86_400) / until)


def copies_data(lab: Lab) -> None:
    """The migration copies the database, and deletes the copy."""
    until, usual = lab.noise.uniform(120, 300), lab.disk
    lab.disk = lambda at: usual(at) + (4 * at / until if 0 <= at < until else 0)


def one_slow_answer(lab: Lab) -> None:
    """The first pages take seconds, because nothing is in a cache."""
    usual, until = lab.response, lab.ready + lab.noise.uniform(20, 80)
    lab.response = lambda at: usual(at) * (30 if 0 <= at < until else 1)


def late_task(lab: Lab) -> None:
    """The first sync after the update takes longer than usual."""
    usual, late = lab.task, lab.app.period * 0.15
    due = lab.app.period - usual(0)
    last = usual(0)
    lab.task = lambda at: (
        usual(at) if at < 0 else last + at if at < due + late else (at - due - late) % (lab.app.period or 1)
    )


def drops_one_answer(lab: Lab) -> None:
    """A single read in twenty gets no answer, as before."""
    usual = lab.answers
    lab.answers = lambda at: bool(usual(at)) and lab.draw("dropped", at).random() * 20 > 1


SUCCESSES: Final[tuple[Callable[[Lab], None], ...]] = (
    quiet,
    more_memory,
    less_memory,
    cache_fills,
    long_migration,
    slow_lines,
    long_start,
    restarts_once,
    more_load,
    library_scan,
    short_burst,
    queue_drains,
    slow_clients,
    fewer_served,
    errors_of_the_start,
    new_warnings,
    an_error_now_and_then,
    same_errors,
    sick_before,
    off_before,
    neighbour_flaps,
    neighbour_restarts,
    host_away,
    app_unread,
    readings_missing,
    no_health_check,
    hardly_known,
    daily_peak,
    copies_data,
    one_slow_answer,
    late_task,
    drops_one_answer,
)


def _is_busy(lab: Lab, until: float, text: Callable[[int], str] | None, every: float = 8) -> None:
    """Let the app begin to answer only at a time; it writes lines of progress if there is a text."""
    lab.answers = lambda at: at < 0 or at >= until
    lab.healthy = lambda at: "healthy" if at < 0 or at >= until else "starting"
    lab.served = lambda at: lab.app.served * (1 if at < 0 else min(1, max(0, at - until) / 30))
    cpu = lab.cpu
    lab.cpu = lambda at: 60 if 0 <= at < until else cpu(at)
    lines = [Lines(6, every, text, until)] if text else []
    lab.after = [*lab.start_lines(0), *lines, lab.usual_lines(until, float("inf"))]
