"""No part of a known secret is left, wherever a text was cut before it was masked."""

import base64
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.observability.known_secrets import LONGEST_NAME, PART, KnownSecrets
from steward.observability.redaction import MASK, Redactor
from steward.sdk.format import brief


def secrets_of(alphabet: str) -> st.SearchStrategy[str]:
    texts = st.text(alphabet, min_size=PART, max_size=40).map(str.strip)
    return texts.filter(lambda text: len("".join(text.split())) >= PART)


SECRETS = secrets_of("abcXYZ019 \n\t'\"\\-_ä&<{")


def leaks(secret: str, text: str) -> bool:
    """Return whether a text contains a part of ``PART`` characters, blanks not counted."""
    plain, shown = " ".join(secret.split()), " ".join(text.split())
    parts = (plain[start:end] for start in range(len(plain)) for end in range(start + PART, len(plain) + 1))
    return any(len(one.replace(" ", "")) == PART and one in shown for one in parts)


def cleaner(*secrets: str) -> Redactor:
    redactor = Redactor()
    redactor.register(*secrets)
    return redactor


@given(SECRETS, st.integers(0, 60), st.booleans())
def test_no_part_is_left_at_the_end_of_a_text(secret: str, kept: int, is_marked: bool) -> None:  # noqa: FBT001
    text = f"{'. ' * LONGEST_NAME}{secret[:kept]}"
    cleaned = cleaner(secret).clean(f"the text was cut: {secret[:kept]}… (9 more)" if is_marked else text)
    assert not leaks(secret, cleaned)


@given(SECRETS, st.integers(0, 60), st.booleans())
def test_no_part_is_left_at_the_start_of_a_text(secret: str, cut: int, is_marked: bool) -> None:  # noqa: FBT001
    text = f"{secret[cut:]}{' .' * LONGEST_NAME}"
    cleaned = cleaner(secret).clean(f"the text was cut: ... {secret[cut:]} here" if is_marked else text)
    assert not leaks(secret, cleaned)


@given(SECRETS, st.integers(0, 300), st.integers(LONGEST_NAME + 1, 400))
def test_no_part_is_left_after_a_text_was_shortened(secret: str, before: int, limit: int) -> None:
    text = f"{'. ' * before}{secret} failed\n{secret}\n{'ok ' * limit}"
    redactor = cleaner(secret)
    for shortened in (brief(text, limit), text[:limit]):
        assert not leaks(secret, redactor.clean(shortened))
        assert not leaks(secret, redactor.clean(f"It failed: {brief(text, limit)}: try again"))


@given(SECRETS, st.integers(0, 100))
def test_no_part_is_left_in_an_encoding_that_was_cut(secret: str, cut: int) -> None:
    redactor = cleaner(secret)
    twice = json.dumps({"text": json.dumps(secret, ensure_ascii=False)}, ensure_ascii=False)
    for encoded in (json.dumps(secret), repr(secret), twice):
        assert not leaks(secret, redactor.clean(f"{encoded[: cut + 1]}…"))
        assert not leaks(secret, redactor.clean(f"…{encoded[cut:]}"))


@given(secrets_of("abcXYZ \n"), secrets_of("019-_ '"), st.integers(0, 80))
def test_several_secrets_in_one_text(first: str, second: str, cut: int) -> None:
    text = f"{first}.{second}.{second}.{first}"
    cleaned = cleaner(first, second).clean(f"…{text[cut:]}")
    assert not leaks(first, cleaned)
    assert not leaks(second, cleaned)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("open sesame street 9!", "***"),
        ("the word is: open sesame stre…", "the word is: ***…"),
        ("the word is: open sesame…", "the word is: ***…"),
        ("the word is: open\n  sesame\tstreet 9! ok", "the word is: *** ok"),
        ("...  esame street 9! was wrong", "... *** was wrong"),
        ("opensesamestreet9! without blanks", "*** without blanks"),
        ("open%20sesame%20str...", "***..."),
        ("open+sesame+street…", "***…"),
        ("open sesame street", "open sesame street"),
        ("a street… and a sesame", "a street… and a sesame"),
        ("two  blanks   stay", "two  blanks   stay"),
    ],
)
def test_a_secret_with_blanks(text: str, cleaned: str) -> None:
    assert cleaner("open sesame street 9!").clean(text) == cleaned


def test_a_name_that_is_a_part_of_a_secret_stays() -> None:
    redactor = cleaner("homeassistant-2026", "key of homeassistant")
    assert redactor.clean("homeassistant") == "homeassistant"
    assert redactor.clean("homeassistant runs in it") == "homeassistant runs in it"


def test_the_lines_of_a_secret_are_masked_one_by_one() -> None:
    redactor = cleaner("first line of it\nshort\nthe last line")
    assert redactor.clean("the last line\nother\nfirst line of it") == f"{MASK}\nother\n{MASK}"


@pytest.mark.parametrize("user", ["", "a:", "ab:", "abc:", "admin:"])
def test_a_secret_inside_a_base64_text(user: str) -> None:
    secret = "Kirschbaum-Garage-77"
    encoded = base64.b64encode(f"{user}{secret}".encode()).decode()
    cleaned = cleaner(secret).clean(f"header {encoded} refused")
    assert MASK in cleaned
    assert len(cleaned) < len("header refused") + 14


def test_a_short_secret_is_masked_as_a_whole_only() -> None:
    assert cleaner("abc12").clean("abc12 abc1 c12") == f"{MASK} abc1 c12"
    assert KnownSecrets().mask("abc12", MASK) == "abc12"


def test_a_long_text_is_masked_in_time() -> None:
    lines = "\n".join(f"{number:064}" for number in range(50))
    redactor = cleaner("aaaab aaaac aaaad", "x" * 500, lines)
    begun = time.process_time()
    redactor.clean("aaaab aaaa" * 20_000)
    redactor.clean("xxxxxxx " * 25_000)
    for _ in range(500):
        redactor.clean("a line of a log that is longer than any name… and that was cut there " * 2)
    assert time.process_time() - begun < 5
