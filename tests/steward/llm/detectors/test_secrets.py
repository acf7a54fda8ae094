"""Keys with a known format, and secrets in commands and sentences."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors.detector import DetectorSet
from steward.llm.detectors.keys import find_keys
from steward.llm.detectors.secrets_in_context import SECRET_DETECTORS
from steward.llm.detectors.stated_secrets import find_stated_secrets

from .search import found_in

find_commands = DetectorSet(SECRET_DETECTORS).find

# Concatenated, so that secret scanners ignore this file.
BODY = "Zx4Kp9Qw2Lm7Rt5Vb8Nc3Yd6Hf1Jg0Sa"
KEYS = (
    "AKIA" + "Q7Z2M5X8C1V4B9N6",
    "ghp_" + BODY,
    "glpat-" + BODY[:20],
    "xoxb-" + "1234567890-" + BODY,
    "tskey-auth-" + BODY,
    "hf_" + BODY,
    "sk-" + BODY,
    "AIza" + BODY,
    "npm_" + BODY,
    "dckr_pat_" + BODY,
    "glsa_" + BODY,
    "tk_" + BODY.lower(),
    "AGE-SECRET-KEY-1" + BODY.upper() + "QPZRY9X8GF2T",
    "$2b$12$" + BODY + BODY[:21],
    "123456789:" + "AAF" + BODY,
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJsaW5hIn0." + BODY,
    BODY,
    BODY[:28] + "+/" + BODY[:13] + "=",
)

OTHER_TEXTS = (
    "image@sha256:" + "0a1b2c3d" * 8,
    "SHA256:" + BODY,
    "integrity sha512-" + BODY,
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + BODY,
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "KubernetesNodeReadinessFlappingForLong15",
    "ata-WDC_WD80EFZX-68UW8N0_VX7K2M9P",
    "radarr-6d9f7c5b8b-x2k4q",
    "00968c4f-c2f2-4705-a790-8d4595b93351",
)

COMMANDS = {
    "curl -u lina:Zwiebel9 https://nas": "Zwiebel9",
    "smbclient -U lina%Zwiebel9 //nas/a": "Zwiebel9",
    "mysqldump -u root -pZwiebel9 db": "Zwiebel9",
    "docker login -u lina -p Zwiebel9 hub": "Zwiebel9",
    "restic --password Zwiebel9 check": "Zwiebel9",
    "sshpass -p Zwiebel9 ssh nas": "Zwiebel9",
    "redis-cli -h nas -a Zwiebel9 ping": "Zwiebel9",
    "amqp://lina:Zwiebel9@nas:5672": "Zwiebel9",
    "redis://:Zwiebel9@nas/0": "Zwiebel9",
    "MONITOR ups@nas 1 lina Zwiebel9 slave": "Zwiebel9",
    "basic " + BODY: BODY,
    "Set-Cookie: sid=Zwiebel9; path=/": "sid=Zwiebel9; path=/",
    "log in with lina / Zwiebel9": "Zwiebel9",
    "https://hooks.slack.com/services/T0/B0/" + BODY: "T0/B0/" + BODY,
    "PVEAPIToken=lina@pam!a=1234-5678": "lina@pam!a=1234-5678",
}

STATED = {
    "my password is Zwiebel9": "Zwiebel9",
    "the password for the attic wifi, changed in May, is Zwiebel9": "Zwiebel9",
    "Password of lina@berg.at please, the old one was Zwiebel9": "Zwiebel9",
    "das Kennwort lautet Zwiebel9": "Zwiebel9",
    "het wachtwoord voor de nas is Zwiebel9": "Zwiebel9",
    "I set the token to ab12cd34ef": "ab12cd34ef",
    "the key is moss-fern-bark-leaf": "moss-fern-bark-leaf",
    'the passphrase is "moss and fern"': "moss and fern",
    "door code is 9042": "9042",
    "wifi password Zwiebel9 does not work": "Zwiebel9",
    "WLAN-Passwort: Zwiebel9": "Zwiebel9",
}

OTHER_SENTENCES = (
    "the password is wrong",
    "the password was rejected at 12:34:56",
    "the token is base64-encoded",
    "the secret is 32 characters long",
    "the key is missing",
    "the token is valid for 30 days",
    "upgrade the secret store to v2.14.1",
    "a password must contain 12 characters",
    "token limit of the model, and key rotation",
    "exit code is 1375",
    "password authentication is disabled; use keys",
    "pam_unix(password:auth): failed",
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("text", ["{}", "I pasted {} there", "k={}", '"{}",', "https://nas/?t={}"])
def test_a_key_is_found_without_a_name(key: str, text: str) -> None:
    assert key in "".join(found_in(find_keys, text.format(key)))


@pytest.mark.parametrize("text", OTHER_TEXTS)
def test_digests_and_names_are_not_keys(text: str) -> None:
    assert found_in(find_keys, text) == []


@pytest.mark.parametrize(("text", "secret"), COMMANDS.items())
def test_secrets_in_commands(text: str, secret: str) -> None:
    assert secret in found_in(find_commands, text)


def test_a_private_key_is_one_secret() -> None:
    key = "-----BEGIN EC PRIVATE KEY-----\nabc\n\ndef\n-----END EC PRIVATE KEY-----"
    assert found_in(find_commands, f"a\n{key}\nb") == [key]
    assert found_in(find_commands, key[:40]) == [key[:40]]


@pytest.mark.parametrize(("text", "secret"), STATED.items())
def test_secrets_in_sentences(text: str, secret: str) -> None:
    assert found_in(find_stated_secrets, text) == [secret]


@pytest.mark.parametrize("text", OTHER_SENTENCES)
def test_sentences_about_secrets_contain_none(text: str) -> None:
    assert found_in(find_stated_secrets, text) == []
    assert found_in(find_commands, text) == []


_LETTERS = string.ascii_letters + string.digits


@given(st.text(alphabet=_LETTERS, min_size=36, max_size=36), st.text(max_size=8), st.text(max_size=8))
def test_a_key_with_a_prefix_is_found_in_any_text(body: str, before: str, after: str) -> None:
    text = f"{before} ghp_{body} {after}"
    assert f"ghp_{body}" in text
    assert any(f"ghp_{body}" in part for part in found_in(find_keys, text))
