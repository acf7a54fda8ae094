"""Words that resemble a word of the library are found; those of other words are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.search.index import Document, Index, prepare
from steward.search.spelling import MOST_NEAR, Vocabulary


def vocabulary(*stems: str) -> Vocabulary:
    made = Vocabulary()
    for one in stems:
        made.add(one)
    return made


@pytest.mark.parametrize(
    ("stem", "known"),
    [
        ("hypervsor", "hypervisor"),
        ("hypervvisor", "hypervisor"),
        ("hypercisor", "hypervisor"),
        ("hypevrisor", "hypervisor"),
        ("electric", "electricity"),
        ("kamerabild", "kamera"),
        ("statuscod", "status"),
        ("searchindex", "index"),
    ],
)
def test_typing_errors_other_endings_and_compounds_are_near(stem: str, known: str) -> None:
    assert vocabulary(known, "volume").near(stem) == (known,)


@pytest.mark.parametrize(
    ("stem", "known"),
    [
        ("zha", "zhas"),
        ("zfs", "zfsd"),
        ("printer", "private"),
        ("container", "controller"),
        ("12345", "12346"),
        ("replication", "replay"),
    ],
)
def test_other_words_and_short_ones_are_not_near(stem: str, known: str) -> None:
    assert vocabulary(known).near(stem) == ()


def test_only_the_nearest_are_returned_and_none_that_was_removed() -> None:
    made = vocabulary("connector", "connectors", "connecting", "connection")
    assert len(made.near("connectio")) == MOST_NEAR
    made.remove("connection")
    made.remove("connection")
    assert "connection" not in made.near("connectio")


@settings(max_examples=50)
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_can_be_compared(stem: str, other: str) -> None:
    assert set(vocabulary(stem).near(other)) <= {stem}


def test_a_mistyped_question_finds_its_document() -> None:
    made = Index(
        map(
            prepare,
            [
                Document(id="vlan", title="Hypervisor freezes"),
                Document(id="mail", title="Mail is late"),
            ],
        )
    )
    assert made.search("the hypervsor freezes")[0].id == "vlan"
