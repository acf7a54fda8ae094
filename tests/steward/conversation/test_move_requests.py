"""Requests to move applications to a VLAN, in five languages."""

import pytest

from homelab_steward.contract.state import TargetRef
from lab.visit import load
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import AmbiguousRequest, Meaning, OpenText, PersonRequest
from steward.conversation.mentions import NamedTarget


def target(name: str, service: str, kind: str) -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id=service, kind=kind, id=name, name=name), service)


KITCHEN, GARAGE = (target(name, "gitea", "repository") for name in ("rack/kitchen", "rack/garage"))
PORT = target("Desk port", "unifi", "port")
OFFERS = {key: load(key).offer().actions for key in ("gitea", "unifi")}
CATEGORIES = {"network": frozenset({"unifi"})}


def meaning(text: str, *among: NamedTarget, language: str = "en") -> Meaning:
    return meaning_of(text, among, OFFERS, language=language, categories=CATEGORIES)


@pytest.mark.parametrize(
    ("language", "text", "applications"),
    [
        ("en", "Move the management services to VLAN 100", "management"),
        ("en", "please put grafana and uptime kuma into the vlan 100", "grafana, uptime-kuma"),
        ("de", "Verschiebe die Management-Dienste in VLAN 100", "management"),
        ("de", "Kannst du Grafana und Portainer ins VLAN 100 verschieben", "grafana, portainer"),
        ("fr", "Déplace les services management vers le VLAN 100", "management"),
        ("es", "Mueve los servicios management a la VLAN 100", "management"),
        ("nl", "Verplaats de management diensten naar VLAN 100", "management"),
    ],
)
def test_applications_are_moved_in_the_only_repository(language: str, text: str, applications: str) -> None:
    found = meaning(text, KITCHEN, language=language)
    assert isinstance(found, PersonRequest), found
    assert (found.action.key, found.named_target) == ("change_vlan", KITCHEN)
    assert found.arguments == {"applications": applications, "vlan": 100}


def test_one_of_several_repositories_is_asked_about() -> None:
    assert isinstance(meaning("Move grafana to VLAN 100", KITCHEN, GARAGE), AmbiguousRequest)


def test_the_port_of_a_switch_is_no_value_of_a_repository() -> None:
    found = meaning("Move the Desk port to VLAN 100", KITCHEN, PORT)
    assert isinstance(found, OpenText), found
    assert found.lacks_action == PORT


@pytest.mark.parametrize(
    "text",
    [
        "Move grafana to VLAN 4095",
        "Move grafana to VLAN 0",
        "Do not move grafana to VLAN 100",
        "Move grafana to the guest VLAN",
        "Move the services to VLAN 100",
    ],
)
def test_what_is_not_clear_is_no_request(text: str) -> None:
    assert not isinstance(meaning(text, KITCHEN), PersonRequest)


def test_without_a_repository_nothing_is_requested() -> None:
    assert isinstance(meaning("Move grafana to VLAN 100"), OpenText)
