"""Addresses, host names and wireless networks that are private, and public ones."""

import pytest

from steward.llm.detectors.addresses import ADDRESS_DETECTORS
from steward.llm.detectors.detector import DetectorSet
from steward.llm.detectors.hosts import HOST_DETECTORS
from steward.llm.detectors.wifi import WIFI_DETECTORS

from .search import found_in

find_addresses = DetectorSet(ADDRESS_DETECTORS).find
find_hosts = DetectorSet(HOST_DETECTORS).find
find_wifi = DetectorSet(WIFI_DETECTORS).find

ADDRESSES = {
    "from 10.3.4.5:22": ["10.3.4.5"],
    "ping 192.168.40.7/24 and 84.22.11.9": ["192.168.40.7", "84.22.11.9"],
    "a...84.22.11.9[x]": ["84.22.11.9"],
    "lina/84.22.11.9:4411": ["84.22.11.9"],
    "updating nas.berg.lan: 84.22.11.9": ["84.22.11.9"],
    "Address = fd12:aa:bb::7/64": ["fd12:aa:bb::7"],
    "[2a02:908:12::5]:443": ["2a02:908:12::5"],
    "sta 3c:52:82:0a:1b:2c": ["3c:52:82:0a:1b:2c"],
    "3C-52-82-0A-1B-2C joined": ["3C-52-82-0A-1B-2C"],
    "arp 3c52.820a.1b2c": ["3c52.820a.1b2c"],
    "dev_3C_52_82_0A_1B_2C": ["3C_52_82_0A_1B_2C"],
    "write to lina.berg@posteo.de, please": ["lina.berg@posteo.de"],
    "noreply@berg-lab.org and lina@gnu.org": ["noreply@berg-lab.org", "lina@gnu.org"],
    "security@gmx.de": ["security@gmx.de"],
    "lists@berg-lab.org": ["lists@berg-lab.org"],
    "mise à jour de 10.11.0.7 vers 10.11.0.8": ["10.11.0.7", "10.11.0.8"],
}

OTHER_ADDRESSES = (
    "10.0.0.0/8 and 192.168.0.0/16",
    "net 192.168.40.0/24",
    "0.0.0.0 127.0.0.1 255.255.255.0 1.1.1.1 9.9.9.9 224.0.0.251 169.254.169.254",
    "examples: 192.0.2.7, 198.51.100.9, 203.0.113.4, 2001:db8::7",
    "upgraded from 4.0.9.22 to 4.0.10.1",
    "Firmware 7.1.26.3",
    "Chrome/131.0.6.10 Safari",
    "Prowlarr 1.12.2.41 started",
    "999.1.1.1 and 1.2.3",
    "::1 and std::string and a::b",
    "12:34:56 and ff:ff:ff:ff:ff:ff and 00:11:22:33:44:55",
    "ieee 00:15:8d:00:04:5f:6a:7b",
    "3a:5f:0c:91:b2:77:e4:1d:09:aa:6b:c3:58:f0:12:94",
    "git@github.com and user@example.com",
    "user@1000.service started",
    "noreply@github.com and packages@qa.gnu.org",
    "help@lists.gnu.org",
)

HOSTS = {
    "https://nas.home.berg.org/api": ["nas.home.berg.org"],
    "pve-1.berg.lan is down": ["pve-1.berg.lan"],
    "cam.fritz.box, printer.local": ["cam.fritz.box", "printer.local"],
    "berg.duckdns.org": ["berg.duckdns.org"],
    "wss://attic-cam:8123/ws": ["attic-cam"],
    "https://berg.family:8443/": ["berg.family"],
    "ftp.berg-lab.org is slow": ["ftp.berg-lab.org"],
    "mirror.familie-berg.org and registry.anna-berg.nl": ["mirror.familie-berg.org", "registry.anna-berg.nl"],
    "anna-pc.physik.rwth-aachen.de is up": ["anna-pc.physik.rwth-aachen.de"],
}

OTHER_HOSTS = (
    "https://github.com/home-assistant/core",
    "registry.k8s.io/pause:3.9 and ghcr.io/a/b:1",
    "https://www.berg.de/prices",
    "docs.anything.org tells more",
    "packages.some-project.org and docs.anna.org",
    "codeberg.org/forgejo/forgejo:9",
    "app.kubernetes.io/name: radarr",
    "radarr.media.svc.cluster.local",
    "sensor.attic.state and states.light.hall",
    "main.py, backup.tar.gz, v1.2.3.dev, 10.2.3.4",
    "http://localhost:8123 and http://radarr:7878",
    "metadata.labels.name",
    "deb http://ftp.fau.de/debian bookworm main",
    "ftp.halifax.rwth-aachen.de and debian.mirror.lrz.de answer",
    "Err:2 http://mirror.nl.leaseweb.net/debian bookworm Release",
    "http://ftp.tuwien.ac.at/pub/ubuntu",
)

NETWORKS = {
    'ssid "De Polder" is gone': ["De Polder"],
    "the wifi is called De Polder and slow": ["De Polder"],
    "our SSID is Polder": ["Polder"],
    "on Polder-Guest since noon": ["Polder-Guest"],
    "wifi Polder_5G has no signal": ["Polder_5G"],
    "Access point 'Polder Boven' lost a client": ["Polder Boven"],
    "das WLAN „Polder“ ist weg": ["Polder"],
    "joined FRITZ!Box 7590 QX today": ["FRITZ!Box 7590 QX"],
    "sta roamed on TP-Link_3F81": ["TP-Link_3F81"],
    "connected to WLAN Casa Polder": ["Casa Polder"],
}

OTHER_NETWORKS = (
    "wifi is slow, restart the wifi router",
    "WiFi 6E and WPA3 are better",
    "the wireless network is down",
    "Zigbee-IoT hub",
    "the FRITZ!Box restarts",
    "WLAN-Passwort and SKY blue",
    "docker network 'bridge'",
)


@pytest.mark.parametrize(("text", "found"), ADDRESSES.items())
def test_private_addresses(text: str, found: list[str]) -> None:
    assert found_in(find_addresses, text) == found


@pytest.mark.parametrize("text", OTHER_ADDRESSES)
def test_public_addresses_and_versions_are_not_found(text: str) -> None:
    assert found_in(find_addresses, text) == []


@pytest.mark.parametrize(("text", "found"), HOSTS.items())
def test_private_host_names(text: str, found: list[str]) -> None:
    assert found_in(find_hosts, text) == found


@pytest.mark.parametrize("text", OTHER_HOSTS)
def test_public_sites_and_names_with_dots_are_not_found(text: str) -> None:
    assert found_in(find_hosts, text) == []


@pytest.mark.parametrize(("text", "found"), NETWORKS.items())
def test_wireless_networks(text: str, found: list[str]) -> None:
    assert found_in(find_wifi, text) == found


@pytest.mark.parametrize("text", OTHER_NETWORKS)
def test_text_about_wifi_without_a_network_name(text: str) -> None:
    assert found_in(find_wifi, text) == []
