"""Tests of lines about programs, in which what the model finds is neither secret nor private."""

import pytest

from steward.llm.privacy import PrivacyClass, classify
from steward.llm.technical_lines import are_technical, is_in_link, is_plain, is_standard, is_technical

CHANGE = "- scanner: drop the workaround of the old parser"


@pytest.mark.parametrize(
    "line",
    [
        CHANGE,
        "* Fixed a crash of the exporter with empty folders",
        "lab_zone - only read the `ttl` of the record",
        "[CLEANUP] Various small parts of the scheduler",
        "Works around a race of the reader (#4182)",
        "The build needs libssl3 on the new image",
        "Build error in release 4.12.1 of the toolkit",
        "See https://github.com/lab/sun/pull/12 for what this fixes",
        "Mitigates CVE-2031-1234 in the parser of images",
        "Calls reload() twice after the configuration changes",
    ],
)
def test_lines_about_programs_are_technical(line: str) -> None:
    assert is_technical(line)
    assert are_technical(f"{line}\n\n{CHANGE}", 0, len(line) + 3)


@pytest.mark.parametrize(
    "line",
    [
        "the scanner of the old parser is slow",
        "- fixed `scan`",
        "- fixed my scanner with `lanternbay`",
        "- fixed the scanner of Petra with #4182",
        "- fixed the scanner for grandma with #4182",
        "- fixed the login of the scanner with `lanternbay`",
        "- fixed the wifi of the scanner with `lanternbay`",
        "- enabled the scanner for guests with `lanternbay`",
        "- fixed the password of the scanner (#4182)",
    ],
)
def test_lines_about_people_and_secrets_are_not(line: str) -> None:
    assert not is_technical(line)
    assert not are_technical(f"{CHANGE}\n{line}", 0, len(CHANGE) + 2)


def test_a_note_that_begins_as_a_change_needs_a_sign_for_an_unknown_word() -> None:
    assert not is_technical(CHANGE, with_sign=True)
    assert is_technical(f"{CHANGE} (#4182)", with_sign=True)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("wrapper", True), ("pkg-config", True), ("#5181", True), ("l2_faces", True), ("poolPrefix", True)]
    + [(one, False) for one in ("hunter2", "lantern77", "Xq9!", "a", "4711")],
)
def test_words_of_sentences_and_of_code_are_plain(word: str, *, expected: bool) -> None:
    assert is_plain(word) is expected


@pytest.mark.parametrize("word", ["UTF-8", "RFC2136", "0xAB", "wlp0s20f3", "enp3s0", "x86_64", "arm64"])
def test_standards_are_no_secrets(word: str) -> None:
    assert is_standard(word)
    assert not is_standard(f"{word}!x")


def test_a_part_of_a_link_to_source_code() -> None:
    text = "see (https://github.com/lab/sun/issues?q=is%3Aclosed) lantern77"
    assert is_in_link(text, text.index("is%3A"))
    assert not is_in_link(text, text.index("lantern77"))
    assert not is_in_link("https://example.org/lantern77", 20)


@pytest.mark.parametrize(
    "text",
    [
        "Updated modules to adhere with the guidelines (#12)",
        "* change of the default for 'publish' to 'rollover' in `zone`",
        'ETag: "5d8c72a5edda8-2c39-54e1"',
        "revision : 'f0a1d45936cf7a3c969e4caba96546fd23255796'",
        "ERROR 1071: Specified key was too long; max key length is 3072 bytes",
        "Debian 8 Jessie was followed by Stretch",
        "require Meson 0.47.2, as our build breaks with older ones",
        "Rosa and Petra are the names of the two nodes",
        "Is there a driver for a Mini-PC with Debian 13?",
        "Amanda (backup tool) is older than that one",
    ],
)
def test_technical_texts_are_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "- enabled netflix for the kids with saltmarshheron",
        "- fix heating for grandma, she is back from hospital",
        "Petra asked for a laptop with Debian",
        "Annas-iPhone joined the network",
        "the pin is 4711",
    ],
)
def test_private_texts_that_look_alike_are_not(text: str) -> None:
    assert classify(text).privacy_class is not PrivacyClass.PUBLIC
