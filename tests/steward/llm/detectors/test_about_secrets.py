"""Sentences about passwords and codes as such are public; the same sentences with a value are secret."""

import pytest

from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    "text",
    [
        "the app password is younger than the app",
        "Enter PIN code (blank to skip):",
        "the tv shows error code five five three",
        "the alarm clock rings at six fifteen",
        "GET /api/v2/status failed, token is not sent to /api/v2/login",
        "der Link „Kennwort vergessen“ ist grau",
        "le lien « code oublié » ouvre une autre page",
        "cat /run/secrets/pw mysql:9",
        "bump the base to sha256:0a41bb7c",
        "rollback to commit 5e01aa9",
        "mqtt:\n  ssid: !secret net_name\n  password: !secret net_pass",
        "use 76.76.2.2 and 149.112.112.10 as resolvers",
        "account of the demo: admin / admin. Set your own",
        "wrong pin, 4711 attempts left",
        "login failed: api key rejected",
        "LoadCredential=token:/etc/credstore/token",
    ],
)
def test_a_text_about_secrets_is_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("der Link „Kennwort vergessen“ ist grau, nimm halt Zwiebelturm7", "Zwiebelturm7"),
        ("parol nas gvozdika", "gvozdika"),
        ("hasło do wifi: bocian", "bocian"),
        ("пароль ромашка", "ромашка"),
        ("the card has cvv 903", "903"),
        ("hazelwood <- wifi", "hazelwood"),
        ("its still pumpkinpie for netflix", "pumpkinpie"),
        ("the alarm is on.. what was it again. ah 6180 got it", "6180"),
        ("the camera (admin / thimbleweed) went offline", "thimbleweed"),
        ("taquilla 318", "318"),
        ("Bügelschloss 406", "406"),
        ("Your login code:\n\n  551 902\n\nIt ends soon", "551 902"),
        ("rpc: secret goldcrest did not match", "goldcrest"),
        ("INSERT INTO members VALUES (3, 'kai', 'salsify');", "salsify"),
        ("login: admin / Pinecone. Done", "Pinecone."),
    ],
)
def test_a_value_is_secret(text: str, secret: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.SECRET
    assert any(secret in text[one.start : one.end] for one in found.spans)


@pytest.mark.parametrize(
    "text", ["the wifi password comes next", "das Passwort ist im Anhang", "la contraseña está en la foto"]
)
def test_a_password_that_is_beside_the_sentence_keeps_the_text_local(text: str) -> None:
    assert classify(text).is_pinned


@pytest.mark.parametrize(
    ("text", "number"),
    [("bot:\n  chat_id: 771200345", "771200345"), ("Serial of the old one: QX81-7702M", "QX81-7702M")],
)
def test_a_number_of_a_person_or_a_device_is_private(text: str, number: str) -> None:
    assert number in [text[one.start : one.end] for one in classify(text).spans]
