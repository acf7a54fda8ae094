"""The command that asks for a pull request from a template."""

from typing import Any

import pytest

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.state import Instance, Origin, Resource, Snapshot
from lab.visit import load
from rig.inventory import NOW
from steward.wiring.change_commands import NotChanged
from steward.wiring.deploy_command import FromTemplate, request_of, template_lines

SERVICES = tuple(load(key).offer() for key in ("gitea", "docker"))


OWN = tuple(
    Resource(kind="template", id=key, name=key.title(), values={"purpose": purpose})
    for key, purpose in (("paperless", "deploy"), ("restarts", "change"), ("wrong", "unusable"))
)


def snapshot(instance: str, names: tuple[str, ...]) -> Snapshot:
    repositories = (Resource(kind="repository", id=f"id of {one}", name=one) for one in names)
    return Snapshot(instance_id=instance, taken_at=NOW, resources=(*repositories, *OWN))


def request(
    instances: tuple[str, ...] = ("git",), names: tuple[str, ...] = ("rack/a",), **wanted: Any
) -> Any:
    known = [Instance(id=one, service="gitea", name=one.title(), origin=Origin.FILE) for one in instances]
    read = [snapshot(one, names) for one in instances]
    catalogue = Catalogue(digest="", services=SERVICES)
    return request_of(FromTemplate(**{"template": "monitoring", **wanted}), catalogue, known, read)


def test_the_only_repository_needs_no_name() -> None:
    made = request(values=["storage=50", "name=watch"])
    assert (made.instance_id, made.action, made.target_id) == ("git", "deploy_monitoring", "id of rack/a")
    assert made.arguments == {"storage": 50, "name": "watch"}
    assert made.only_dry_run


def test_several_are_told_apart() -> None:
    made = request(("git", "hub"), ("rack/a", "rack/b"), instance="Hub", repository="rack/b")
    assert (made.instance_id, made.target_id) == ("hub", "id of rack/b")


def test_values_of_deployed_applications_are_set() -> None:
    made = request(template="vlan", what="edit", applications="management", values=["vlan=100"])
    assert (made.action, made.target_id) == ("change_vlan", "id of rack/a")
    assert made.arguments == {"applications": "management", "vlan": 100}


def test_a_template_of_the_owner_is_the_target() -> None:
    made = request(template="paperless", values=["port=8010", "name=papers"])
    assert (made.action, made.target_id) == ("deploy_template", "paperless")
    assert made.arguments == {"repository": "id of rack/a", "values": "port=8010, name=papers"}
    made = request(template="restarts", what="edit", applications="grafana")
    assert (made.action, made.target_id) == ("change_template", "restarts")
    assert made.arguments == {"repository": "id of rack/a", "applications": "grafana"}


def test_all_templates_are_listed() -> None:
    lines = template_lines(Catalogue(digest="", services=SERVICES), [snapshot("git", ("rack/a",))])
    assert [one.split()[:2] for one in lines] == [
        ["deploy", "dashboard"],
        ["deploy", "monitoring"],
        ["deploy", "uptime"],
        ["edit", "node"],
        ["edit", "vlan"],
        ["deploy", "paperless"],
        ["edit", "restarts"],
        ["-", "wrong"],
    ]


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"template": "mail"}, "no template 'mail': dashboard, monitoring, paperless, restarts, uptime"),
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
