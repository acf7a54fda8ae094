"""Texts are classified, and their private and secret parts are masked and restored."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm import privacy
from steward.llm.detectors.detector import Span
from steward.llm.privacy import PrivacyClass, classify, mask, unmask

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"

BOT = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

SECRETS = {
    KEY: KEY,
    f"Authorization: Bearer {JWT}": JWT,
    "mqtt:\n  username: hanna\n  password: blue Tulip 5663\n": "blue Tulip 5663",
    "environment:\n  - POSTGRES_PASSWORD=IFpd0j9s$": "IFpd0j9s$",
    '{"radarr_api_key":"0123456789abcdef0123456789abcdef"}': "0123456789abcdef0123456789abcdef",
    "https://anna:Sommer2019@cloud.example.com/dav": "Sommer2019",
    "the wifi password is Tulip-77, can you add it": "Tulip-77",
    "das Passwort lautet Haus1234": "Haus1234",
    "I pasted the key 9f8e7d6c5b4a39281706 there": "9f8e7d6c5b4a39281706",
    "use ghp_abcdefghijklmnopqrstuvwxyz0123456789 to clone": "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    f"{BOT} is it": BOT,
    "curl -H 'X-Api-Key: q1w2e3r4t5'": "q1w2e3r4t5",
    "alarm pin: 4711": "4711",
    "k9Xw2LmP4qRt7vZb3NcY8sHd": "k9Xw2LmP4qRt7vZb3NcY8sHd",
}

PRIVATE = {
    "Failed password for invalid user lina_w from 84.22.11.9 port 22": ("lina_w", "84.22.11.9"),
    "login of anna.berg@posteo.de failed": ("anna.berg@posteo.de",),
    "DHCPACK 192.168.7.9 a4:48:75:d7:6a:4a Linas-iPhone": ("192.168.7.9", "a4:48:75:d7:6a:4a", "Lina"),
    "upstream https://nas.home.berg.org/api timed out": ("nas.home.berg.org",),
    "person.lina arrived at (48.20817, 16.37382)": ("person.lina", "48.20817, 16.37382"),
    "My name is Lina Berg, call +43 660 1234567": ("Lina Berg", "+43 660 1234567"),
    "Device: /dev/sda, S/N:WD-WX11D": ("WD-WX11D",),
    'wifi:\n  ssid: "Bergs Netz"': ("Bergs Netz",),
    "peer fd12:3456:789a::1 is away": ("fd12:3456:789a::1",),
}

PUBLIC = (
    "what is wrong with Radarr?",
    "Updated grafana from 7.12.3 to 3.6.2.228; listening on 0.0.0.0:8080",
    "container 0521d53c9855c6ce14ee00a3d03a76258e6a5a5ffc3d0ba3346670f7fdb8f20d exited with code 137",
    "job id 00968c4f-c2f2-4705-a790-8d4595b93351 took 16:37:38",
    "zigbee2mqtt: Device 0x0004a315ed52a647 joined, model RTCGQ11LM",
    "password: !secret wifi_password",
    "token: ${RADARR_TOKEN}",
    "max_tokens: 4096, prompt_tokens=12",
    "Wrong password, the token is missing",
    "bypass=true, spin: 3, pin: 4",
    "resolver 1.1.1.1 does not answer",
    "see github.com/home-assistant/core and hub.docker.com",
    "zone.home has 2 people, sensor.nas_temperature is 41",
    "Victoria Metrics keeps 30 days, the Rose scene was renamed",
)


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_found_and_pins_its_text(text: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.SECRET
    assert found.is_pinned


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_a_secret_is_masked_for_every_model(text: str, secret: str) -> None:
    assert secret not in mask([text], secrets_only=True).texts[0]


@pytest.mark.parametrize(("text", "parts"), PRIVATE.items())
def test_private_parts_are_found_and_masked(text: str, parts: tuple[str, ...]) -> None:
    assert classify(text).privacy_class is PrivacyClass.PRIVATE
    masked = mask([text])
    assert not [part for part in parts if part in masked.texts[0]]
    assert mask([text], secrets_only=True).texts == (text,)


@pytest.mark.parametrize("text", PUBLIC)
def test_technical_text_is_public(text: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.PUBLIC, [text[one.start : one.end] for one in found.spans]
    assert mask([text]).texts == (text,)


@pytest.mark.parametrize(
    "text", ["Is pve-keller up?", "PVE_KELLER rebooted", "the Pve Keller, again", "on (pve-keller)"]
)
def test_names_from_the_inventory_are_private(text: str) -> None:
    names = frozenset({"pve-keller", "ab"})
    assert classify(text, names).privacy_class is PrivacyClass.PRIVATE
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


def test_a_text_is_classified_again_after_the_names_change() -> None:
    text = "Is the larder warm?"
    classes = [
        classify(text, names).privacy_class for names in (frozenset(), frozenset({"larder"}), frozenset())
    ]
    assert classes == [PrivacyClass.PUBLIC, PrivacyClass.PRIVATE, PrivacyClass.PUBLIC]


def test_part_of_a_word_or_separated_words_are_no_name() -> None:
    names = frozenset({"pve-keller"})
    assert classify("pve-kellers, and pve: the keller", names).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "Look through these sshd and authelia logs and tell me whether someone got in.",
        "Summarise last week's incidents from this incident log.",
        "please send it to: my address is Lindengasse 7, 1070 Wien",
    ],
)
def test_a_private_topic_is_pinned(text: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.PRIVATE
    assert found.is_pinned


def test_a_secret_is_also_masked_where_it_has_no_name() -> None:
    masked = mask(["password: hunter-2-hunter", "it says hunter-2-hunter is wrong"], secrets_only=True)
    assert not [text for text in masked.texts if "hunter" in text]
    assert masked.count == 1


def test_the_same_part_has_the_same_placeholder_in_every_text() -> None:
    masked = mask(["ping 192.168.7.9", "192.168.7.9 and 192.168.7.10"])
    assert masked.texts == ("ping [IP_1]", "[IP_1] and [IP_2]")
    assert unmask("so [IP_2] it is, not [IP_3]", masked.originals) == "so 192.168.7.10 it is, not [IP_3]"


def test_a_text_with_a_placeholder_is_restored_unchanged() -> None:
    texts = ["[IP_1] is 192.168.7.9"]
    masked = mask(texts)
    assert masked.texts == ("[IP_1] is [IP_2]",)
    assert unmask(masked.texts[0], masked.originals) == texts[0]


def test_too_many_secrets_are_masked_as_one() -> None:
    text = " ".join(f"password=Ab{number}x{number}" for number in range(100))
    assert mask([text], secrets_only=True).texts == ("[SECRETS_1]",)


_PIECES = st.sampled_from(
    [*SECRETS, *PRIVATE, *PUBLIC, "[IP_1]", "[EMAIL_1", "_1]", "[", "]", "\n", " ", '"', ": ", "password="]
)
_TEXTS = st.lists(st.lists(_PIECES | st.text(max_size=12), max_size=8).map("".join), max_size=4)


@given(texts=_TEXTS, secrets_only=st.booleans())
def test_masked_texts_are_restored(texts: list[str], secrets_only: bool) -> None:  # noqa: FBT001
    masked = mask(texts, frozenset({"radarr"}), secrets_only=secrets_only)
    assert [unmask(text, masked.originals) for text in masked.texts] == texts


@pytest.mark.parametrize(
    "password",
    [
        "no77kettle123456",
        "notQ4Wharf81",
        "bad12Zebra99",
        "Nora2019!",
        "invalidX9!pine",
        "wrong8Turn8",
        "my-Rex-2019",
    ],
)
def test_a_password_that_begins_like_a_placeholder_is_masked(password: str) -> None:
    assert password not in mask([f"password={password}"]).texts[0]


@pytest.mark.parametrize(
    "text", ["password=not_set", "password: no password", "token=invalid-token", "key=notset"]
)
def test_a_placeholder_is_not_masked(text: str) -> None:
    assert mask([text]).texts == (text,)


@given(
    before=st.text(max_size=20),
    secret=st.from_regex(r"[a-z]{2}[0-9]{2}[a-z]{4}[0-9]{6}", fullmatch=True),
    after=st.text(max_size=20),
)
def test_a_named_secret_is_masked_everywhere(before: str, secret: str, after: str) -> None:
    texts = [f"{before} password={secret} {after}", f"{after}{secret}{before}"]
    assert not [text for text in mask(texts, secrets_only=True).texts if secret in text]


@given(texts=_TEXTS)
def test_spans_are_within_the_text_and_disjoint(texts: list[str]) -> None:
    for text in texts:
        spans = classify(text, frozenset({"radarr"})).spans
        assert all(0 <= one.start < one.end <= len(text) for one in spans)
        assert all(one.end <= other.start for one, other in pairwise(spans))


def test_a_long_text_is_classified_once() -> None:
    text = "scrape of 10.9.8.7 finished\n" * 1_000

    def seconds() -> float:
        start = time.thread_time()
        classify(text)
        return time.thread_time() - start

    assert seconds() > 10 * seconds()


HOSTILE = (
    "a", "a.", "1.", ":", "-", " ", "\n- ", "://", "//a", "A b ", "Ab ", "Ab12-", "1 ", "1-", "ab:", "@",
    "a@b.", "eyJ", "password=", 'password: "', "password is ", "(0", "-----BEGIN PRIVATE KEY-----",
    "My name is ", "home is at ", "the log ", "pass_", "1 Abc ", "[IP_1]", "key is ", "pin ", "a=b ",
    "user a ", "login for ", "Anna and ", "Anna Berg ", "van de ", "Dear ", "from: a\nsubject:",
    "users:\n a:\n", "1.234,", "+1 ", "12 Ab Cd ", "rue A ", "al. Ab ", "Weg 1, ", "wifi A-", "ssid 'a",
    "ata-A_", "ff:", "::", "MAC=", "\\", "token:|\n  a\n", "MONITOR a 1 b c ", "curl -u a:", "12:34:56 ",
    "sk-", "$2b$", "A1b2C3d4E5f6", "Who is ", "these ssh ", "mysql a ", "- a [1/", "\u0130",
    "recovery codes ", "seed words: abc ", "echo a | ", "use a as ", "INSERT INTO a (pass", "name: pass\n",
    "we are ", "pw? a\n", "set the password to ", "tell anna ", 'auth=("a",',
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(length: int, run: int) -> float:
        text = (piece * length)[:length] + str(run)  # a different text, because of the cache
        start = time.thread_time()
        classify(text)
        return time.thread_time() - start

    # Quadratic time needs 16 times as long, and then seconds for the longer text.
    limit = 8 * min(seconds(4_000, run) for run in range(2)) + 0.02
    assert any(seconds(16_000, run) < limit for run in range(2))


@pytest.mark.parametrize("size", [20, 2_000])
def test_a_text_is_searched_once_for_all_names(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    find_all = privacy.find_certain

    def find(text: str) -> list[Span]:
        searched.append(text)
        return find_all(text)

    monkeypatch.setattr(privacy, "find_certain", find)
    text = "is heidelberg fine? ".ljust(size, ".")
    assert classify(text).privacy_class is PrivacyClass.PUBLIC
    assert classify(text, frozenset({"heidelberg"})).privacy_class is PrivacyClass.PRIVATE
    assert classify(text, frozenset({"other"})).privacy_class is PrivacyClass.PUBLIC
    assert searched == [text]
