"""Targets with the same name are named with the place where they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from homelab_steward.contract.state import Instance, Origin, Snapshot, TargetRef
from steward.conversation.named_targets import named_in, named_targets


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

    def target(self, instance_id: str) -> TargetRef:
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
