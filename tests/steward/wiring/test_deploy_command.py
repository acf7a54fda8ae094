"""The command that asks for a pull request from a template."""

from typing import Any

import pytest

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.state import Instance, Origin, Resource, Snapshot
from lab.visit import load
from rig.inventory import NOW
from steward.wiring.change_commands import NotChanged
from steward.wiring.deploy_command import Deployment, request_of

SERVICES = tuple(load(key).offer() for key in ("gitea", "docker"))


def request(
    instances: tuple[str, ...] = ("git",), names: tuple[str, ...] = ("rack/a",), **wanted: Any
) -> Any:
    known = [Instance(id=one, service="gitea", name=one.title(), origin=Origin.FILE) for one in instances]
    resources = tuple(Resource(kind="repository", id=f"id of {one}", name=one) for one in names)
    read = [Snapshot(instance_id=one, taken_at=NOW, resources=resources) for one in instances]
    catalogue = Catalogue(digest="", services=SERVICES)
    return request_of(Deployment(**{"template": "monitoring", **wanted}), catalogue, known, read)


def test_the_only_repository_needs_no_name() -> None:
    made = request(values=["storage=50", "name=watch"])
    assert (made.instance_id, made.action, made.target_id) == ("git", "deploy_monitoring", "id of rack/a")
    assert made.arguments == {"storage": 50, "name": "watch"}
    assert made.only_dry_run


def test_several_are_told_apart() -> None:
    made = request(("git", "hub"), ("rack/a", "rack/b"), instance="Hub", repository="rack/b")
    assert (made.instance_id, made.target_id) == ("hub", "id of rack/b")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"template": "mail"}, "no template 'mail': dashboard, monitoring, uptime"),
        ({"repository": "rack/z"}, "0 repositories fit"),
        ({"names": ("rack/a", "rack/b")}, "2 repositories fit"),
        ({"values": ["storage"]}, "KEY=VALUE"),
        ({"values": ["storage=much"]}, "storage is a whole number"),
        ({"values": ["files=x"]}, "files is no value of this template"),
    ],
)
def test_what_is_not_clear_is_refused(wanted: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotChanged, match=reason):
        request(**wanted)
