"""Markdown without symptoms: structure says what a document is about."""

import pytest

from steward.search.documents import MOST_LEAD, MOST_SYMPTOMS, markdown_document

TEXT = """# NodeDiskFull

## Meaning

The disk of the node fills. It happens
slowly.

## Impact

* Pods are evicted.
* Images cannot be pulled.

## Diagnosis

```shell
$ df -h | grep failed
write: no space left on device, error 28
/dev/sda1 97%
```

### Steps

Ask around.
"""


def test_sections_about_the_problem_are_the_lead() -> None:
    found = markdown_document("x", "", TEXT, names=["NodeDiskFull"])
    assert found.title == "NodeDiskFull"
    assert found.lead == (
        "The disk of the node fills.",
        "It happens\nslowly.",
        "Pods are evicted.",
        "Images cannot be pulled.",
    )


def test_lines_of_code_that_report_an_error_are_symptoms_but_no_commands() -> None:
    found = markdown_document("x", "Full", TEXT, symptoms=["No room"])
    assert found.symptoms == ("No room", "write: no space left on device, error 28")


def test_everything_else_is_the_body() -> None:
    body = markdown_document("x", "Full", TEXT).body
    assert "Ask around." in body
    assert "/dev/sda1 97%" in body
    assert "evicted" not in body


def test_text_without_headings_is_the_lead_and_bounded() -> None:
    found = markdown_document("x", "T", "One. " * 100 + "\n```\n" + "error\n" * 100)
    assert len(found.lead) == MOST_LEAD
    assert len(found.symptoms) == MOST_SYMPTOMS
    assert found.body.count("One.") == 100 - MOST_LEAD


def test_a_comment_in_code_is_no_heading() -> None:
    assert markdown_document("x", "T", "## Meaning\n```\n# Steps\n```\nIt broke.").lead == ("It broke.",)


LABELLED = """symptoms:
  - the copy is some weeks old
  - task ends red
cause: the retention removed a snapshot.
steps:
  - List the snapshots.
verify: the next run is short.
"""


def test_labels_divide_a_note_as_headings_do() -> None:
    found = markdown_document("x", "T", LABELLED)
    assert found.symptoms == ("the copy is some weeks old", "task ends red")
    assert found.lead == ("the retention removed a snapshot.",)
    assert "the next run is short." in found.body


@pytest.mark.parametrize(
    ("line", "symptom"),
    [("**Symptome:** Bild schwarz", "Bild schwarz"), ("## Symptoms\nNo picture", "No picture")],
)
def test_symptoms_in_the_text_are_symptoms(line: str, symptom: str) -> None:
    assert markdown_document("x", "T", f"{line}\n").symptoms == (symptom,)


@pytest.mark.parametrize("line", ["Warning: no picture", "error: no picture", "http://nas.example"])
def test_other_words_before_a_colon_are_no_labels(line: str) -> None:
    assert markdown_document("x", "T", line).symptoms == ()
    assert "".join(markdown_document("x", "T", line).lead).startswith(line.split(":", maxsplit=1)[0])


def test_the_id_of_a_document_is_a_name_of_it() -> None:
    assert markdown_document("disk-full", "No room left", "").names == ("disk-full",)
