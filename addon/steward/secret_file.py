"""Files that hold one secret: made once, readable by their owner alone."""

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
    """A secret's file cannot be read or made; the text names the file, never its content."""


def read_secret(path: Path) -> str:
    """Return the text in ``path`` without the line end most editors leave behind.

    Raises SecretFileUnusable when it cannot be read, is empty or is no short text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode().strip()
    except OSError as err:
        raise SecretFileUnusable(f"{path} cannot be read: {err.strerror}") from err
    except UnicodeDecodeError:
        # The error of the decoder quotes the content: it must not travel on.
        raise SecretFileUnusable(f"{path} holds no text") from None
    if not text:
        raise SecretFileUnusable(f"{path} is empty")
    if len(content) > MAX_BYTES:
        raise SecretFileUnusable(f"{path} is too long for a secret")
    return text


def keep_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in ``path``; the first caller has it made and kept there.

    Two processes that start at the same moment get the same one. Raises
    SecretFileUnusable when the file cannot be read or made.
    """
    try:
        if not path.exists():
            _keep(path, make())
        if stat.S_IMODE(path.stat().st_mode) != MODE:
            path.chmod(MODE)
    except OSError as err:
        raise SecretFileUnusable(f"{path} cannot be made: {err.strerror}") from err
    return read_secret(path)


def _keep(path: Path, secret: str) -> None:
    """Write the whole secret beside ``path`` first: it appears complete, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)  # fails when another process was first
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
