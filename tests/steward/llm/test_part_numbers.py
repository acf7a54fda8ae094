"""Part numbers of hardware in the formats of their makers are no secrets for the trained model."""

import pytest

from steward.llm.part_numbers import are_part_numbers, is_part_number
from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    "word",
    [
        "M393A4K40CB2-CTD",
        "HMA84GR7AFR4N-UH",
        "KVR24R17D4",
        "CT1000P3PSSD8",
        "ST4000VN006",
        "ST8000DM004-2CX188",
        "WD80EFZX-68UW8N0",
        "MG08ACA16TE",
        "MZ-V8V1T0BW",
        "MCX311A-XCAT",
        "9400-16i",
        "503296-B21",
        "RTL8125BG",
        "ESP32-C3-DevKitM-1",
        "i3-N305",
        "CR2450",
        "NF-A4x20",
    ],
)
def test_part_numbers(word: str) -> None:
    assert is_part_number(word)
    assert are_part_numbers(["IronWolf", word])


@pytest.mark.parametrize(
    "word",
    ["Tulip5663", "4711", "A4711", "B7QK-2MZX-0LVN", "ST4000VN006!", "stone4000", "ZL2A9QX7", "WX52D40H7L9K"],
)
def test_passwords_codes_and_serial_numbers_are_no_part_numbers(word: str) -> None:
    assert not is_part_number(word)
    assert not are_part_numbers([word, "ST4000VN006"])


def test_names_without_a_number_are_no_part_numbers() -> None:
    assert not are_part_numbers(["IronWolf", "Exos"])
    assert not are_part_numbers([])
    assert not are_part_numbers(["tulip", "ST4000VN006"])


def test_a_part_number_that_is_stated_as_a_password_is_one() -> None:
    assert classify("the password of the nas is ST4000VN006").privacy_class is PrivacyClass.SECRET


def test_a_serial_number_beside_a_part_number_is_private() -> None:
    found = classify("Exos ST16000NM001G, serial number ZL2A9QX7")
    assert found.privacy_class is not PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "Does a KVR24R17D4 work beside an M393A4K40CB2-CTD?",
        "Welche ist leiser, die MG08ACA16TE oder die ST16000NM001G?",
    ],
)
def test_a_question_with_part_numbers_is_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC
