"""Runs the mutants of one module, each in a process of its own that is forked when the tests are loaded.

Started by ``mutation.py`` in the environment of the tests. A change in a function is made in the
loaded module; any other change is made while the module is imported.
"""

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest
from mutation_changes import ChangedImport, all_code, can_change, change, functions_of
from mutation_operators import Mutant, mutants

SLOWEST_TEST: Final = 1.5
"""Seconds; slower tests are left out."""

LONGEST: Final = 8.0
"""Times the usual duration of a test until it is cancelled, after GRACE seconds."""
GRACE: Final = 1.5
SECOND_LIMIT: Final = 6.0
"""Times the first limit: a busy machine must not look like a detected change."""

TOOL: Final = 3
"""The number of this program among those that monitor lines (sys.monitoring)."""

PASSED, FAILED = 0, 1


@dataclass(slots=True)
class Seen:
    """What a run of the tests without a change showed."""

    durations: dict[str, float] = field(default_factory=dict)
    lines: dict[str, frozenset[int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """The end of one mutant. ``test`` is the one that failed or was cancelled."""

    status: str
    test: str | None = None
    seconds: float = 0.0


class Tests:
    """A pytest plugin that hands the collected tests to ``work`` instead of running them."""

    def __init__(self, folder: Path, work: Callable[[pytest.Session], int]) -> None:
        """Temporary files of the tests go to ``folder``."""
        self._folder = folder
        self._work = work
        self.ends_at_failure = False

    @pytest.fixture
    def tmp_path(self) -> Path:
        """Return a new folder of this test, in memory where the system has such a folder."""
        own = self._folder / str(os.getpid())
        own.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=own))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Change the settings of hypothesis where it is installed."""
        if config.pluginmanager.hasplugin("hypothesispytest"):
            _no_examples_kept()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """End a mutant's process at the first failure, without the time that its report takes."""
        if not self.ends_at_failure or call.excinfo is None or item.get_closest_marker("xfail"):
            return
        if not call.excinfo.errisinstance(pytest.skip.Exception):
            os._exit(FAILED)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work and end this process: nothing is reported."""
        if session.testsfailed:
            os._exit(FAILED)
        os._exit(self._work(session))


class Worker:
    """Runs the mutants of a module."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        """Processes write their results to ``folder``."""
        self._options = options
        self._folder = folder
        self._seen = Seen()
        self._killers: list[str] = []
        self._errors = os.dup(2)
        self._limit = 1.0
        self._tests: Tests
        self._unchanged: Mutant

    def run(self) -> Mapping[str, Any]:
        """Return the results as JSON values. Raises SystemExit when the tests fail unchanged."""
        started = time.monotonic()
        state = self._folder / "state"
        process = self._fork(lambda: self._pytest(self._serve))
        _, status = os.waitpid(process, 0)
        if status or not state.exists():
            log = (self._folder / "output").read_text(errors="replace")
            raise SystemExit(f"the tests of {self._options.module} do not run:\n{log[-4000:]}")
        self._seen, chosen, results, loaded, self._unchanged = pickle.loads(state.read_bytes())  # noqa: S301 - ours
        if self._seen.failures:
            failing = "\n".join(self._seen.failures)
            raise SystemExit(f"these tests of {self._options.module} fail without a change:\n{failing}")
        left = [one for one in chosen if one.number not in results]
        if left:
            self._import_what_does_not_change(loaded)
            results |= self._run_all(left, self._imported)
        return {
            "module": self._options.module,
            "seconds": time.monotonic() - started,
            "tests": len(self._seen.durations),
            "left_out": sum(one > SLOWEST_TEST for one in self._seen.durations.values()),
            "mutants": [
                {"place": one.place, "change": one.change, "line": one.lines.start}
                | {"status": results[one.number].status, "test": results[one.number].test}
                | {"seconds": round(results[one.number].seconds, 2)}
                for one in chosen
            ],
        }

    def _pytest(self, work: Callable[[pytest.Session], int]) -> int:
        """Collect the tests and do ``work`` with them; returns when they cannot be collected."""
        options = ["-q", "-p", "no:cacheprovider", "-o", "timeout=0", "--capture=sys"]
        # Plugins are imported once for all processes.
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        configuration = ["-c", self._options.configuration, "--rootdir", "."]
        self._tests = Tests(self._folder, work)
        code = pytest.main([*options, *configuration, *self._options.tests], plugins=[self._tests])
        return int(code) or FAILED

    def _serve(self, session: pytest.Session) -> int:
        """Run the tests unchanged, then with each change in a function."""
        items = {item.nodeid: item for item in session.items}
        module = sys.modules[self._options.module]
        filename = str(module.__file__)
        baseline = self._folder / "baseline"
        process = self._fork(lambda: self._run_unchanged(list(items.values()), filename, baseline))
        os.waitpid(process, 0)
        self._seen = pickle.loads(baseline.read_bytes())  # noqa: S301 - written by the fork
        chosen = self._chosen(Path(filename).read_text(encoding="utf-8"), vars(module))
        results: dict[int, Result] = {}
        if not self._seen.failures:
            functions = functions_of(filename)
            fast = [one for one in chosen if can_change(one, functions, filename)]

            def change_and_run(mutant: Mutant, tests: Sequence[str]) -> int:
                if mutant.function is not None:
                    change(mutant, functions, filename)
                return self._run_tests([items[one] for one in tests], mutant)

            results = self._run_all(fast, change_and_run)
        loaded = list(sys.modules)
        state = (self._seen, chosen, results, loaded, self._unchanged)
        (self._folder / "state").write_bytes(pickle.dumps(state))
        return PASSED

    def _chosen(self, source: str, namespace: Mapping[str, object]) -> list[Mutant]:
        found = mutants(source, namespace)
        self._unchanged = Mutant(-1, "", "", None, range(0), ast.parse(source))
        if self._options.sample and self._options.sample < len(found):
            chance = random.Random(f"{self._options.seed} {self._options.module}")  # noqa: S311 - repeatable
            found = sorted(chance.sample(found, self._options.sample), key=lambda one: one.number)
        return found

    def _run_unchanged(self, items: Sequence[pytest.Item], filename: str, target: Path) -> int:
        """Run every test once and write its duration and the lines of the module it executes."""
        lines: set[int] = set()
        monitoring = sys.monitoring

        def line(_code: CodeType, number: int) -> object:
            lines.add(number)
            return monitoring.DISABLE

        monitoring.use_tool_id(TOOL, "mutation")
        monitoring.register_callback(TOOL, monitoring.events.LINE, line)
        for one in all_code(filename):
            monitoring.set_local_events(TOOL, one, monitoring.events.LINE)
        seen = Seen()
        for position, item in enumerate(items):
            lines.clear()
            monitoring.restart_events()
            before = time.monotonic()
            _run_item(item, items[position + 1] if position + 1 < len(items) else None)
            seen.durations[item.nodeid] = time.monotonic() - before
            seen.lines[item.nodeid] = frozenset(lines)
            if item.session.testsfailed > len(seen.failures):
                seen.failures.append(item.nodeid)
        target.write_bytes(pickle.dumps(seen))
        return PASSED

    def _imported(self, mutant: Mutant, tests: Sequence[str]) -> int:
        """Import the module with the change and run the tests."""
        sys.meta_path.insert(0, ChangedImport(self._options.module, mutant.code))

        def work(session: pytest.Session) -> int:
            items = {item.nodeid: item for item in session.items}
            return self._run_tests([items[one] for one in tests if one in items], mutant)

        return self._pytest(work)

    def _import_what_does_not_change(self, loaded: Sequence[str]) -> None:
        """Import the modules that do not depend on the changed one, once for all processes."""
        refusing = ChangedImport(self._options.module, None)
        sys.meta_path.insert(0, refusing)
        # Home Assistant replaces httpx, and refuses to when httpx is imported already.
        for name in sorted(loaded, key=lambda one: one != "homeassistant"):
            if name.partition(".")[0] not in ("rig", "tests", "conftest") and not name.startswith("test_"):
                with suppress(BaseException):
                    importlib.import_module(name)
        sys.meta_path.remove(refusing)

    def _tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute the changed lines: those that failed last, then the fastest."""
        durations = self._seen.durations
        usable = [one for one, seconds in durations.items() if seconds <= SLOWEST_TEST]
        if mutant.function is not None:
            usable = [one for one in usable if not self._seen.lines[one].isdisjoint(mutant.lines)]
        recent = {one: -number for number, one in enumerate(self._killers[-12:], start=1)}
        return sorted(usable, key=lambda one: (recent.get(one, 0), durations[one]))

    def _run_tests(self, items: Sequence[pytest.Item], mutant: Mutant) -> int:
        """Run tests until one fails."""
        self._tests.ends_at_failure = True
        current = self._folder / f"test-{mutant.number}"
        for position, item in enumerate(items):
            current.write_text(item.nodeid, encoding="utf-8")
            # The default action of the signal ends this process.
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            limit = self._limit * (GRACE + LONGEST * self._seen.durations[item.nodeid])
            signal.setitimer(signal.ITIMER_REAL, limit)
            _run_item(item, items[position + 1] if position + 1 < len(items) else None)
            if item.session.testsfailed:
                return FAILED
        return PASSED

    def _run_all(
        self, chosen: Sequence[Mutant], work: Callable[[Mutant, Sequence[str]], int]
    ) -> dict[int, Result]:
        """Return the result of each mutant, from as many processes at a time as there are jobs."""
        self._check_unchanged(chosen, work)
        waiting = [(one, 1.0) for one in reversed(chosen)]
        running: dict[int, tuple[Mutant, float, float]] = {}
        results: dict[int, Result] = {}
        while waiting or running:
            while waiting and len(running) < self._options.jobs:
                mutant, self._limit = waiting.pop()
                tests = self._tests_of(mutant)
                if not tests:
                    results[mutant.number] = Result("survived")
                    continue
                process = self._fork(partial(work, mutant, tests))
                running[process] = mutant, self._limit, time.monotonic()
            if not running:
                continue
            process, status = os.wait()
            mutant, limit, started = running.pop(process)
            shutil.rmtree(self._folder / str(process), ignore_errors=True)
            result = self._result(mutant, status, time.monotonic() - started)
            if result.status == "timeout" and limit < SECOND_LIMIT:
                waiting.append((mutant, SECOND_LIMIT))
                continue
            results[mutant.number] = result
            self._say(f"{len(results)} of {len(chosen)}")
        return results

    def _check_unchanged(
        self, chosen: Sequence[Mutant], work: Callable[[Mutant, Sequence[str]], int]
    ) -> None:
        """Raise SystemExit when a test of the mutants fails without a change in the way that they are run."""
        needed = {test for one in chosen for test in self._tests_of(one)}
        tests = [one for one in self._seen.durations if one in needed]
        if not tests:
            return
        self._limit = SECOND_LIMIT
        _, status = os.waitpid(self._fork(partial(work, self._unchanged, tests)), 0)
        if status != PASSED:
            output = (self._folder / "output").read_text(errors="replace")
            raise SystemExit(f"the tests of {self._options.module} fail without a change:\n{output[-4000:]}")

    def _result(self, mutant: Mutant, status: int, seconds: float) -> Result:
        if status == PASSED:
            return Result("survived", None, seconds)
        current = self._folder / f"test-{mutant.number}"
        # No test was started when the module cannot be imported with the change.
        test = current.read_text(encoding="utf-8") if current.exists() else None
        is_cancelled = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
        if test is not None:
            with suppress(ValueError):
                self._killers.remove(test)
            self._killers.append(test)
        return Result("timeout" if is_cancelled else "killed", test, seconds)

    def _fork(self, work: Callable[[], int]) -> int:
        """Start a process that does ``work`` and ends with its result."""
        process = os.fork()
        if process:
            return process
        code = FAILED
        try:
            output = os.open(self._folder / "output", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            code = work()
        except BaseException:  # noqa: BLE001 - the process ends here
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _say(self, text: str) -> None:
        if os.isatty(self._errors):
            os.write(self._errors, f"\r    {self._options.module}: {text} \r".encode())


def _no_examples_kept() -> None:
    """Let hypothesis try the same examples each time, without making a failing one smaller."""
    from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415 - Home Assistant's environment has none

    settings.register_profile(
        "mutation",
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        # A busy machine must not look like a detected change.
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")


def _run_item(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def main() -> None:
    """Run the mutants of one module and write the results to a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--configuration", required=True)
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--jobs", type=int, required=True)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("tests", nargs="+")
    options = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108 - only a faster place for temporary files
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        found = Worker(options, Path(folder)).run()
    options.result.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
