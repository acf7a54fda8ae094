"""Services with given names, lists of ports, and addresses of groups are harmless, people are not."""

import pytest

from steward.llm.detectors.access_codes import find_access_codes
from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    "text",
    [
        "Alfred is the task runner of this rack",
        "Felix in calico 3.27 eats 300 MB on each node",
        "is alfred down or only the reverse proxy",
        "ist Alfred wieder abgestürzt?",
        "Félix = le démon réseau de Calico, à redémarrer après chaque mise à jour du noyau",
        "Oscar ne démarre plus avec gcc 15",
        "Felix vuelve a fallar con el kernel 6.12",
        "Luna braucht jetzt Java 21",
        "Hugo start niet sinds versie 0.150",
        "alias: Felix meldet Regen",
        "ports 32400 plex, 8181 tautulli, 5055 overseerr",
        "puertos 8112 deluge, 58846 demonio, 9091 transmission",
        "multicast to 01:00:5e:00:00:fb floods the switch, so does 33:33:00:00:00:01",
        "tank/media@autosnap_2026-11-29_00:00:01_daily   1.02G      -  3.41T  -",
        "UPID:pve2:0003A1B2:00F1C2D3:68A1B2C3:vzsnapshot:110:root@pam:",
        "wpa_supplicant: wlan0: CTRL-EVENT-BEACON-LOSS",
        "the prefix 24:6f:28 belongs to Espressif",
    ],
)
def test_what_is_about_programs_is_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


def test_a_gate_without_a_word_of_the_house_can_be_a_port() -> None:
    assert list(find_access_codes("poort 4711 van de server")) == []
    assert [one.label for one in find_access_codes("poort 4711 van de achtertuin")] == ["PIN"]


@pytest.mark.parametrize(
    "text",
    [
        "Felix updated the kernel yesterday",
        "Alfred is down with a fever",
        "Felix said that the kernel is old",
        "my son Felix crashed the server",
        "alias: tell Henrike that the kernel is old",
        "Anmeldung von brigitta an laptop-brigitta fehlgeschlagen",
        "connexion refusée pour aurelien depuis 192.168.8.33",
        "number plate EK 48213",
        "device 7c:2a:db:41:90:e3 is back",
        "port 22, ask Henrike Aumann",
        "poort 4711 van de achtertuin",
        "hek 2468 van onze oprit",
        "Tor 4711 vom Garten",
        "portail 4711 du jardin",
    ],
)
def test_what_is_about_people_stays_private(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "createUser monitor SHA walnutpress88 AES coldharbour12",
        "createUser -e 0x80001f88 lena SHA-256 'three owls here'",
        "port 4711 password 32400",
    ],
)
def test_what_is_secret_stays_secret(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.SECRET


def test_a_device_with_the_name_of_its_owner_is_private() -> None:
    text = "lease for laptop-brigitta expired"
    assert [text[one.start : one.end] for one in classify(text).spans] == ["laptop-brigitta"]
    assert classify("lease for laptop-docker expired").spans == ()
