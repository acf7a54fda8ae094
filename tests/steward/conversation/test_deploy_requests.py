"""Requests to deploy a template, in five languages."""

import pytest

from homelab_steward.contract.catalogue import ActionOffer, Risk
from homelab_steward.contract.state import TargetRef
from lab.visit import load
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import Meaning, OpenText, PersonRequest
from steward.conversation.mentions import NamedTarget
from steward.conversation.questions import TargetQuestion


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


STACK = NamedTarget(
    "Radarr", TargetRef(instance_id="radarr", kind="instance", id="radarr", name="Radarr"), "radarr"
)


def offer(key: str) -> ActionOffer:
    return ActionOffer(key=key, name=key, description="", risk=Risk.LOW, reversible=True)


AGAIN = {"radarr": (offer("redeploy"), offer("check_health"), offer("restart"))}


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "Redeploy Radarr", "redeploy"),
        ("de", "Rolle Radarr neu aus", "redeploy"),
        ("fr", "Redéploie Radarr", "redeploy"),
        ("fr", "Tu peux redéployer Radarr ?", "redeploy"),
        ("fr", "recrée Radarr", "redeploy"),
        ("es", "Redespliega Radarr", "redeploy"),
        ("es", "despliega Radarr otra vez", "redeploy"),
        ("es", "¿puedes recrear Radarr?", "redeploy"),
        ("nl", "deploy Radarr opnieuw", "redeploy"),
        ("nl", "kun je Radarr opnieuw uitrollen", "redeploy"),
        ("en", "run a health check on Radarr", "check_health"),
        ("de", "mach einen Gesundheitscheck von Radarr", "check_health"),
        ("fr", "fais un contrôle de santé de Radarr", "check_health"),
        ("es", "haz un chequeo de salud de Radarr", "check_health"),
        ("nl", "doe een gezondheidscontrole van Radarr", "check_health"),
    ],
)
def test_what_is_deployed_again_or_checked(language: str, text: str, key: str) -> None:
    found = meaning_of(text, (STACK,), AGAIN, language=language)
    assert isinstance(found, PersonRequest), found
    assert (found.named_target, found.action.key) == (STACK, key)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a health check of Radarr"),
        ("de", "Gesundheitscheck von Radarr"),
        ("fr", "bilan de santé de Radarr"),
        ("es", "chequeo de salud de Radarr"),
        ("nl", "gezondheidscontrole van Radarr"),
    ],
)
def test_a_health_check_that_is_only_named_asks(language: str, text: str) -> None:
    assert meaning_of(text, (STACK,), AGAIN, language=language) == TargetQuestion(STACK.target)
