"""What agents of clients may read: by the rules of the app's own models, with an entry in the ledger."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.released_text import Reader, ReleasedText, ReleaseText, ReleaseTexts
from steward.llm.egress import PrivacyContext
from steward.llm.text_release import LONGEST, TextRelease

from .rig import KNOWN_SECRET, NAMES, Rig, open_rig

PUBLIC = "Radarr uses 93 % of its memory"
PRIVATE = "pve-keller uses 93 % of its memory"
SECRET = "pve-keller, password: gelbe-katze-17"


@dataclass
class Release:
    rig: Rig
    release: TextRelease
    counted: list[str]

    async def text(self, text: str, reader: Reader, *, is_private: bool = False) -> str | None:
        asked = ReleaseText(text=text, reader=reader, agent="conversation.cloud", is_private=is_private)
        return (await self.release.release(asked)).text


@pytest.fixture
async def release(tmp_path: Path) -> AsyncIterator[Release]:
    async with open_rig(tmp_path, []) as rig:
        counted: list[str] = []

        async def count() -> None:
            counted.append("once")

        context = PrivacyContext(names=lambda: NAMES, clean=lambda text: text.replace(KNOWN_SECRET, "***"))
        yield Release(rig, TextRelease(context, rig.database, rig.clock, count), counted)


async def test_an_agent_outside_gets_public_text_only(release: Release) -> None:
    assert await release.text(PUBLIC, Reader.OUTSIDE) == PUBLIC
    assert await release.text(PRIVATE, Reader.OUTSIDE) is None
    assert await release.text(SECRET, Reader.OUTSIDE) is None
    assert await release.text(PUBLIC, Reader.OUTSIDE, is_private=True) is None
    (row,) = await release.rig.ledger()
    assert (row["deployment"], row["tier"], row["task"]) == ("conversation.cloud", "cloud", "agent")
    assert (row["privacy"], row["masked"], row["bytes"]) == ("public", 0, len(PUBLIC))
    assert row["digest"] == hashlib.sha256(PUBLIC.encode()).hexdigest()
    assert release.counted == ["once"]


async def test_an_agent_may_get_private_text_with_placeholders(release: Release) -> None:
    masked = await release.text(PRIVATE, Reader.MASKED)
    assert masked is not None
    assert "pve-keller" not in masked
    assert "93 %" in masked
    assert await release.text(SECRET, Reader.MASKED) is None
    assert await release.text(PRIVATE, Reader.MASKED, is_private=True) is None
    (row,) = await release.rig.ledger()
    assert (row["privacy"], row["masked"]) == ("private", 1)


async def test_an_agent_at_home_gets_everything_but_secrets(release: Release) -> None:
    assert await release.text(PRIVATE, Reader.HOME, is_private=True) == PRIVATE
    text = await release.text(f"{KNOWN_SECRET} {SECRET}", Reader.HOME)
    assert text is not None
    assert "gelbe-katze-17" not in text
    assert KNOWN_SECRET not in text
    assert "pve-keller" in text
    assert (await release.rig.ledger(), release.counted) == ([], [])


async def test_lines_that_stand_alone_are_released_alone(release: Release) -> None:
    text = f"{PRIVATE}\n{PUBLIC}"
    asked = ReleaseText(text=text, reader=Reader.OUTSIDE, agent="conversation.cloud", by_line=True)
    assert await release.release.release(asked) == ReleasedText(text=PUBLIC, left_out=1)
    (row,) = await release.rig.ledger()
    assert (row["privacy"], row["bytes"]) == ("public", len(PUBLIC))
    for nothing in (replace(asked, text=PRIVATE), replace(asked, is_private=True)):
        assert (await release.release.release(nothing)).text is None


@pytest.mark.parametrize("secret", [SECRET, "The password of the router is\ngelbekatze17", KNOWN_SECRET])
@pytest.mark.parametrize("reader", [Reader.OUTSIDE, Reader.MASKED])
async def test_a_text_with_a_secret_is_not_split(release: Release, secret: str, reader: Reader) -> None:
    text = f"{PUBLIC}\n{PRIVATE}\n{secret}"
    asked = ReleaseText(text=text, reader=reader, agent="conversation.cloud", by_line=True)
    released = await release.release.release(asked)
    for part in ("gelbe", "katze", KNOWN_SECRET):
        assert part not in str(released.text)


async def test_a_text_that_is_too_long_is_not_released(release: Release) -> None:
    with pytest.raises(ContractError) as caught:
        await release.text("a" * (LONGEST + 1), Reader.HOME)
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert await release.text("disk " * 1_000, Reader.OUTSIDE) == "disk " * 1_000, "read in a thread"


async def test_each_text_of_a_result_is_released_alone(release: Release) -> None:
    async def texts(*each: str, reader: Reader, is_private: bool = False) -> tuple[str | None, ...]:
        asked = ReleaseTexts(texts=each, reader=reader, agent="mcp:alex", is_private=is_private)
        return (await release.release.release_all(asked)).texts

    assert await texts(PUBLIC, PRIVATE, reader=Reader.OUTSIDE) == (PUBLIC, None)
    assert await texts(PUBLIC, is_private=True, reader=Reader.OUTSIDE) == (None,)
    assert await texts(PUBLIC, SECRET, reader=Reader.OUTSIDE) == (None, None)
    assert await texts(PUBLIC, SECRET, reader=Reader.MASKED) == (None, None)
    (row,) = await release.rig.ledger()
    assert (row["deployment"], row["privacy"], row["bytes"]) == ("mcp:alex", "public", len(PUBLIC))
    again = "10.20.30.40 and pve-keller"
    first, second = await texts(PRIVATE, again, reader=Reader.MASKED)
    assert first is not None
    assert second is not None
    name = first.partition(" ")[0]
    assert second.endswith(f"and {name}"), "a name has the same placeholder in all texts"
    rows = await release.rig.ledger()
    assert (len(rows), rows[-1]["privacy"], rows[-1]["masked"] >= 2) == (2, "private", True)
    assert await texts(PRIVATE, reader=Reader.HOME, is_private=True) == (PRIVATE,)
    assert len(await release.rig.ledger()) == 2
    with pytest.raises(ContractError) as caught:
        await texts("a" * (LONGEST + 1), reader=Reader.HOME)
    assert caught.value.code is ErrorCode.TOO_LARGE
