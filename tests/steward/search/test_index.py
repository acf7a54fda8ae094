"""The index: what fits is found, what does not is left out, whatever the size of the library."""

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.search import slices
from steward.search.index import FITS, Document, Index, prepare
from steward.search.postings import MOST_FIRST

DISK = Document(
    id="disk", title="Disk is full", symptoms=["No space left on device"], body="Delete old logs."
)
DNS = Document(id="dns", title="Resolver is down", symptoms=["Temporary failure in name resolution"])
MAIL = Document(id="mail", title="Mail is late", lead=["The queue of the mail server grows."])


def index(*documents: Document) -> Index:
    return Index(map(prepare, documents))


LIBRARY = index(DISK, DNS, MAIL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write failed: no space left on device", "disk"),
        ("Kein Platz mehr auf der Festplatte", "disk"),
        ("lookup x: temporary failure in name resolution", "dns"),
        ("the mail queue grows and grows, why?", "mail"),
    ],
)
def test_what_fits_best_is_first(text: str, expected: str) -> None:
    assert LIBRARY.search(text)[0].id == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the of and",
        "zebra banana",
        "Turn on the kitchen lamp",
        "Disk check completed, all good",
        "42 17 %",
    ],
)
def test_what_fits_nothing_finds_nothing(text: str) -> None:
    assert LIBRARY.search(text) == ()


def test_an_empty_library_finds_nothing() -> None:
    assert index().search("disk is full") == ()


def test_only_as_many_as_wanted_are_returned_best_first() -> None:
    made = index(*(Document(id=f"d{number}", title="Disk is full", body=f"x{number}") for number in range(9)))
    found = made.search("disk is full", 4)
    assert len(found) == 4
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def other(number: int) -> Document:
    """Return a document of another field that shares common words with every query."""
    return Document(id=f"o{number}", title=f"Gauge{number} warning", body="disk server failed device")


@pytest.mark.parametrize("size", [20, 120, 10_000])
def test_the_size_of_the_library_decides_nothing(size: int) -> None:
    made = index(DISK, DNS, MAIL, *map(other, range(size)))
    assert made.search("no space left on device")[0].id == "disk"
    assert made.search("the coffee machine needs descaling") == ()
    assert made.search("my bicycle has a flat tyre") == ()


def test_a_word_of_another_topic_is_only_about_documents_that_have_it() -> None:
    assert LIBRARY.search("the dishwasher is full") == ()
    kitchen = Document(id="kitchen", title="Dishwasher is full")
    assert index(DISK, kitchen).search("the dishwasher is full")[0].id == "kitchen"


def test_a_document_is_replaced_and_removed_as_if_it_had_never_been_there() -> None:
    many = [other(number) for number in range(2 * MOST_FIRST)]
    made = index(*many, DISK, DNS)
    made.put(prepare(Document(id="disk", title="Mail is late")))
    made.put(prepare(replace(many[0], title="Quota of the print server")))
    made.remove("dns")
    made.remove("dns")
    expected = index(
        replace(many[0], title="Quota of the print server"),
        *many[1:],
        Document(id="disk", title="Mail is late"),
    )
    assert len(made) == len(expected)
    for text in (
        "mail is late",
        "no space left on device",
        "quota of the print server",
        "disk server failed",
    ):
        assert made.ranked(text) == expected.ranked(text)
    assert made.search("temporary failure in name resolution") == ()


async def test_other_work_runs_while_documents_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", 0.0)
    made = index()
    adding = asyncio.create_task(slices.put_all(made, [DISK, DNS, MAIL]))
    seen = []
    while not adding.done():
        await asyncio.sleep(0)
        seen.append(len(made))
    assert seen[:3] == [1, 2, 3]


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_scores_are_shares(text: str) -> None:
    found = LIBRARY.ranked(text)
    assert all(0 <= one.score <= 1 for one in found)
    assert LIBRARY.search(text) == tuple(one for one in found if one.score >= FITS)


def test_a_very_long_text_is_searched_quickly() -> None:
    begin = time.process_time()
    LIBRARY.search("no space left on device " * 10_000)
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("The printer is full of errors, no space left", "The disk is full of errors, no space left"),
    ],
)
def test_a_document_about_something_else_fits_less(other: str, own: str) -> None:
    (worse, *_), (better, *_) = LIBRARY.ranked(other), LIBRARY.ranked(own)
    assert worse.id == better.id
    assert worse.score < 0.8 * better.score


def test_a_german_question_finds_an_english_document_without_a_common_concept() -> None:
    made = index(DISK, Document(id="attachment", title="Attachments are not shown"))
    assert made.search("Die Anhänge werden nicht angezeigt")[0].id == "attachment"


def test_a_document_without_the_program_of_a_query_fits_less() -> None:
    (named, *_), (other, *_) = (
        LIBRARY.ranked("disk of the server is full"),
        LIBRARY.ranked("disk of jellyfin is full"),
    )
    assert named.id == other.id == "disk"
    assert other.score < named.score


def test_several_words_of_one_meaning_are_not_several_reasons() -> None:
    made = index(Document(id="proxy", title="Login is refused", lead=["Look at the dashboard."]), MAIL)
    (once, *_), (twice, *_) = made.ranked("dashboard colors"), made.ranked("dashboard panel grafana colors")
    assert twice.score < once.score


@pytest.mark.parametrize(
    "text",
    [
        "What is the cheapest disk",
        "vzdump: INFO: Finished Backup of disk 104",
        "the curtain is full of dust",
    ],
)
def test_questions_good_news_and_other_topics_find_nothing(text: str) -> None:
    assert LIBRARY.search(text) == ()


def test_common_words_alone_are_no_reason() -> None:
    made = index(Document(id="x", title="Somebody keeps it for weeks"), DISK)
    assert made.ranked("it keeps somebody for weeks, hypervisor")[0].score < 0.5
