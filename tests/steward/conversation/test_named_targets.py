"""Targets with the same name are named with the place where they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from homelab_steward.contract.state import Instance, Origin, Resource, Snapshot, TargetRef
from steward.conversation.named_targets import TargetNames, named_in, named_targets


@dataclass
class TwoRadarrs:
    """Instances named Radarr, with their addresses and what they run in."""

    addresses: Mapping[str, str]
    hosts: Mapping[str, str] = field(default_factory=dict)

    def instances(self) -> tuple[Instance, ...]:
        return tuple(
            Instance(id=key, service="radarr", name="Radarr", origin=Origin.FILE, settings={"url": url})
            for key, url in self.addresses.items()
        )

    def instance(self, instance_id: str) -> Instance | None:
        return next((one for one in self.instances() if one.id == instance_id), None)

    def snapshot(self, _instance_id: str) -> Snapshot | None:
        return None

    def target(self, instance_id: str, _kind: str = "", _id: str = "") -> TargetRef:
        return TargetRef(instance_id=instance_id, kind="instance", id=instance_id, name="Radarr")

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        name = self.hosts.get(target.id)
        return (TargetRef(instance_id="pve", kind="guest", id="105", name=name),) if name else ()


@pytest.mark.parametrize(
    ("inventory", "labels"),
    [
        (TwoRadarrs({"a": "http://nas:7878"}), ["Radarr"]),
        (
            TwoRadarrs({"a": "http://nas.lan:7878", "b": "http://mini:7878"}),
            ["Radarr on nas", "Radarr on mini"],
        ),
        (
            TwoRadarrs({"a": "http://192.168.1.5:7878", "b": "http://mini:7878"}),
            ["Radarr on 192.168.1.5", "Radarr on mini"],
        ),
        (
            TwoRadarrs({"a": "http://nas:1", "b": "http://nas:2"}, {"a": "media", "b": "media-4k"}),
            ["Radarr on media", "Radarr on media-4k"],
        ),
        (TwoRadarrs({"a": "http://nas:1", "b": "http://nas:2"}), ["instance a", "instance b"]),
        (TwoRadarrs({"a": "", "b": ""}), ["instance a", "instance b"]),
        (TwoRadarrs({"a": "http://nas:1", "b": ""}, {"a": "Radarr"}), ["Radarr on nas", "instance b"]),
    ],
)
def test_labels_of_targets_with_the_same_name(inventory: TwoRadarrs, labels: list[str]) -> None:
    assert [one.label for one in named_targets(inventory)] == labels  # type: ignore[arg-type]


def test_a_target_is_found_by_its_label() -> None:
    found = named_targets(TwoRadarrs({"a": "http://nas:1", "b": "http://mini:1"}))  # type: ignore[arg-type]
    assert len(named_in(["Restart Radarr"], found)) == 2
    assert [one.target.id for one in named_in(["Restart Radarr on mini"], found)] == ["b"]
    both = ["Compare Radarr on mini with Radarr on nas"]
    assert {one.target.id for one in named_in(both, found)} == {"a", "b"}


class Polled(TwoRadarrs):
    """Instances that are polled; counts how often their targets are read."""

    polled: Snapshot | None = None
    reads = 0

    def __init__(self, addresses: Mapping[str, str]) -> None:
        super().__init__(addresses)
        self._instances = super().instances()

    def instances(self) -> tuple[Instance, ...]:
        return self._instances

    def snapshot(self, _instance_id: str) -> Snapshot | None:
        return self.polled

    def target(self, instance_id: str, _kind: str = "", _id: str = "") -> TargetRef:
        self.reads += 1
        return super().target(instance_id)


def test_names_are_read_again_when_something_was_polled() -> None:
    inventory = Polled({"a": "http://nas:1"})
    names = TargetNames(inventory)  # type: ignore[arg-type]
    first = names.every()
    assert names.every() is first
    reads = inventory.reads
    inventory.polled = Snapshot(instance_id="a", taken_at=datetime.now(UTC))
    assert names.every() is first
    assert inventory.reads > reads
    resource = Resource(kind="film", id="1", name="Dune")
    inventory.polled = replace(inventory.polled, resources=(resource,))
    assert [one.target.id for one in names.every()] == ["a", "a"]
