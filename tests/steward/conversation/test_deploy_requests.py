"""Requests to deploy a template, in five languages."""

import pytest

from homelab_steward.contract.state import TargetRef
from lab.visit import load
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import Meaning, OpenText, PersonRequest
from steward.conversation.mentions import NamedTarget


def repository(name: str) -> NamedTarget:
    return NamedTarget(name, TargetRef(instance_id="git", kind="repository", id=name, name=name), "gitea")


KITCHEN, GARAGE = repository("rack/kitchen"), repository("rack/garage")
OFFERS = {"gitea": load("gitea").offer().actions}


def meaning(text: str, *among: NamedTarget, language: str = "en") -> Meaning:
    return meaning_of(text, among, OFFERS, language=language)


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "Deploy a monitoring system in rack/kitchen", "deploy_monitoring"),
        ("en", "please deploy a monitoring system", "deploy_monitoring"),
        ("en", "deploy uptime checks", "deploy_uptime"),
        ("en", "deploy a dashboard", "deploy_dashboard"),
        ("de", "Rolle ein Monitoringsystem aus", "deploy_monitoring"),
        ("de", "Stelle eine Überwachung bereit", "deploy_monitoring"),
        ("de", "Rolle ein Dashboard in rack/kitchen aus", "deploy_dashboard"),
        ("fr", "Déploie un système de supervision", "deploy_monitoring"),
        ("es", "Despliega un sistema de monitorización", "deploy_monitoring"),
        ("nl", "Rol een monitoringsysteem uit", "deploy_monitoring"),
    ],
)
def test_the_only_repository_is_meant(language: str, text: str, key: str) -> None:
    found = meaning(text, KITCHEN, language=language)
    assert isinstance(found, PersonRequest), found
    assert (found.action.key, found.named_target, found.missing) == (key, KITCHEN, ())


def test_a_form_is_said() -> None:
    found = meaning("Deploy a monitoring system in rack/kitchen with compose", KITCHEN)
    assert isinstance(found, PersonRequest), found
    assert found.arguments == {"form": "compose"}


@pytest.mark.parametrize("text", ["Deploy a monitoring system", "Deploy a mail server"])
def test_what_is_not_clear_is_asked(text: str) -> None:
    found = meaning(text, KITCHEN, GARAGE)
    assert not isinstance(found, PersonRequest)


def test_no_template_deploys_something_else() -> None:
    assert isinstance(meaning("deploy a mail server", KITCHEN), OpenText)
