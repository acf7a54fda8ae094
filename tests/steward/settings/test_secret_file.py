"""A secret's file appears whole, once, and for its owner alone."""

import concurrent.futures
import itertools
import stat
from pathlib import Path

import pytest

from steward.secret_file import MAX_BYTES, SecretFileUnusable, keep_secret, read_secret


def test_many_at_once_get_the_same_one(tmp_path: Path) -> None:
    numbers = itertools.count()
    path = tmp_path / "deep" / "down" / "token"
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: keep_secret(path, lambda: f"secret {next(numbers)}"), range(64)))
    assert len(set(found)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["token"], "no draft is left"


def test_a_maker_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> str:
        raise RuntimeError("no entropy")

    with pytest.raises(RuntimeError):
        keep_secret(tmp_path / "token", fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b" \n", "is empty"), (b"\xff\xfe", "holds no text"), (b"x" * (MAX_BYTES + 1), "is too long")],
)
def test_what_cannot_be_a_secret(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(SecretFileUnusable, match=reason) as caught:
        read_secret(path)
    assert caught.value.__cause__ is None, "a decoder's error quotes the content"


def test_a_place_that_takes_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SecretFileUnusable, match=r"file/token cannot be made"):
        keep_secret(tmp_path / "file" / "token", lambda: "x")
