"""Makes searchable documents of runbooks."""

from ..search.documents import markdown_document
from ..search.index import Document
from .model import Runbook


def runbook_document(runbook: Runbook) -> Document:
    """Return what a runbook is found by: its title, names of alerts, symptoms, words and text."""
    return markdown_document(
        runbook.id,
        runbook.title,
        runbook.text,
        symptoms=runbook.symptoms,
        names=(*runbook.match.alerts, runbook.match.words),
    )
