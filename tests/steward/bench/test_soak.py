"""What a simulated month says is computed from its days."""

from pathlib import Path

import pytest
import yaml
from bench.growth import grown
from bench.soak import SCHEDULES, Sample, Scale, metric_values, monthly, result, sizes_of, write_schedules

from rig import census


def sample(day: int, resident: float = 200.0, tasks: int = 90) -> Sample:
    return Sample(
        day=day,
        resident=resident,
        files=40,
        threads=9,
        tasks=tasks,
        database=1.0 + day * 0.5,
        backups=2.0,
        log=0.1 * day,
        polls=24.0 * day,
        incidents=12 * day,
        updates=5,
    )


def test_growth_is_that_of_a_month() -> None:
    days = [sample(day) for day in range(1, 31)]
    assert monthly(days, [one.database for one in days]) == pytest.approx(15.0)
    assert monthly(days, [one.resident for one in days]) == 0.0


def test_what_grows_misses_its_goal_and_the_warm_up_does_not_count() -> None:
    warm = [sample(day, resident=100.0 * day) for day in range(1, 4)]
    later = [sample(day, resident=300.0 + day, tasks=90) for day in range(4, 20)]
    figures = {one.name: one for one in result([*warm, *later], Scale(warm_up=3)).figures}
    memory = figures["A month, growth of memory"]
    assert memory.value == pytest.approx(30.0)
    assert memory.is_met is False
    assert figures["A month, growth of tasks"].is_met is True
    assert figures["A month, log"].value == pytest.approx(3.0)
    assert figures["A month, growth of the databases"].value == pytest.approx(15.0)


def test_metrics_are_summed_over_their_labels() -> None:
    text = '# HELP a b\na{x="1"} 2\na{x="2 3"} 3.5\nb 1.0\n'
    assert metric_values(text) == {"a": 5.5, "b": 1.0}


def test_backups_are_no_databases(tmp_path: Path) -> None:
    (tmp_path / "steward.db").write_bytes(bytes(1024 * 1024))
    (tmp_path / "steward.db-wal").write_bytes(bytes(1024 * 1024))
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "b.tar.gz").write_bytes(bytes(512 * 1024))
    assert sizes_of(tmp_path) == (2.0, 0.5)


def test_the_schedules_are_valid(tmp_path: Path) -> None:
    write_schedules(tmp_path)
    files = sorted(tmp_path.glob("*.yaml"))
    assert len(files) == SCHEDULES
    assert len({yaml.safe_load(one.read_text())["cron"] for one in files}) == SCHEDULES


def test_what_grew_is_listed_by_section_the_most_first() -> None:
    before = {"types": {"Event": 5, "Alert": 10, "Run": 3}, "caches": {}}
    after = {"types": {"Event": 7, "Alert": 2_010, "Run": 3}, "caches": {"words": 4}}
    assert list(grown(before, after)) == [
        "types: +2,002",
        "  +2,000 (2,010) Alert",
        "  +2 (7) Event",
        "caches: +4",
        "  +4 (4) words",
    ]


class Kept:
    """Something that a census counts."""

    def __init__(self) -> None:
        self.long = list(range(census.LONG))


def test_a_census_counts_objects_and_names_what_holds_long_containers() -> None:
    name = f"{Kept.__module__}.{Kept.__qualname__}"
    assert name not in census.types()
    kept = [Kept() for _ in range(3)]
    found = census.take()
    assert found["types"][name] == len(kept)
    assert found["containers"][f"{name}.long"] == len(kept) * census.LONG
    assert found["malloc"]["used"] > 0
