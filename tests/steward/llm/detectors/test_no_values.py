"""Placeholders, references, and names of settings are no values; values that look alike are secret."""

import pytest

from steward.llm.detectors.no_values import is_participle, is_path, is_term
from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    ("check", "value", "other"),
    [
        (is_term, "NO_PUBKEY", "NOPUBKEY7x"),
        (is_term, "sha256", "tulip256x"),
        (is_path, "lab/sonarr", "lab/s0narr"),
        (is_path, "item.version", "Item.Version9"),
        (is_participle, "stored", "tulip"),
    ],
)
def test_what_is_no_value(check: object, value: str, other: str) -> None:
    assert callable(check)
    assert check(value)
    assert not check(other)


@pytest.mark.parametrize(
    "text",
    [
        "the public key is not available: NO_PUBKEY",
        "api_key: op://Cellar/radarr/credential",
        'password = getpass.getpass("Key of the vault: ")',
        "secretKeyRef:\n  name: gitea\n  key: adminPassword",
        "remoteRef: { key: cellar/gitea, property: secret_key }",
        "secret: REPLACE_ME",
        "DB_PASS=changeme_later",
        "while (token != EOF) token = next_one();",
        "key = lambda one: one.version",
        "key_file: tls/server.pem",
        "Authorization: Bearer …",
        "model name : N100, microcode : 0x17, cache size : 6144 KB",
        "do I need a password for smtp or is oauth enough",
        "{key: port, minimum: 1024, maximum: 65535}",
        "BREAKING: `auth.secret` was renamed to `session.key` in this release",
        "le mot de passe n'est pas accepté par le portail",
        "the community string is public",
    ],
)
def test_placeholders_and_references_are_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("api_key: 8c1f0a7b3e2d4c5f9a6b", "8c1f0a7b3e2d4c5f9a6b"),
        ("password = heron.lake(9", "heron.lake(9"),
        ("password: hotdogpassword", "hotdogpassword"),
        ("secret: place-heron", "place-heron"),
        ("the password is heron or is it lake", "heron"),
        ("the community string is osprey", "osprey"),
        ("community string: osprey", "osprey"),
        ("anmelden mit gast und dem Wort Eisvogel", "Eisvogel"),
        ("inloggen met gast en het woord ijsvogel", "ijsvogel"),
        ("the pin is 6144, do not lose it", "6144"),
        ("hook: https://hooks.example.org/services/T7Q1/B42/kd8fj3Lm2Qz", "T7Q1/B42/kd8fj3Lm2Qz"),
    ],
)
def test_values_stay_secret(text: str, secret: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.SECRET
    assert any(
        secret in text[one.start : one.end] or text[one.start : one.end] in secret for one in found.spans
    )


@pytest.mark.parametrize(
    "text",
    [
        "has anyone got jellyfin to work inside a container",
        "salut, quelqu'un utilise jellyfin à la maison ?",
        "wer hat jellyfin bei sich zu Hause laufen",
        "gebruikt iemand jellyfin thuis",
        "le conteneur qui est arrêté redémarre",
        "quién está usando la GPU",
        "users who are in the group may restart it",
        "who is deactivated in Home Assistant can do nothing",
        "set the address of its entity in the monitor",
    ],
)
def test_questions_about_programs_are_not_about_who_was_home(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "was anyone home while jellyfin was down",
        "qui est à la maison",
        "qui était là hier",
        "quelqu'un est à la maison ?",
        "quién estaba en casa",
        "wer war gestern zu Hause",
        "who was in the house",
        "my address is 4 Heron Lane",
    ],
)
def test_who_was_home_is_private(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.PUBLIC
