"""Every metric that the alert rules and the dashboard name exists, and each has something to say."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry

from rig.inventory import NOW
from steward.clock import ManualClock
from steward.event_webhooks.events import Backlog
from steward.observability.metrics import Metrics
from steward.store.database import Database
from steward.wiring.state_metrics import StateMetrics, StateSources

FILES = Path(__file__).parents[3] / "addon/deploy/helm/files"
NAME = re.compile(r"\b(?:steward|process)_[a-z_]+\b")
LABELS = re.compile(r"\bby \(([^)]*)\)|\$labels\.([a-z_]+)|\{\{([a-z_]+)\}\}|\bon \(([^)]*)\)")
OF_PROMETHEUS = {"instance", "job", "le"}


def existing(folder: Path) -> dict[str, set[str]]:
    """Return the labels of each sample by its name, as Prometheus stores it."""
    metrics = Metrics(CollectorRegistry())

    async def no_models() -> tuple[()]:
        return ()

    async def no_webhooks() -> dict[str, Backlog]:
        return {}

    class NoInstances:
        def instances(self) -> tuple[()]:
            return ()

        def snapshot(self, instance_id: str) -> None:
            return None

    StateMetrics(
        metrics.registry,
        StateSources(
            instances=NoInstances(),
            database=Database(f"sqlite+aiosqlite:///{folder}/x.db"),
            data_dir=folder,
            models=no_models,
            webhooks=no_webhooks,
            clock=ManualClock(NOW),
            version="1",
        ),
    )
    found: dict[str, set[str]] = {}
    for one in metrics.registry._collector_to_names:
        labels = set(getattr(one, "_labelnames", ()))
        for name in metrics.registry._collector_to_names[one]:
            found[name] = labels
    for name in re.findall(r"^process_[a-z_]+", metrics.text().decode(), re.MULTILINE):
        found[name] = set()
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FILES / "alerts.yaml").read_text())["groups"]
    return [one for group in groups for one in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FILES / "dashboard.json").read_text())["panels"]
    return found


def expressions() -> Iterator[str]:
    yield from (one["expr"] for one in rules())
    yield from (target["expr"] for panel in panels() for target in panel["targets"])


def test_every_metric_exists(tmp_path: Path) -> None:
    names = existing(tmp_path)
    used = {name for one in expressions() for name in NAME.findall(one)}
    assert used
    assert used - set(names) == set()


def test_every_label_exists(tmp_path: Path) -> None:
    names = existing(tmp_path)
    texts = [(one["expr"], json.dumps(one)) for one in rules()]
    texts += [(target["expr"], json.dumps(target)) for one in panels() for target in one["targets"]]
    for expression, text in texts:
        labels = {label for name in NAME.findall(expression) for label in names[name]} | OF_PROMETHEUS
        used = {one.strip() for found in LABELS.findall(text) for part in found for one in part.split(",")}
        assert used - {""} <= labels, text


def test_every_metric_of_the_steward_is_shown_or_watched(tmp_path: Path) -> None:
    used = {
        re.sub(r"_(?:bucket|count|sum|total)$", "", name)
        for one in expressions()
        for name in NAME.findall(one)
    }
    made = {
        re.sub(r"_(?:bucket|count|sum|total|created)$", "", one)
        for one in existing(tmp_path)
        if one.startswith("steward_")
    }
    assert made - used == set(), "add it to the dashboard"


def test_every_rule_says_what_is_wrong_and_how_urgent_it_is() -> None:
    names = [one["alert"] for one in rules()]
    assert len(set(names)) == len(names)
    for one in rules():
        assert one["labels"]["severity"] in {"critical", "warning", "info"}
        assert one["annotations"]["summary"]
        assert one["annotations"]["description"]


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for one in panels():
        at = one["gridPos"]
        cells = {(at["x"] + dx, at["y"] + dy) for dx in range(at["w"]) for dy in range(at["h"])}
        assert not cells & taken, one["title"]
        taken |= cells
