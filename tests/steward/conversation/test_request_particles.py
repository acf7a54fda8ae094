"""Words such as "just", "halt", "donc", and "maar" change no request; what limits or negates one stays."""

import pytest

from homelab_steward.contract.catalogue import ActionOffer, Risk
from homelab_steward.contract.state import TargetRef
from rig.recognition_rig import meaning_of
from steward.conversation.meanings import Meaning, PersonRequest, ScheduledRequest
from steward.conversation.mentions import NamedTarget


def offer(key: str, scope: str | None = None) -> ActionOffer:
    return ActionOffer(key=key, name=key, description="", risk=Risk.LOW, reversible=True, scope=scope)


def program(name: str) -> NamedTarget:
    key = name.casefold()
    return NamedTarget(name, TargetRef(instance_id=key, kind="instance", id=key, name=name), key)


GUEST = NamedTarget("radarr on pve", TargetRef(instance_id="pve", kind="vm", id="1", name="radarr"), "pve")
TARGETS = (program("Sonarr"), program("Radarr"), GUEST)
PROGRAM_OFFERS = (offer("restart"), offer("check_health"), offer("backup"))
OFFERS = {
    "sonarr": PROGRAM_OFFERS,
    "radarr": PROGRAM_OFFERS,
    "pve": (offer("start_vm", "vm"), offer("stop_vm", "vm"), offer("restart_vm", "vm")),
}
BEFORE = ("How is Radarr?",)


def meaning(text: str, language: str, *, before: tuple[str, ...] = BEFORE) -> Meaning:
    return meaning_of(text, TARGETS, OFFERS, before, language)


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "just stop it then", "stop_vm"),
        ("en", "go on and shut it down", "stop_vm"),
        ("en", "oh just turn it off already", "stop_vm"),
        ("en", "well, better restart it after all", "restart"),
        ("en", "ah, just give it a restart", "restart"),
        ("en", "reboot it yet again", "restart"),
        ("en", "restart it anyway, will you", "restart"),
        ("en", "could you simply reboot it for me", "restart"),
        ("de", "dann stopp ihn halt", "stop_vm"),
        ("de", "schalt ihn ruhig ab", "stop_vm"),
        ("de", "mach ihn halt aus", "stop_vm"),
        ("de", "mach ihn wieder an", "start_vm"),
        ("de", "fahr ihn doch einfach mal runter", "stop_vm"),
        ("de", "mach ihn nochmal neu", "restart"),
        ("de", "na dann starte ihn eben neu", "restart"),
        ("de", "start den nochmal durch", "restart"),
        ("de", "ach komm, starte ihn einfach neu", "restart"),
        ("de", "tu ihn mal neu starten", "restart"),
        ("fr", "bon, arrête-le alors", "stop_vm"),
        ("fr", "allez, éteins-le donc", "stop_vm"),
        ("fr", "redémarre-le quand même", "restart"),
        ("fr", "ben relance-le tout simplement", "restart"),
        ("fr", "fais-le redémarrer encore un coup", "restart"),
        ("fr", "eh bien redémarre-le donc une fois de plus", "restart"),
        ("fr", "remets-le en route", "start_vm"),
        ("es", "pues páralo ya", "stop_vm"),
        ("es", "bueno, apágalo nomás", "stop_vm"),
        ("es", "reinícialo y ya está", "restart"),
        ("es", "mejor reinícialo de todas formas", "restart"),
        ("es", "dale otro reinicio", "restart"),
        ("es", "dale, reinícialo otra vez, anda", "restart"),
        ("es", "pues nada, reinícialo", "restart"),
        ("nl", "stop hem maar", "stop_vm"),
        ("nl", "zet hem dan maar gewoon uit", "stop_vm"),
        ("nl", "sluit die maar af hoor", "stop_vm"),
        ("nl", "doe hem maar uit", "stop_vm"),
        ("nl", "doe hem toch maar aan", "start_vm"),
        ("nl", "herstart hem toch maar even", "restart"),
        ("nl", "start hem nog maar een keertje opnieuw op", "restart"),
        ("nl", "gooi hem nog eens opnieuw op", "restart"),
        ("nl", "geef hem nog een herstart", "restart"),
    ],
)
def test_particles_change_no_request(language: str, text: str, key: str) -> None:
    found = meaning(text, language)
    assert isinstance(found, PersonRequest), found
    assert (found.named_target.target.name.casefold(), found.action.key) == ("radarr", key)


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("en", "run a health check on Radarr", "check_health"),
        ("en", "start a quick health check of Radarr", "check_health"),
        ("en", "I'd like a backup of Radarr", "backup"),
        ("de", "starte bitte eine Gesundheitsprüfung von Radarr", "check_health"),
        ("de", "ich hätte gern ein Backup von Radarr", "backup"),
        ("fr", "lance une vérification de santé de Radarr", "check_health"),
        ("fr", "je voudrais une sauvegarde de Radarr", "backup"),
        ("es", "inicia una revisión de salud de Radarr", "check_health"),
        ("es", "quiero una copia de seguridad de Radarr", "backup"),
        ("nl", "start een gezondheidscontrole van Radarr", "check_health"),
        ("nl", "ik wil graag een back-up van Radarr", "backup"),
    ],
)
def test_a_noun_names_the_action_of_what_offers_it(language: str, text: str, key: str) -> None:
    """The guest with the same name can be started, and has no health check."""
    found = meaning(text, language, before=())
    assert isinstance(found, PersonRequest), found
    assert (found.named_target, found.action.key) == (TARGETS[1], key)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "better not restart it"),
        ("en", "stop it, but not now"),
        ("en", "give Radarr a restart every night"),
        ("de", "starte ihn doch lieber nicht neu"),
        ("de", "starte Radarr nach dem Backup Prüfung"),
        ("de", "ist es halt ruhig"),
        ("fr", "ne le redémarre surtout pas"),
        ("es", "mejor no lo reinicies"),
        ("nl", "herstart hem toch maar niet"),
        ("nl", "stop hem maar start Sonarr"),
        ("nl", "herstart Radarr maar niet Sonarr"),
        ("nl", "stop hem maar als Sonarr klaar is vannacht"),
    ],
)
def test_what_limits_a_request_is_no_particle(language: str, text: str) -> None:
    assert not isinstance(meaning(text, language), PersonRequest)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "stop hem maar vannacht om 3 uur"),
        ("nl", "stop hem maar als niemand kijkt"),
        ("de", "starte ihn halt heute Nacht um 3 neu"),
        ("fr", "redémarre-le quand personne ne regarde"),
    ],
)
def test_a_time_or_a_condition_after_a_particle_stays(language: str, text: str) -> None:
    assert isinstance(meaning(text, language), ScheduledRequest)


def test_a_name_is_no_particle() -> None:
    named = program("Halt")
    found = meaning_of("starte Halt neu", (named,), {"halt": PROGRAM_OFFERS}, (), "de")
    assert isinstance(found, PersonRequest), found
    assert found.named_target == named
