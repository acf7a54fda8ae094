"""What is deployed together: Compose projects and namespaces, by the labels of what they consist of."""

import pytest

from homelab_steward.contract.state import ResourceKey, TargetRef
from steward.inventory.stacks import Stack, stack_of, stacks_of
from steward.inventory.topology import Place, Topology
from steward.sdk.description import Role

ENVIRONMENT = ResourceKey(kind="environment", id="1")
OTHER = ResourceKey(kind="environment", id="2")


def thing(name: str, kind: str = "container", instance: str = "docker") -> TargetRef:
    return TargetRef(instance_id=instance, kind=kind, id=name, name=name)


def project(name: str) -> dict[str, str]:
    return {"name": "any", "compose_project": name}


RADARR, SONARR, GRAFANA = thing("radarr"), thing("sonarr"), thing("grafana")
PLEX = thing("plex", "workload", "k3s")


def test_things_with_the_same_label_in_the_same_place_are_a_stack() -> None:
    found = stacks_of(
        [
            (RADARR, None, project("media")),
            (GRAFANA, None, {"name": "grafana"}),
            (SONARR, None, project("media")),
            (PLEX, None, {"namespace": "media"}),
            (thing("a", instance="portainer"), ENVIRONMENT, project("media")),
            (thing("b", instance="portainer"), OTHER, project("media")),
        ]
    )
    assert [(one.instance_id, one.parent, [each.name for each in one.members]) for one in found] == [
        ("docker", None, ["radarr", "sonarr"]),
        ("k3s", None, ["plex"]),
        ("portainer", ENVIRONMENT, ["a"]),
        ("portainer", OTHER, ["b"]),
    ]
    assert {one.name for one in found} == {"media"}


def stack(*members: TargetRef, parent: ResourceKey | None = None) -> Stack:
    return Stack(name="media", instance_id="docker", parent=parent, members=members)


LISTED = thing("Media", "stack")
HERE = thing("1", "environment")


@pytest.mark.parametrize(
    ("target", "above", "is_found"),
    [
        (RADARR, (), True),
        (thing("Radarr", "instance", "radarr"), (RADARR,), True),
        (GRAFANA, (), False),
        (LISTED, (HERE,), True),
        (LISTED, (), False),
        (LISTED, (thing("2", "environment"),), False),
        (thing("media"), (HERE,), False),
        (thing("tools", "stack"), (HERE,), False),
        (thing("media", "stack", "other"), (HERE,), False),
    ],
)
def test_the_stack_of_a_target_is_the_one_that_it_is_in_runs_in_or_is(
    target: TargetRef,
    above: tuple[TargetRef, ...],
    is_found: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    media = stack(RADARR, SONARR, parent=ENVIRONMENT)
    assert stack_of(target, above, [media]) == (media if is_found else None)


def test_a_stack_of_an_instance_without_places_is_found_by_its_name() -> None:
    media = stack(RADARR)
    assert stack_of(LISTED, (), [media]) == media


def test_only_what_can_run_something_is_in_a_stack() -> None:
    labels = {"namespace": "media"}
    pod = thing("plex-1", "pod", "k3s")
    places = [Place(ref=PLEX, labels=labels, role=Role.HOST), Place(ref=pod, labels=labels)]
    topology = Topology((), places, {})
    assert [one.members for one in topology.stacks] == [(PLEX,)]
    assert topology.stacks is topology.stacks
