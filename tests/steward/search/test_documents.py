"""Markdown without symptoms: structure says what a document is about."""

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
