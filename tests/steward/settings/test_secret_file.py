"""Secret files are complete, created once, and readable by their owner only."""

import concurrent.futures
import itertools
import stat
from pathlib import Path

import pytest

from steward.secret_file import MAX_BYTES, SecretFileUnusable, keep_secret, read_secret


def test_concurrent_callers_get_the_same_secret(tmp_path: Path) -> None:
    numbers = itertools.count()
    path = tmp_path / "deep" / "down" / "token"
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: keep_secret(path, lambda: f"secret {next(numbers)}"), range(64)))
    assert len(set(found)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["token"], "no temporary file is left"


def test_failed_make_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> str:
        raise RuntimeError("no entropy")

    with pytest.raises(RuntimeError):
        keep_secret(tmp_path / "token", fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b" \n", "is empty"), (b"\xff\xfe", "is not a text file"), (b"x" * (MAX_BYTES + 1), "is too long")],
)
def test_invalid_content_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(SecretFileUnusable, match=reason) as caught:
        read_secret(path)
    assert caught.value.__cause__ is None, "the decoder's error contains the content"


def test_error_names_a_path_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SecretFileUnusable, match=r"file/token cannot be created"):
        keep_secret(tmp_path / "file" / "token", lambda: "x")
