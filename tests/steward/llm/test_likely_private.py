"""A trained model finds what no rule finds. It makes a text more private, except for names of things."""

from collections.abc import Container, Sequence
from itertools import pairwise

import pytest

from steward.llm import likely_private, privacy
from steward.llm.detectors.detector import Span
from steward.llm.likely_private import (
    LIKELY_PERSONAL,
    PASSAGE,
    WHOLE,
    find_likely_private,
    is_machine_name,
    may_have_secret,
    passages_of,
)
from steward.llm.privacy import PrivacyClass, classify, find_by_rules
from steward.llm.privacy_model import Token, slots_by_token, tokens_of

HARMLESS = "The queue of radarr has two downloads, and the disk of the nas is at 80 %. "


@pytest.mark.parametrize(
    "text",
    [
        "the tenants get hollyhock for the wireless",
        "tu entres avec chouquette sur le nas",
        "je komt erin met stroopwafeltje",
    ],
)
def test_a_password_that_no_rule_finds(text: str) -> None:
    assert not any(span.is_secret for span in find_by_rules(text))
    found = classify(text)
    assert (found.privacy_class, found.is_pinned) == (PrivacyClass.SECRET, True)
    assert found.spans


@pytest.mark.parametrize(
    "text",
    [
        HARMLESS,
        "why is the wifi so slow in the evening",
        "rename the vm to hollyhock",
        "starte die Szene Sonnenblume",
        "the password policy requires twelve characters",
        HARMLESS * 200,
    ],
)
def test_technical_texts_are_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


def test_what_is_likely_personal_pins_a_text_only_if_no_rule_found_it() -> None:
    text = "why is Tjorvenka banned from plex"
    assert not find_by_rules(text)
    assert LIKELY_PERSONAL in [one.label for one in find_likely_private(text, is_private=False)]
    assert classify(text).is_pinned
    assert not classify("my sister Anna wants pizza").is_pinned


@pytest.mark.parametrize("is_likely", [True, False])
def test_a_mention_of_a_password_counts_if_the_text_may_have_one(
    is_likely: bool,  # noqa: FBT001 - a column
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "hat wer das Passwort schon"
    asked: list[str] = []

    def may_have_secret(text: str) -> bool:
        asked.append(text)
        return is_likely

    monkeypatch.setattr(privacy, "find_likely_private", lambda *_, **__: [])
    monkeypatch.setattr(privacy, "may_have_secret", may_have_secret)
    assert privacy._find(text).is_pinned is is_likely
    assert set(asked) == {text}


def test_a_mention_counts_in_a_text_that_is_private_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "find_likely_private", lambda *_, **__: [])
    monkeypatch.setattr(privacy, "may_have_secret", lambda _: False)
    assert privacy._find("Anna hat das Passwort schon").is_pinned
    assert not privacy._find("Anna hat Hunger").is_pinned


def test_a_text_with_a_mention_may_have_a_secret_if_a_passage_or_a_word_is_likely() -> None:
    assert may_have_secret("pon la contraseña golondrina al usuario matias")
    assert not may_have_secret("the password policy requires twelve characters")
    assert not may_have_secret("")


def test_a_digest_is_no_secret() -> None:
    tokens = tokens_of("sha256:41fe9a20 commit 5e01aa9 41fe9a20, tree 77aa01, branch 77aa02")
    places = [index for index in range(len(tokens)) if likely_private._is_digest(tokens, index)]
    assert [tokens[index].word for index in places] == ["41fe9a20", "5e01aa9", "77aa01"]


def test_a_text_that_is_private_needs_less_to_be_secret() -> None:
    text = "Hoi, inloggen op de camera kan met zolderoog en kaasfondue"
    alone = find_likely_private(text, is_private=False)
    private = find_likely_private(text, is_private=True)
    assert sum(one.is_secret for one in alone) <= sum(one.is_secret for one in private)


def test_unknown_words_of_a_long_text_are_judged_as_in_a_shorter_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HARMLESS * 30}\nthe tenants get hollyhock for the wireless\n{HARMLESS * 30}"
    assert len(tokens_of(text)) > WHOLE
    found = find_likely_private(text, is_private=True)
    monkeypatch.setattr(likely_private, "WHOLE", len(text))
    assert found
    assert found == find_likely_private(text, is_private=True)


@pytest.mark.parametrize(
    ("word", "judged"), [("disk", 0), ("hollyhock", 17), ("4711", 17), ("471", 0), ("Xq", 0), ("Xqz", 17)]
)
def test_few_words_of_a_long_text_are_judged(word: str, judged: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def slots(tokens: Sequence[Token], places: Container[int] | None = None) -> list[tuple[int, ...]]:
        assert places is not None
        asked.extend(index for index in range(len(tokens)) if index in places)
        return slots_by_token(tokens, places)

    monkeypatch.setattr(likely_private, "slots_by_token", slots)
    find_likely_private(f"{'the disk ' * WHOLE}{word}{' the disk' * WHOLE}", is_private=False)
    assert len(asked) == judged


@pytest.mark.parametrize(
    ("text", "is_time"), [("alarm at 0730", True), ("alarm um 0730", True), ("0730", False)]
)
def test_a_time_without_a_colon_is_no_code(text: str, is_time: bool) -> None:  # noqa: FBT001 - a column
    tokens = tokens_of(text)
    assert likely_private._is_time(tokens, len(tokens) - 1) is is_time
    assert not any(one.is_secret for one in find_likely_private("alarm at 0730", is_private=False))


def test_what_a_rule_found_is_no_secret_only_because_the_text_is_private() -> None:
    network = Span(start=0, end=5, label="WIFI_SSID")
    likely = Span(start=0, end=5, label=likely_private.LIKELY_SECRET, is_secret=True)
    certain = Span(start=0, end=5, label="PASSWORD", is_secret=True)
    elsewhere = Span(start=6, end=9, label=likely_private.LIKELY_SECRET, is_secret=True)
    assert privacy._beside([likely, certain, elsewhere], [network]) == [certain, elsewhere]


def test_a_common_word_of_a_private_text_is_no_secret() -> None:
    text = "12345678Z is hers"
    found = [one for one in find_likely_private(text, is_private=True) if one.is_secret]
    assert "hers" not in [text[one.start : one.end] for one in found]


def test_a_serial_number_is_no_secret() -> None:
    text = "Device: /dev/sda, S/N:WD-WX11D"
    assert any(one.is_secret for one in find_likely_private(text, is_private=True))
    assert classify(text).privacy_class is PrivacyClass.PRIVATE


def test_passages_are_the_whole_text() -> None:
    tokens = tokens_of(HARMLESS * 20)
    passages = passages_of(tokens)
    assert [one for passage in passages for one in passage] == tokens
    assert all(len(passage) == PASSAGE for passage, _ in pairwise(passages))
    assert find_likely_private("", is_private=False) == []


@pytest.mark.parametrize(
    "text",
    [
        "Is backup-nas-01 up?",
        "is nas-01 up",
        "ist router-02 online?",
        "why is pi-02 so hot",
        "who restarted docker-01",
        "Restart media-server-2 and web-01",
    ],
)
def test_the_name_of_a_machine_is_no_password(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.SECRET


@pytest.mark.parametrize(
    "text",
    [
        "the nas password is backup-nas-01",
        "root pw backup-nas-01",
        "router is Tulip-77x",
        "ssh pass: docker-host-03",
    ],
)
def test_a_password_like_the_name_of_a_machine_is_still_one(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.SECRET


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("backup-nas-01", True),
        ("NAS_2", True),
        ("k8s-worker-1a", True),
        ("pve-node-3", True),
        ("nas", False),
        ("01-02", False),
        ("tulip-nas-01", False),
        ("nas-2024", False),
        ("nas-01-7xk9q", False),
        ("nas-" * 5 + "1", False),
    ],
)
def test_what_is_a_machine_name(word: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_machine_name(word) is expected


@pytest.mark.parametrize(
    "text",
    [
        "ansible-playbook site.yml --limit rack2 --check --diff",
        "SSH key type ed25519 is preferred over rsa",
        "JWT must be signed with RS256, not HS256",
        "Keycode 36 is the return key in X11",
        "Le code d'erreur E04 de la chaudière veut dire pression basse",
    ],
)
def test_options_standards_and_error_codes_are_no_secrets(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "tool --check --password --hollyhock",
        "le code d'entrée de la cave, je crois, pression77",
        "code d'erreur E04, et le mot de passe du nas chouquette",
    ],
)
def test_a_secret_beside_them_is_still_found(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.SECRET
