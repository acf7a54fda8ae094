"""The folder with the templates of the owner, whose files are checked for secrets."""

from collections.abc import Sequence
from pathlib import Path

from ..sdk.access import OwnTemplates


def own_templates(folder: Path | None) -> OwnTemplates | None:
    """Return the folder with the check, None when there is none."""
    return OwnTemplates(folder, secret_lines) if folder is not None else None


def secret_lines(content: str) -> Sequence[int]:
    """Return the numbers of the lines that have a secret, in order."""
    from ..llm.privacy import classify  # noqa: PLC0415 - loaded at the first template

    spans = classify(content).spans
    return sorted({content.count("\n", 0, one.start) + 1 for one in spans if one.is_secret})
