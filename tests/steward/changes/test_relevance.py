"""What of an update concerns this homelab: past problems and settings of the target."""

import pytest

from steward.changes.release_notes import items
from steward.changes.relevance import MOST, PastProblem, fixed_problems, is_untouched, touched_settings


def fitting(line: str, problem: str, heading: str = "## Fixes") -> bool:
    found = items(f"{heading}\n\n- {line}")
    return bool(fixed_problems(found, (PastProblem(1, problem),), ("sonarr",)))


@pytest.mark.parametrize(
    ("line", "uses", "expected"),
    [
        ("`LAB_MODE` was removed", {"LAB_PORT"}, True),
        ("`LAB_MODE` was removed", set(), True),
        ("`LAB_MODE` was removed", {"LAB_MODE"}, False),
        ("`LAB_MODE` was removed", {"LAB_MODE_FILE"}, False),
        ("`LAB_MODE` was removed", {"LAB_MODES"}, True),
        ("`LAB_SUN_*` was renamed, see LAB_MODE", {"LAB_PORT"}, False),
        ("The option `mode` was removed", {"LAB_PORT"}, False),
    ],
)
def test_none_of_the_named_variables_is_set(line: str, uses: set[str], *, expected: bool) -> None:
    assert is_untouched([line], uses) is expected


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("A memory leak in the importer", "Container sonarr was restarted: out of memory"),
        ("Memory leak when scanning", "ContainerOOMKilled sonarr exit code 137"),
        ("Database is locked during a backup", "sonarr: database is locked"),
        ("Zu viel Arbeitsspeicher beim Import behoben", "sonarr: memory 96 %"),
        (
            "Queue hangs when the download client does not answer",
            "The queue of sonarr is stuck, downloads hang",
        ),
        ("Certificate was not renewed", "The certificate of sonarr expires in 3 days"),
    ],
)
def test_a_fix_fits_a_problem(line: str, problem: str) -> None:
    assert fitting(line, problem)


@pytest.mark.parametrize(
    ("line", "problem", "heading"),
    [
        ("A wrong colour in the dark theme", "Container sonarr was restarted: out of memory", "## Fixes"),
        ("sonarr starts when the container image is old", "sonarr: container does not start", "## Fixes"),
        ("Crash when the list is empty", "The disk of the NAS is full", "## Fixes"),
        ("The list shows the memory in use", "Container sonarr ran out of memory", "## Features"),
        ("Fix a memory leak of the tests", "Container sonarr ran out of memory", "## Internal"),
        ("", "Container sonarr ran out of memory", "## Fixes"),
    ],
)
def test_a_fix_does_not_fit(line: str, problem: str, heading: str) -> None:
    assert not fitting(line, problem, heading)


def test_the_fix_of_most_problems_comes_first_and_few_are_named() -> None:
    found = items(
        "## Fixes\n\n- Database is locked\n" + "- A memory leak\n" * 2 + "- Memory of the map\n" * 3
    )
    problems = (
        PastProblem(1, "out of memory"),
        PastProblem(2, "memory"),
        PastProblem(3, "database is locked"),
    )
    matches = fixed_problems(found, problems, ())
    assert [[one.number for one in match.problems] for match in matches] == [[1, 2]] * MOST
    assert fixed_problems(found, (), ()) == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("`LAB_MODE` is gone", "LAB_MODE"),
        ("LAB_MODE was renamed to LAB_STATE", "LAB_MODE"),
        ("Set `LAB_MODE=new`", "LAB_MODE"),
        ("`--lab_mode` is gone", None),
        ("The label `lab.sun.rule` has another form", "lab.sun.rule"),
        ("The port is 9090, it was 8080", "8080"),
        ("Der Port 8080 entfällt", "8080"),
        ("There are 8080 stars", None),
        ("LAB_MODE_2 is gone", None),
        ("The mode is gone", None),
    ],
)
def test_a_setting_is_found_by_its_whole_name(line: str, name: str | None) -> None:
    found = touched_settings([line], {"LAB_MODE", "lab.sun.rule", "8080"})
    assert [one.name for one in found] == ([name] if name else [])


def test_few_settings_are_named() -> None:
    lines = [f"`LAB_{number}` is gone" for number in range(9)]
    found = touched_settings([*lines, *lines], {f"lab_{number}" for number in range(9)})
    assert [one.line for one in found] == lines[:MOST]
