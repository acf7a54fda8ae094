"""A repository of restic: part of its data is read, and a sample of the newest snapshot is restored."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from homelab_steward.contract.restore_drill import ProofLevel

from ..errors import PreconditionFailed, ServiceMalformed
from ..sdk.answers import Item, Time
from ..sdk.description import NotRestorable, Reached
from .programs import ProgramFailed, Programs

SUBSET: Final = 100
"""The drill reads one of so many parts of the data, another one each time."""

MOST_FILES: Final = 20
MOST_BYTES: Final = 256 * 1024 * 1024
"""The most that a sample has."""

SMALL: Final = 512 * 1024
"""Bytes up to which restic keeps a file as one piece, whose id is its SHA-256."""

MOST_HASHED: Final = 5
"""Files of a sample whose content is compared with the snapshot by the app itself."""

FILES: Final = "files"
PATTERN: Final = frozenset("*?[]\\!$\n")
"""Letters with a meaning in a pattern: files with such a name are left out."""

LOCAL: Final = ("--no-lock", "--no-cache", "--quiet")
"""Nothing is written to the repository, and no cache is kept."""

NOT_THE_DATA: Final = ("wrong password", "no key found", "permission denied", "no such file", "no space left")
"""What restic says when it cannot begin."""


class Snapshot(Item, rename=None):
    """A snapshot: its id, its time, and the id of its first folder."""

    id: str
    time: Time
    tree: str


class Node(Item, rename=None):
    """An entry of a folder: a file with the ids of its pieces, or the id of another folder."""

    name: str
    content: tuple[str, ...] | None = None
    subtree: str | None = None


class Tree(Item, rename=None):
    """A folder of a snapshot."""

    nodes: tuple[Node, ...]


class Entry(Item, rename=None):
    """A line of the list of a snapshot, whose first line is about the snapshot."""

    path: str = ""
    type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file of a snapshot. ``size`` is in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class ResticSample:
    """Reads a repository with the program of the folders in ``path``, which runs in ``folder``."""

    repository: Path
    password_path: Path
    folder: Path
    path: str
    chance: random.Random = field(default_factory=random.SystemRandom)

    async def newest(self) -> Snapshot | None:
        """Return the newest snapshot, None when there is none. Raises NotRestorable, PreconditionFailed."""
        found = _read(list[Snapshot], await self._restic("snapshots", "--json"))
        return max(found, key=lambda one: one.time, default=None)

    async def try_out(self, snapshot_id: str, reached: Reached) -> None:
        """Check part of the data, restore a sample, and compare it. Raises NotRestorable and StewardError."""
        part = self.chance.randint(1, SUBSET)
        await self._restic("check", f"--read-data-subset={part}/{SUBSET}")
        reached(ProofLevel.READABLE)
        tree = await self._tree(snapshot_id)
        sample = await self._sample(snapshot_id)
        await self._restore(snapshot_id, sample)
        target = self.folder / FILES
        await asyncio.to_thread(_check_sizes, target, sample)
        reached(ProofLevel.RESTORED)
        if await self._compare(target, tree, sample):
            reached(ProofLevel.ANSWERED)

    async def _sample(self, snapshot_id: str) -> Sequence[File]:
        """Return files of a snapshot, each as likely as any other."""
        sample, count = list[File](), 0
        async for one in self._files(snapshot_id):
            count += 1
            if len(sample) < MOST_FILES:
                sample.append(one)
            elif (place := self.chance.randrange(count)) < MOST_FILES:
                sample[place] = one
        return _within(sample)

    async def _files(self, snapshot_id: str) -> AsyncIterator[File]:
        rest = b""
        async for piece in self._pieces("ls", "--json", snapshot_id):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if (found := _file(line)) is not None:
                    yield found

    async def _restore(self, snapshot_id: str, sample: Sequence[File]) -> None:
        if not sample:
            raise NotRestorable(t"The snapshot has no file that can be restored as a sample.")
        included = [part for one in sample for part in ("--include", one.path)]
        target = str(self.folder / FILES)
        await self._restic("restore", snapshot_id, "--target", target, "--verify", *included)

    async def _compare(self, target: Path, tree: str, sample: Sequence[File]) -> bool:
        """Return whether files were compared with their hashes in the snapshot. Raises NotRestorable."""
        known = dict[str, Tree]()
        small = [one for one in sample if 0 < one.size <= SMALL][:MOST_HASHED]
        for one in small:
            content = await asyncio.to_thread(_restored(target, one).read_bytes)
            if (hashlib.sha256(content).hexdigest(),) != await self._content(known, tree, one):
                raise NotRestorable(t"The file {one.path} was restored with another content.")
        return bool(small)

    async def _content(self, known: dict[str, Tree], tree: str, one: File) -> tuple[str, ...] | None:
        """Return the ids of the pieces of a file; ``known`` keeps the folders that were read."""
        node = Node(name="", subtree=tree)
        for name in Path(one.path).parts[1:]:
            subtree = node.subtree or ""
            if subtree not in known:
                known[subtree] = _read(Tree, await self._restic("cat", "blob", subtree))
            node = next((each for each in known[subtree].nodes if each.name == name), Node(name=name))
        return node.content

    async def _tree(self, snapshot_id: str) -> str:
        """Return the id of the first folder of a snapshot."""
        found = _read(list[Snapshot], await self._restic("snapshots", "--json", snapshot_id))
        if len(found) != 1:
            raise NotRestorable(t"The snapshot {snapshot_id} does not exist any more.")
        return found[0].tree

    async def _restic(self, *arguments: str) -> str:
        pieces = [one async for one in self._pieces(*arguments)]
        return b"".join(pieces).decode(errors="replace")

    async def _pieces(self, *arguments: str) -> AsyncIterator[bytes]:
        variables = {
            "RESTIC_REPOSITORY": str(self.repository),
            "RESTIC_PASSWORD_FILE": str(self.password_path),
        }
        programs = Programs(self.folder, self.path, variables)
        try:
            async for piece in programs.pieces("restic", *arguments, *LOCAL):
                yield piece
        except ProgramFailed as err:
            text = str(err)
            is_other = any(one in text.lower() for one in NOT_THE_DATA)
            raise (PreconditionFailed(text) if is_other else NotRestorable(text)) from err


def _file(line: bytes) -> File | None:
    """Return the file in a line of a list, None for a folder and for what no pattern names."""
    row = _read(Entry, line.decode(errors="replace")) if line.strip() else Entry()
    if row.type != "file" or not row.path.startswith("/") or PATTERN & set(row.path):
        return None
    return File(row.path, row.size)


def _read[T](kind: type[T], text: str) -> T:
    """Return what restic answered. Raises ServiceMalformed."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as err:
        raise ServiceMalformed(t"The answer of restic is not understood.") from err


def _within(sample: Sequence[File]) -> Sequence[File]:
    """Return the files that are not too large together, the small ones first."""
    found, total = list[File](), 0
    for one in sorted(sample, key=lambda each: each.size):
        total += one.size
        if total <= MOST_BYTES:
            found.append(one)
    return found


def _restored(target: Path, one: File) -> Path:
    return target / one.path.removeprefix("/")


def _check_sizes(target: Path, sample: Sequence[File]) -> None:
    """Raise NotRestorable unless each file is there with its size."""
    for one in sample:
        path = _restored(target, one)
        if not path.is_file() or path.stat().st_size != one.size:
            raise NotRestorable(t"The file {one.path} was not restored.")
