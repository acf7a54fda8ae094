"""Files with one secret: created once, readable by their owner only."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .errors import StewardError

MODE: Final = 0o600
MAX_BYTES: Final = 64 * 1024


class SecretFileUnusable(StewardError):
    """A secret file cannot be read or created; the text names the file, never its content."""


def read_secret(path: Path) -> str:
    """Return the text in ``path`` without surrounding whitespace.

    Raises SecretFileUnusable when the file cannot be read, is empty, or is not a short text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode().strip()
    except OSError as err:
        raise SecretFileUnusable(f"{path} cannot be read: {err.strerror}") from err
    except UnicodeDecodeError:
        # The decoder's error contains the content, so it is not chained.
        raise SecretFileUnusable(f"{path} is not a text file") from None
    if not text:
        raise SecretFileUnusable(f"{path} is empty")
    if len(content) > MAX_BYTES:
        raise SecretFileUnusable(f"{path} is too long for a secret")
    return text


def keep_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in ``path``; a missing file is created with the result of ``make``.

    Two processes that start at the same time get the same secret. Raises SecretFileUnusable
    when the file cannot be read or created.
    """
    try:
        if not path.exists():
            _write(path, make())
        if stat.S_IMODE(path.stat().st_mode) != MODE:
            path.chmod(MODE)
    except OSError as err:
        raise SecretFileUnusable(f"{path} cannot be created: {err.strerror}") from err
    return read_secret(path)


def _write(path: Path, secret: str) -> None:
    """Write the secret to a temporary file and link it, so that ``path`` is never incomplete."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)  # fails when another process has created it
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
