"""Which of the things that a pull request deploys are updated by it."""

import pytest

from homelab_steward.contract.changes import Distance, PackageChange
from homelab_steward.contract.state import TargetRef
from steward.changes.changed_items import MOST, updated_items


def ref(name: str) -> TargetRef:
    return TargetRef(instance_id="k8s", kind="workload", id=name, name=name)


SEVERAL = {
    ref("sonarr"): "ghcr.io/home-operations/sonarr:4.0.1@sha256:" + "a" * 64,
    ref("db"): "docker.io/library/postgres:18.0",
    ref("argo"): None,
    ref("odd"): "not an image",
}
MANY = {ref(f"app{number}"): f"ghcr.io/rack/app{number}:1" for number in range(MOST + 1)}


@pytest.mark.parametrize(
    ("images", "packages", "names"),
    [
        (SEVERAL, ["ghcr.io/home-operations/sonarr"], ["sonarr"]),
        (SEVERAL, ["postgres"], ["db"]),
        (SEVERAL, ["postgres", "ghcr.io/home-operations/sonarr"], ["sonarr", "db"]),
        (SEVERAL, ["ghcr.io/other/sonarr"], ["sonarr", "db", "odd"]),
        (SEVERAL, ["charts/media"], ["sonarr", "db", "odd"]),
        (SEVERAL, [], ["sonarr", "db", "odd"]),
        (MANY, ["charts/media"], []),
        (MANY, ["ghcr.io/rack/app3"], ["app3"]),
        ({}, ["postgres"], []),
    ],
)
def test_what_is_updated_is_known_by_its_image_else_all_of_one_application(
    images: dict[TargetRef, str | None], packages: list[str], names: list[str]
) -> None:
    changes = [PackageChange(name=one, old="1", new="2", distance=Distance.MAJOR) for one in packages]
    assert [one.name for one in updated_items(changes, images)] == names
