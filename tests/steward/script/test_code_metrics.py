"""The size of the code, and the files that a journey visits."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

LIB = Path(__file__).resolve().parents[3] / "script" / "lib"

MODULES = {
    "first.py": """
        import asyncio
        from app import second
        from app.llm import model

        async def start():
            for _ in range(3):
                second.step()
            await asyncio.create_task(second.later())
            model.ask(second.step)
            return inside()

        def inside():
            return [second.step() for _ in range(2)]
        """,
    "second.py": """
        from app import clock, third

        def step():
            clock.measure(third.end)

        async def later():
            third.end()
        """,
    "third.py": """
        def end():
            return helper()

        def helper():
            return 1
        """,
    "clock.py": """
        def measure(work):
            return work()
        """,
    "llm/model.py": """
        from app.llm import other

        def ask(step):
            other.send()
            step()
        """,
    "llm/other.py": """
        def send():
            return 1
        """,
}


@pytest.fixture(scope="module")
def lib() -> Iterator[None]:
    sys.path.insert(0, str(LIB))
    yield
    sys.path.remove(str(LIB))
    for name in ("journey_trace", "journeys", "code_metrics"):
        sys.modules.pop(name, None)


@pytest.fixture
def trace(lib: None) -> ModuleType:
    return importlib.import_module("journey_trace")


@pytest.fixture
def metrics(lib: None) -> ModuleType:
    return importlib.import_module("code_metrics")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield the first of a few modules that call each other."""
    for name, text in MODULES.items():
        path = tmp_path / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("app.first")
    for name in [one for one in sys.modules if one.partition(".")[0] == "app"]:
        del sys.modules[name]


async def test_a_visit_is_a_call_from_another_file(trace: ModuleType, app: Any, tmp_path: Path) -> None:
    with trace.Tracer(folders={"addon/steward": tmp_path / "app"}) as tracer:
        await app.start()
    journey = tracer.journey
    names = [name.removeprefix("addon/steward/") for name in journey.files]
    assert names == ["first.py", "second.py", "third.py", "llm/"], "in order; the clock does not count"
    assert journey.visits == {
        "addon/steward/first.py": 1,
        "addon/steward/second.py": 1,
        "addon/steward/third.py": 1,
    }, "loops, tasks of the same stage, and calls by a library are no further visits"
    assert journey.returns["addon/steward/first.py"] == 2
    assert {f"addon/steward/{name}" for name in MODULES} == journey.all_files


async def test_ignored_stages_do_not_count(trace: ModuleType, app: Any, tmp_path: Path) -> None:
    folders = {"addon/steward": tmp_path / "app"}
    with trace.Tracer(["addon/steward/first.py:"], folders) as tracer:
        await app.start()
    assert tracer.journey.files == ()
    with trace.Tracer(["addon/steward/other.py:"], folders) as tracer:
        await asyncio.create_task(app.start())
    assert len(tracer.journey.files) == 4, "functions are traced again"


async def test_other_stages_do_not_count(trace: ModuleType, app: Any, tmp_path: Path) -> None:
    folders = {"addon/steward": tmp_path / "app"}
    with trace.Tracer(folders=folders, stages=["addon/steward/second.py:"]) as tracer:
        await app.start()
    assert tracer.journey.files == ()
    with trace.Tracer(folders=folders, stages=["addon/steward/first.py:"]) as tracer:
        await app.start()
    assert len(tracer.journey.files) == 4


async def test_a_file_that_is_known_is_visited_by_others_too(
    trace: ModuleType, app: Any, tmp_path: Path
) -> None:
    with trace.Tracer(folders={"addon/steward": tmp_path / "app"}) as tracer:
        await app.start()
        importlib.import_module("app.third").end()
    assert tracer.journey.visits["addon/steward/third.py"] == 2, "by a file, and as a stage of its own"


async def test_functions_of_another_journey_do_not_count(trace: ModuleType, app: Any, tmp_path: Path) -> None:
    folders = {"addon/steward": tmp_path / "app"}
    with trace.Tracer(folders=folders, others=["addon/steward/second.py:later"]) as tracer:
        await asyncio.create_task(importlib.import_module("app.second").later())
    assert tracer.journey.files == (), "nor does what they call"
    with trace.Tracer(folders=folders, others=["addon/steward/second.py:"]) as tracer:
        await app.start()
    names = [name.removeprefix("addon/steward/") for name in tracer.journey.files]
    assert names == ["first.py", "llm/"], "what calls them goes on"


def test_parts_of_the_code_are_counted(
    metrics: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(metrics, "ROOT", tmp_path)
    monkeypatch.setattr(metrics, "CODE", ("one",))
    (tmp_path / "one" / "migrations").mkdir(parents=True)
    (tmp_path / "one" / "migrations" / "first.py").write_text("x = 1\n")
    (tmp_path / "one" / "__init__.py").write_text('"""Nothing."""\n')
    module = tmp_path / "one" / "module.py"
    module.write_text("@cache\ndef f():\n    def g():\n        return 1\n    return g\n")
    assert list(metrics.find_modules()) == [module]
    parts = {part.name: part.lines for part in metrics.functions_of(module)}
    assert parts == {"one/module.py:f": 4, "one/module.py:g": 2}


def test_a_journey_is_above_its_goal(trace: ModuleType, metrics: ModuleType) -> None:
    def journey(*calls: tuple[str, str]) -> Any:
        entries = tuple(trace.Entry("stage", caller, file) for caller, file in calls)
        return trace.Journey(entries=entries, all_files=frozenset())

    long = journey(*((f"f{number}", f"f{number + 1}") for number in range(16)))
    assert metrics.is_above("a question", long)
    assert not metrics.is_above("an alert", long)
    often = journey(*((f"f{number}", "f") for number in range(4)))
    assert metrics.is_above("an MCP call", often)
    assert metrics.journey_rows({"an MCP call": often})[1][:2] == ("an MCP call", "5")


@pytest.mark.timeout(600)  # every call is traced
async def test_every_journey_is_played(lib: None) -> None:
    journeys = await importlib.import_module("journeys").trace()
    ends = {name: (journey.files[0], journey.files) for name, journey in journeys.items()}
    for name, (first, through) in {
        "an alert to its request": ("api/webhooks.py", "agent/requests/proposer.py"),
        "a press to its run": ("api/websocket_session.py", "agent/runs/executor.py"),
        "a question to its answer, by a model": ("api/websocket_session.py", "llm/"),
        "a question to its answer, from the records": ("api/websocket_session.py", "conversation/records.py"),
    }.items():
        assert ends[name][0] == f"addon/steward/{first}"
        assert f"addon/steward/{through}" in ends[name][1]
    assert ends["an MCP call"][0] == "mcp_bridge/source_check.py"
    _, poll = ends.pop("a poll to its reports")
    reports = "addon/steward/inventory/problem_reports.py"
    assert {reports, "addon/steward/agent/incidents/correlator.py"} <= {*poll}
    for elsewhere in (reports, "addon/steward/agent/requests/expiry.py", "addon/steward/trends/courses.py"):
        assert not any(elsewhere in files for _, files in ends.values())
