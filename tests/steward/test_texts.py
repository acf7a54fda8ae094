"""Texts by language: placeholders, plural forms, numbers, times, and what the store must have."""

import ast
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.texts import (
    Texts,
    languages,
    local,
    set_household,
    set_zone,
    texts_of,
    translate,
    translate_plural,
)

sys.path.append(str(Path(__file__).resolve().parents[2] / "script" / "lib"))
import app_texts

# A library of one of the services uses a deprecated function of asyncio.
pytestmark = pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction':DeprecationWarning")

GERMAN = Texts(
    "de",
    {
        "Approved by {name}": "Genehmigt von {name}",
        "{count} disks of {name}": {
            "one": "{count} Disk von {name}",
            "other": "{count} Disks in {name}",
        },
    },
    {"Memory usage": "Speicherauslastung"},
)
FRENCH = Texts("fr", {"{count} disks": {"one": "{count} disque", "other": "{count} disques"}})


def test_a_text_is_looked_up_and_filled_in() -> None:
    assert GERMAN("Approved by {name}", name="Alex") == "Genehmigt von Alex"
    assert GERMAN.name("Memory usage") == "Speicherauslastung"


def test_what_a_language_lacks_is_english() -> None:
    assert GERMAN("Rejected by {name}", name="Alex") == "Rejected by Alex"
    assert GERMAN.name("CPU usage") == "CPU usage"
    assert GERMAN.plural("{count} pool", "{count} pools", 1) == "1 pool"
    assert GERMAN.plural("{count} pool", "{count} pools", 2) == "2 pools"


def test_a_template_string_is_looked_up_by_the_names_in_it() -> None:
    share, disks, other = 97.25, ["sda"], {"name": "tank"}
    german = Texts(
        "de",
        {
            "{name} is {share} % full": "{name} ist zu {share} % voll",
            "{disks} and {other}: {{x}} {name}": "{name}, {other}, {disks} {{y}}",
        },
    )
    name = "sda"
    assert german(t"{name} is {share:.1f} % full") == "sda ist zu 97,2 % voll"
    assert german(t"{len(disks)} and {other['name']}: {{x}} {name!s:>4}") == " sda, tank, 1 {y}"
    assert Texts()(t"{name} has {share:g} % of {len(disks)}") == "sda has 97.25 % of 1"


def test_the_key_of_a_template_string_is_the_same_in_the_code_and_when_it_runs() -> None:
    code = (
        """texts(t"{call.target.name} is {f(a, b):g} % {c['d']} {name} {name or 'no'}{'' if e else ','}")"""
    )
    (found,) = app_texts.marked(next(one for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Call)))
    assert found[0] == "{name} is {b} % {c} {name_2} {name_3}{e}"


@given(st.text())
def test_placeholders_in_a_value_stay(value: str) -> None:
    assert GERMAN("Approved by {name}", name=value + "{name}") == f"Genehmigt von {value}{{name}}"


@pytest.mark.parametrize(
    ("texts", "count", "shown"),
    [
        (FRENCH, 0, "0 disque"),
        (FRENCH, 1, "1 disque"),
        (FRENCH, 2, "2 disques"),
        (FRENCH, 1500, "1 500 disques"),
    ],
)
def test_each_language_has_plural_forms_of_its_own(texts: Texts, count: int, shown: str) -> None:
    assert texts.plural("{count} disk", "{count} disks", count).replace("\u202f", " ") == shown


def test_a_plural_form_has_values_too() -> None:
    assert GERMAN.plural("{count} disk of {name}", "{count} disks of {name}", 3, name="tank") == (
        "3 Disks in tank"
    )


def test_numbers_times_and_lists_follow_the_language() -> None:
    at = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)
    assert (GERMAN.number(1234.56), Texts().number(1234.56), GERMAN.number(3)) == ("1.234,6", "1,234.6", "3")
    assert (GERMAN.time(at), Texts().time(at)) == ("14:07", "14:07")
    assert GERMAN.date_and_time(at) == "5. März 2026, 14:07"
    assert (GERMAN.duration(timedelta(hours=2)), GERMAN.ago(timedelta(days=2))) == (
        "2 Stunden",
        "vor 2 Tagen",
    )
    days = [Texts().ago(timedelta(days=one)) for one in (3, 9, 10, 12.4, 27, 59, 61)]
    assert [one.removesuffix(" ago") for one in days] == [
        *("3 days", "9 days", "10 days", "12 days", "27 days", "59 days", "2 months"),
    ]
    assert [Texts().exact_duration(one) for one in (0, 90, 600, 5400, 7200)] == [
        "0 seconds",
        "90 seconds",
        "10 minutes",
        "90 minutes",
        "2 hours",
    ]
    assert GERMAN.exact_duration(60) == "1 Minute"
    assert Texts().listed(["a", "b", "c"]) == "a, b, and c"
    assert GERMAN.listed(["a", "b"], either=True) == "a oder b"


def test_an_unknown_language_is_english_and_a_region_is_its_language() -> None:
    assert languages()[0] == "en"
    assert texts_of("xx").language == "en"
    for language in languages():
        assert texts_of(f"{language}-XX").language == texts_of(f"{language}_XX").language == language


def test_the_household_has_a_language_of_its_own() -> None:
    try:
        set_household(languages()[-1])
        assert texts_of(None).language == languages()[-1]
    finally:
        set_household(None)
    assert texts_of(None).language == "en"
    assert translate("{name} answers", name="Radarr") == "Radarr answers"
    assert translate_plural("{count} pool", "{count} pools", 1) == "1 pool"


WANTED: dict[str, dict[str, app_texts.Entry]] = {
    "app": {"By {name}": "By {name}", "{count} pools": {"one": "{count} pool", "other": "{count} pools"}},
    "names": {"Memory": ""},
    "panel": {
        "nav.inbox": "Inbox of {name}",
        "nav.count": {"one": "{count} pool", "other": "{count} pools"},
    },
}
WHOLE: dict[str, dict[str, object]] = {
    "app": {"By {name}": "Von {name}", "{count} pools": {"one": "ein Pool", "other": "{count} Pools"}},
    "names": {"Memory": "Speicher"},
    "panel": {"nav": {"inbox": "Eingang von {name}", "count": {"one": "ein Pool", "other": "{count} Pools"}}},
}


def changed(part: str, english: str, entry: object) -> dict[str, dict[str, object]]:
    store: dict[str, dict[str, object]] = {key: dict(texts) for key, texts in WHOLE.items()}
    store[part][english] = entry
    return store


def test_a_whole_store_has_no_faults() -> None:
    assert list(app_texts.faults(WANTED, WHOLE, "de")) == []
    assert app_texts.missing(WANTED, WHOLE) == {"app": {}, "names": {}, "panel": {}}


def test_what_a_language_lacks_is_listed_for_each_part() -> None:
    assert app_texts.missing(WANTED, {"panel": {"nav": {"inbox": "Eingang von {name}"}}}) == {
        "app": {"By {name}": "", "{count} pools": {"one": "{count} pool", "other": "{count} pools"}},
        "names": {"Memory": ""},
        "panel": {"nav.count": {"one": "{count} pool", "other": "{count} pools"}},
    }
    english = {"integration": {"title": "Steward"}, "panel": {"nav": {"inbox": "Inbox"}}}
    assert app_texts.keyed_parts(english) == {
        "integration": {"title": "Steward"},
        "panel": {"nav.inbox": "Inbox"},
    }


@pytest.mark.parametrize(
    ("store", "fault"),
    [
        ({"app": {}, "names": {"Memory": "Speicher"}}, "app lacks “By {name}”"),
        (changed("names", "Old", "Alt"), "nothing uses “Old” of names"),
        (changed("app", "By {name}", "Von {wem}"), "its placeholders are not ['name']"),
        (changed("app", "By {name}", {"one": "Von"}), "it has forms for numbers in one language only"),
        (changed("app", "{count} pools", {"other": "{count} Pools"}), "it has no form “one”"),
        (
            changed("app", "{count} pools", {"one": "{n} Pool", "other": "Pools"}),
            "it has placeholders other",
        ),
        (changed("names", "Memory", "This is the memory"), "“This is the memory” is English"),
        (changed("panel", "nav", {"inbox": "Eingang von {name}"}), "panel lacks “nav.count”"),
        (changed("panel", "old", "Alt"), "nothing uses “old” of panel"),
        (changed("panel", "nav", {"inbox": "Eingang"}), "“nav.inbox”: its placeholders are not ['name']"),
        (
            changed("panel", "nav", {"count": {"one": "ein", "other": "{n} Pools"}}),
            "“nav.count”: it has placeholders other than ['count']",
        ),
    ],
)
def test_each_fault_of_a_store_is_reported(store: dict[str, dict[str, object]], fault: str) -> None:
    assert any(fault in found for found in app_texts.faults(WANTED, store, "de"))


def test_words_that_dutch_and_english_share_are_no_english() -> None:
    store = changed("names", "Memory", "Of het geheugen vol is")
    assert not [found for found in app_texts.faults(WANTED, store, "nl") if "is English" in found]
    store = changed("names", "Memory", "This is the memory and more")
    assert [found for found in app_texts.faults(WANTED, store, "nl") if "is English" in found]


def test_the_files_are_up_to_date_and_complete(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["app_texts.py", "--check"])
    assert app_texts.main() == 0, capsys.readouterr().out


def test_times_are_in_the_time_zone_of_the_household() -> None:
    at = datetime(2026, 11, 28, 10, 38, tzinfo=UTC)
    assert texts_of("de").time(local(at)) == "10:38"
    try:
        set_zone(ZoneInfo("Europe/Berlin"))
        assert texts_of("de").date_and_time(local(at)) == "28. Nov. 2026, 11:38"
    finally:
        set_zone(UTC)


def test_french_does_not_depend_on_the_gender_of_what_is_inserted() -> None:
    subject = r"^(« )?{\w+}( de {\w+})?( »)? "
    gendered = re.compile(
        subject
        + r"(n'est (pas|plus) |est |a été |n'a (pas|plus|jamais) été )(?!peut)(?!\w+men[t]\b)\w+(é|u|t)\b"
    )
    found = [
        text
        for part in ("app", "names", "panel")
        for _, entry in app_texts.by_key(app_texts.read("fr")[part])
        for text in ([entry] if isinstance(entry, str) else entry.values())
        if gendered.match(text) and not text.startswith("{count}")
    ]
    assert found == []
