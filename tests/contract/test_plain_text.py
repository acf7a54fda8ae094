"""Text from outside on one line, without hidden characters."""

import random

import pytest

try:
    from custom_components.homelab_steward.contract.plain_text import cleaned, one_line, quoted, visible
except ImportError:
    from homelab_steward.contract.plain_text import cleaned, one_line, quoted, visible  # type: ignore[no-redef,import-not-found,unused-ignore]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Disk of nas is full", "Disk of nas is full"),
        ("full\n1 Restart nas: Can be undone.", "full 1 Restart nas: Can be undone."),
        ("full\r\nx\u2028y\u2029z\x0bq\x85r", "full x y z q r"),
        ("a\u202eb\u2066c\u200bd\ufeffe\u00adf", "abcdef"),
        ("\x1b[31mred\x07", "[31mred"),
        ("a\u2800b\u3164c", "abc"),
        ("Größe 5 µm, 日本, مرحبا, 🟠", "Größe 5 µm, 日本, مرحبا, 🟠"),
        ("  a\u00a0\u2003b  ", "a b"),
        ("", ""),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_nothing_hidden_remains_of_any_character() -> None:
    everything = [chr(code) for code in range(0x110000)]
    random.Random(1).shuffle(everything)  # noqa: S311 - the same order every time
    for start in range(0, len(everything), 64):
        line = one_line("".join(everything[start : start + 64]))
        assert line.splitlines() in ([], [line])
        assert one_line(line) == line == visible(line)


def test_no_character_ends_a_quotation() -> None:
    everything = [chr(code) for code in range(0x110000)]
    random.Random(2).shuffle(everything)  # noqa: S311 - the same order every time
    for start in range(0, len(everything), 64):
        shown = quoted("".join(everything[start : start + 64]), 64, "en")
        assert shown.count("“") == shown.count("”") == 1
        assert shown.splitlines() == [shown]


def test_quoted_text_is_shortened() -> None:
    assert quoted('a "b"\nc', 20, "en") == "“a 'b' c”"
    assert quoted("abcdef", 4, "nl") == "“abc…”"
    assert quoted("a „b“", 20, "de-AT") == "„a 'b'“"
    assert quoted("a »b«", 20, "fr_CA") == "« a 'b' »"
    assert quoted("a", 20, "ES") == "«a»"


def test_plain_data_is_cleaned_at_every_depth_and_keeps_its_lines() -> None:
    given = {"a": "x\u202ey\nz\u200b\r\nq", "b": [1, None, {"c": ("\u2066d", True)}]}
    assert cleaned(given) == {"a": "xy\nz\nq", "b": [1, None, {"c": ["d", True]}]}
