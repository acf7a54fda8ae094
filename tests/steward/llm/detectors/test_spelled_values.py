"""Passwords that are spelled letter by letter."""

import pytest

from steward.llm.detectors.spelled_values import find_spelled_values
from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("type capital G, l, u, dash, eight please", "capital G, l, u, dash, eight"),
        ("it is F-I-G-dollar sign-4, okay?", "F-I-G-dollar sign-4"),
        ("also großes M, o, o, Unterstrich, drei", "großes M, o, o, Unterstrich, drei"),
        ("c'est p majuscule, i, n, dièse, deux", "p majuscule, i, n, dièse, deux"),
        ("hoofdletter V, i, s, hekje, 7", "hoofdletter V, i, s, hekje, 7"),
        ("pon mayúscula S, o, l, asterisco, uno", "mayúscula S, o, l, asterisco, uno"),
        ("capital A as in Anton, b, b, and then five", "capital A as in Anton, b, b, and then five"),
    ],
)
def test_a_value_with_a_capital_letter_or_a_symbol(text: str, value: str) -> None:
    assert [text[one.start : one.end] for one in find_spelled_values(text)] == [value]
    assert classify(text).privacy_class is PrivacyClass.SECRET


@pytest.mark.parametrize(
    "text",
    [
        "version two dot four dash one",
        "write it with a capital letter",
        "the percent sign is missing in the card",
        "capital A, b",
        "question mark, then the name of the room",
        "press hash, then star",
    ],
)
def test_few_letters_are_no_value(text: str) -> None:
    assert list(find_spelled_values(text)) == []
