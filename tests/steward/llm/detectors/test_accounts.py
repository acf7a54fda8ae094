"""Accounts and identity numbers of people."""

import pytest

from steward.llm.detectors.accounts import ACCOUNT_DETECTORS
from steward.llm.detectors.detector import DetectorSet
from steward.llm.detectors.id_numbers import ID_NUMBER_DETECTORS

from .search import found_in, labels

find_accounts = DetectorSet(ACCOUNT_DETECTORS).find
find_id_numbers = DetectorSet(ID_NUMBER_DETECTORS).find

ACCOUNTS = {
    "Failed password for invalid user jvermeer from 10.1.2.3": "jvermeer",
    "Accepted publickey for jvermeer from 10.1.2.3 port 22": "jvermeer",
    "session opened for user root by jvermeer(uid=1000)": "jvermeer",
    "New session 4 of user jvermeer.": "jvermeer",
    "10.1.2.3 - jvermeer [21/Nov/2026:06:31:02] GET": "jvermeer",
    "sudo: jvermeer : TTY=pts/0": "jvermeer",
    "as cam (p2, u'jvermeer').": "jvermeer",
    "Authentication request for jvermeer has been denied": "jvermeer",
    "New login to your account from 84.22.11.9 by jvermeer": "jvermeer",
    "badauth for login jvermeer": "jvermeer",
    "Login attempt by 'Jorinde' from 10.1.2.3 rejected": "Jorinde",
    "Login from unknown address (user jvermeer)": "jvermeer",
    "Login OK: [jvermeer/<via>]": "jvermeer",
    "[jvermeer] FAIL LOGIN: Client": "jvermeer",
    "USER jvermeer: Login successful": "jvermeer",
    "user [HOME]\\[jvermeer] at": "jvermeer",
    "bind failed for uid=jvermeer,ou=people,dc=home": "jvermeer",
    "jvermeer/84.22.11.9:4411 MULTI": "jvermeer",
    "jvermeer/iphone: location": "jvermeer",
    "ssh jvermeer@nas hangs": "jvermeer",
    "jvermeer@pve logged in": "jvermeer",
    "Host nas\n  User jvermeer\n  Port 22": "jvermeer",
    "users:\n  jvermeer:\n    groups: [a]": "jvermeer",
    "/home/jvermeer/.ssh/config": "jvermeer",
    "C:\\Users\\jvermeer\\Desktop": "jvermeer",
    "user j.vermeer cannot log in": "j.vermeer",
    'User "jvermeer" cannot list pods': "jvermeer",
    "rtsp://jvermeer:x@cam": "jvermeer",
    "VPN client jvermeer connected from 84.22.11.9": "jvermeer",
    "OperationalError: (2003) timed out, user jvermeer": "jvermeer",
    "PUT /remote.php/dav/files/jvermeer/a.jpg": "jvermeer",
    "person.jorinde is home": "person.jorinde",
    "notify.mobile_app_jorindes_phone": "notify.mobile_app_jorindes_phone",
    "sensor.jorinde_iphone_battery": "sensor.jorinde_iphone_battery",
}

OTHER_ACCOUNTS = (
    "Failed password for root from 10.1.2.3",
    "session opened for user root by (uid=0)",
    "sudo: pam_unix(sudo:session): session closed",
    "logged in as admin",
    "for user workload monitoring use this",
    "the user interface and the user session",
    "see the login page for details.",
    "requests are authorised by default",
    "sum by (instance) (rate(http_requests_total[5m]))",
    "password for grafana failed",
    "role admin, account service",
    "10.1.2.3 - - [21/Nov/2026:06:31:02] GET",
    "started user@1000.service",
    "MQTT client zigbee2mqtt connected",
    "the setting of one user",
    "wg-quick@wg0 and tank/media@daily",
)

ID_NUMBERS = {
    "S/N WX7K2M9P": ("SERIAL", "WX7K2M9P"),
    "Seriennummer ist QWX99A1": ("SERIAL", "QWX99A1"),
    "vdev=ata-ST4000VN008-2DR166_ZX7K2M9P": ("SERIAL", "ZX7K2M9P"),
    "Disk WX7K2M9P in bay 3": ("SERIAL", "WX7K2M9P"),
    "card 4111 1111 1111 1111 expired": ("CREDIT_CARD", "4111 1111 1111 1111"),
    "4111111111111111": ("CREDIT_CARD", "4111111111111111"),
    "to DE89 3704 0044 0532 0130 00 please": ("IBAN", "DE89 3704 0044 0532 0130 00"),
    "passport number is NX4455661": ("ID_NUMBER", "NX4455661"),
    "078-05-1120": ("US_SSN", "078-05-1120"),
}

OTHER_NUMBERS = (
    "serial console on ttyS2",
    "the serial port is busy",
    "Disk FAILURE in bay 3",
    "4111 1111 1111 1112",
    "DE89 3704 0044 0532 0130 01",
    "licence: MIT, version 20261",
    "at 1763712000123 ms",
    "2026-11-20 03:00:00",
)


@pytest.mark.parametrize(("text", "account"), ACCOUNTS.items())
def test_accounts_of_people(text: str, account: str) -> None:
    assert account in found_in(find_accounts, text)


@pytest.mark.parametrize("text", OTHER_ACCOUNTS)
def test_system_accounts_and_other_words_are_not_found(text: str) -> None:
    assert found_in(find_accounts, text) == []


@pytest.mark.parametrize(("text", "found"), ID_NUMBERS.items())
def test_identity_numbers(text: str, found: tuple[str, str]) -> None:
    assert found[1] in found_in(find_id_numbers, text)
    assert found[0] in labels(find_id_numbers, text)


@pytest.mark.parametrize("text", OTHER_NUMBERS)
def test_other_numbers_are_not_found(text: str) -> None:
    assert found_in(find_id_numbers, text) == []
