"""Private values that are found by their names."""

import pytest

from steward.llm.detectors.value_names import find_named_values

from .search import found_in, labels

PRIVATE_VALUES = {
    "db_password: Zwiebel9": ("PASSWORD", "Zwiebel9"),
    "dbpassword=Zwiebel9": ("PASSWORD", "Zwiebel9"),
    "Wachtwoord: Zwiebel9": ("PASSWORD", "Zwiebel9"),
    "passphrase: 'old grey otter'": ("PASSWORD", "old grey otter"),
    "Authorization: Bearer abc.def-123": ("PASSWORD", "abc.def-123"),
    "x-api-key: 5511aa": ("API_KEY", "5511aa"),
    "webhook_id: k3v9x2m7q1w8z5t4": ("API_KEY", "k3v9x2m7q1w8z5t4"),
    "network_key: [3, 17, 99, 4, 21, 250, 7, 8, 12, 1, 0, 5, 9, 2, 6, 44]": (
        "API_KEY",
        "[3, 17, 99, 4, 21, 250, 7, 8, 12, 1, 0, 5, 9, 2, 6, 44]",
    ),
    'encryption:\n  key: "n5Kq0b7Zx3c9Vt1LmR8yPw=="': ("API_KEY", "n5Kq0b7Zx3c9Vt1LmR8yPw=="),
    "alarm pin: 9042": ("PIN", "9042"),
    "door_code: 9042": ("PIN", "9042"),
    'lock:\n  code: "9042"': ("PIN", "9042"),
    "login: jvermeer": ("USERNAME", "jvermeer"),
    "Benutzername: jvermeer": ("USERNAME", "jvermeer"),
    "account_name=jvermeer": ("USERNAME", "jvermeer"),
    "hostname: attic-cam": ("HOSTNAME", "attic-cam"),
    "ESSID: De Polder": ("WIFI_SSID", "De Polder"),
    "wifi-name = De Polder": ("WIFI_SSID", "De Polder"),
    "serialNo: 77X1A9": ("SERIAL", "77X1A9"),
    "Service Tag: 7HX42Q": ("SERIAL", "7HX42Q"),
    '"lng":4.8952': ("GPS", "4.8952"),
    "mobile: 0655512345": ("PHONE", "0655512345"),
    "woonplaats: Bergen op Zoom": ("CITY", "Bergen op Zoom"),
    "plz: 10115": ("CITY", "10115"),
    "home_address: Zeedijk 9, Breskens": ("STREET_ADDRESS", "Zeedijk 9, Breskens"),
    "given_name: Jorinde": ("PERSON", "Jorinde"),
    "recipient: Jorinde de Vos": ("PERSON", "Jorinde de Vos"),
    "name: Jorinde\nemail: x": ("PERSON", "Jorinde"),
    "dob: 1979-05-30": ("DATE_OF_BIRTH", "1979-05-30"),
    "mac: a1b2c3d4e5f6": ("MAC", "a1b2c3d4e5f6"),
}

OTHER_VALUES = (
    "password: required",
    "password: !secret broker",
    "password: ${BROKER_PASSWORD}",
    "password: $BROKER_PASSWORD",
    "password: <your password>",
    "password: changeme",
    "token: your-token-here",
    "secret: ENC[AES256_GCM,data:abc]",
    "POSTGRES_PASSWORD_FILE=/run/secrets/db",
    "PWD=/srv/media",
    "existingSecret: db-auth",
    "max_tokens: 4096",
    'csrf_token: {"type": "string"}',
    "public_key: n5Kq0b7Zx3c9Vt1LmR8yPw==",
    "cache_key: k3v9x2m7q1w8z5t4",
    "pin: 4",
    "status code: 5021",
    "user: root",
    "username: grafana",
    'user: "1000:1000"',
    "user_id: 9f3c",
    "hostname: radarr",
    "host: localhost",
    "serial: /dev/ttyUSB0",
    "SOA serial: 2026112101",
    "serial: console",
    "name: Kitchen Lamp",
    "alias: Good Night",
    "city: ",
    "address: 0x1a2b",
    "lat: 12",
)


@pytest.mark.parametrize(("text", "found"), PRIVATE_VALUES.items())
def test_private_values_are_found_by_name(text: str, found: tuple[str, str]) -> None:
    assert found[1] in found_in(find_named_values, text)
    assert found[0] in labels(find_named_values, text)


@pytest.mark.parametrize("text", OTHER_VALUES)
def test_placeholders_and_usual_values_are_not_found(text: str) -> None:
    assert found_in(find_named_values, text) == []


def test_a_yaml_block_scalar_is_one_secret() -> None:
    text = "credentials: |\n    lina\n    Zwiebel 9\nnext: 1"
    assert found_in(find_named_values, text) == ["    lina\n    Zwiebel 9"]
