"""Secrets are masked in all encodings, and other texts are not changed."""

import base64
import json
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.observability import redaction
from steward.observability.redaction import MASK, Redactor, is_sensitive

BOT = "123456789:" + "AAF-x_9" * 5
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxIn0abc" + ".c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJB\n-----END RSA PRIVATE KEY-----"


SECRETS = (
    ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
    ("{'Authorization': 'Basic dTpw'}", "dTpw"),
    ('"X-Api-Key": "0123abcd"', "0123abcd"),
    ("sent bearer 0123456789abcdef0", "0123456789abcdef0"),
    ("sent basic 0123456789abcdef0", "0123456789abcdef0"),
    (f"POST https://api.telegram.org/bot{BOT}/sendMessage", BOT),
    (f"the bot {BOT} is not reachable", BOT.partition(":")[2]),
    ("PVEAPIToken=root@pam!steward=11111111-2222-3333", "11111111-2222-3333"),
    ("GET /api?api_key=abcd&x=1", "abcd"),
    ("GET /api?apikey=abcd", "abcd"),
    ("login failed: password=hunter2, try again", "hunter2"),
    ("PGPASSWORD=hunter2", "hunter2"),
    ("db_pwd=hunter2", "hunter2"),
    ("credentials=hunter2", "hunter2"),
    ("Authorization: hunter2", "hunter2"),
    (f"got {JWT}", JWT.rpartition(".")[0]),
    ("{'refresh_token': 'abcd', 'x': 1}", "abcd"),
    ('{"client_secret": "ab cd"}', "ab cd"),
    ('{"client_secret": "cut off he', "cut off he"),
    ("Cookie: PVEAuthCookie=abc; session=def", "def"),
    (PEM, "MIIBOgIBAAJB"),
    (PEM.replace("\n", "\\n"), "MIIBOgIBAAJB"),
    (PEM[:50], "MIIBOg"),
    (f"token {JWT}", JWT.rpartition(".")[0]),
    ("postgresql://user:pa55@db/x", "pa55"),
    ("key sk-abcdefghijklmnopqrst", "abcdefghijklmnopqrst"),
)


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_patterns_of_secrets_are_masked(text: str, secret: str) -> None:
    cleaned = Redactor().clean(text)
    assert secret not in cleaned
    assert MASK in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "telegram.token: is missing",
        "Basic authentication failed",
        "Radarr answered at http://radarr:7878/api/v3/health in 0.2 s",
        "2026-11-21T03:04:05+00:00 incident 12 opened",
        "container pve1/lxc/105: memory 2048 -> 3072",
        "the secret of success",
        "sha256:0123456789abcdef",
    ],
)
def test_other_texts_are_not_changed(text: str) -> None:
    assert Redactor().clean(text) == text


@given(st.text(min_size=4, max_size=40).filter(lambda text: len(text.strip()) >= 4))
def test_registered_secret_is_masked_in_each_encoding(secret: str) -> None:
    secret = secret.strip()
    redactor = Redactor()
    redactor.register(secret)
    encodings = (
        secret,
        quote(secret, safe=""),
        json.dumps(secret),
        repr(secret),
        base64.b64encode(secret.encode()).decode(),
    )
    for encoding in encodings:
        cleaned = redactor.clean(f"a {encoding} b")
        assert secret not in cleaned or secret in f"a {MASK} b"
        assert MASK in cleaned


def test_nested_values_and_values_of_sensitive_names_are_masked() -> None:
    redactor = Redactor()
    redactor.register("canary-1")

    class Thing:
        def __repr__(self) -> str:
            return "<Thing canary-1>"

    cleaned = redactor.clean_value(
        {
            "list": ["canary-1", ("x canary-1",), {"canary-1"}],
            "thing": Thing(),
            "bytes": b"canary-1",
            "api_key": 12345,
            "error": ValueError("canary-1"),
            "canary-1": 1,
            "count": 3,
            "token": "",
        }
    )
    assert "canary-1" not in str(cleaned)
    assert "12345" not in str(cleaned)
    assert cleaned["count"] == 3
    assert cleaned["token"] == ""


def test_short_secrets_are_ignored() -> None:
    redactor = Redactor()
    redactor.register("", "a", "abc")
    assert redactor.clean("abc a") == "abc a"


def test_longer_secret_is_masked_first() -> None:
    redactor = Redactor()
    redactor.register("hunter", "hunter-and-more")
    assert redactor.clean("hunter-and-more") == MASK


def test_sensitive_names() -> None:
    assert is_sensitive("token")
    assert is_sensitive("X-Api-Key")
    assert is_sensitive("telegram_token")
    assert not is_sensitive("tokens_left")
    assert not is_sensitive("key")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 200_000,
        "a-" * 100_000,
        "token" * 40_000,
        '"token":' * 20_000,
        "'token':\"" * 20_000,
        "-----BEGIN PRIVATE KEY-----" * 5_000,
        "://a:" * 40_000,
        "eyJ" * 60_000,
        "x-" * 100_000,
        "cookie:" * 20_000,
    ],
)
def test_hostile_texts_are_cleaned_in_time(text: str) -> None:
    redactor = Redactor()
    redactor.register("canary-1")
    start = time.process_time()
    redactor.clean(text)
    assert time.process_time() - start < 3


@pytest.mark.parametrize("text", [text for text, _ in SECRETS])
@pytest.mark.parametrize(
    "spelled",
    [
        str.lower,
        str.upper,
        lambda text: text.replace("s", "\N{LATIN SMALL LETTER LONG S}"),
        lambda text: text.replace("k", "\N{KELVIN SIGN}").replace("K", "\N{KELVIN SIGN}"),
        lambda text: text.replace("i", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"),
    ],
)
def test_every_pattern_that_matches_a_text_is_used(text: str, spelled: Callable[[str], str]) -> None:
    text = spelled(text)
    # A text with other letters than ASCII is compared with every pattern.
    before = "\N{LATIN SMALL LETTER U WITH DIAERESIS}\n"
    assert Redactor().clean(before + text) == before + Redactor().clean(text)


def test_a_text_is_masked_as_soon_as_its_secret_is_registered() -> None:
    redactor = Redactor()
    assert redactor.clean("the name is hunter2") == "the name is hunter2"
    redactor.register("hunter2")
    assert redactor.clean("the name is hunter2") == f"the name is {MASK}"


def test_only_some_short_texts_without_secrets_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "MOST", 2)
    redactor = Redactor()
    for text in ("radarr", "sonarr", "lidarr", "pwd=hunter2", "x" * (redaction.LONGEST + 1)):
        redactor.clean(text)
    assert redactor._harmless == {"lidarr"}
