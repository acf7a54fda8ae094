"""The folder of own runbooks: reads sources, checks changes, and puts them into use without a restart."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.records import RunbookSource

from ..errors import InvalidArgument, StewardError
from ..sdk.description import AnyService
from ..texts import translate
from ..whole_file import write_whole
from .library import WrongRunbook, check, parse
from .model import Runbook

LONGEST: Final = 100_000
"""The most characters of a runbook."""

DRAFTS: Final = "drafts"
"""The folder of the own folder with runbooks that are not used: an owner is asked about each."""


class NotSaved(StewardError):
    """A runbook is right, but its file cannot be written."""


class OwnRunbooks:
    """The files of runbooks; those of the own folder can be changed."""

    def __init__(
        self,
        folders: Sequence[Path],
        own: Path | None,
        library: MutableMapping[str, Runbook],
        services: Mapping[str, AnyService],
        changed: Callable[[Runbook], None],
    ) -> None:
        """``folders`` are all folders, those that take precedence last. ``own`` is None without own ones.

        ``library`` has the runbooks in use by id. ``changed`` gets each runbook that was saved.
        """
        self._folders = tuple(folders)
        self._own = own
        self._library = library
        self._services = services
        self._changed = changed
        self._saving = asyncio.Lock()

    @property
    def are_possible(self) -> bool:
        """Whether runbooks can be saved."""
        return self._own is not None

    async def source(self, runbook_id: str) -> RunbookSource:
        """Return the file of a runbook in use. Raises ContractError NOT_FOUND."""
        path = await asyncio.to_thread(_find, self._folders, runbook_id)
        if path is None or runbook_id not in self._library:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such runbook."))
        text = await asyncio.to_thread(path.read_text, "utf-8")
        return RunbookSource(id=runbook_id, source=text, is_own=path.parent == self._own)

    async def own_sources(self) -> Mapping[str, str]:
        """Return the text of each own runbook in use, by id."""
        if self._own is None:
            return {}
        texts = await asyncio.to_thread(_texts, self._own)
        return {key: text for key, text in texts.items() if key in self._library}

    def checked(self, source: str) -> Runbook:
        """Return the runbook in a text. Raises InvalidArgument with the mistake."""
        if len(source) > LONGEST:
            raise InvalidArgument("source", f"must have at most {LONGEST} characters")
        try:
            runbook = parse("runbook", source)
            check("runbook", runbook, self._services)
        except WrongRunbook as err:
            raise InvalidArgument("source", str(err).removeprefix("runbook: ")) from err
        before = self._library.get(runbook.id)
        if before is not None and before != runbook and runbook.version <= before.version:
            # Results are counted by version: another content must not inherit them.
            raise InvalidArgument("source", f"version must be {before.version + 1} or more")
        return runbook

    async def save(self, source: str) -> Runbook:
        """Check a runbook, write its file, and use it from now on. Raises InvalidArgument and NotSaved."""
        if self._own is None:
            raise InvalidArgument("source", "the setting runbooks_dir is needed to save runbooks")
        async with self._saving:
            runbook = self.checked(source)
            path = await asyncio.to_thread(_find, (self._own,), runbook.id)
            try:
                await asyncio.to_thread(write_whole, path or self._own / f"{runbook.id}.md", source)
            except OSError as err:
                raise NotSaved(f"The file cannot be written: {err.strerror or type(err).__name__}") from err
            self._library[runbook.id] = runbook
            self._changed(runbook)
            return runbook

    async def save_draft(self, runbook_id: str, source: str) -> None:
        """Write the file of a runbook that is not used yet. Raises NotSaved."""
        await self._change_draft(runbook_id, lambda path: write_whole(path, source))

    async def remove_draft(self, runbook_id: str) -> None:
        """Remove the file of a runbook that was not used. Raises NotSaved."""
        await self._change_draft(runbook_id, lambda path: path.unlink(missing_ok=True))

    async def _change_draft(self, runbook_id: str, change: Callable[[Path], None]) -> None:
        if self._own is None:
            raise NotSaved("the setting runbooks_dir is needed to save runbooks")
        folder = self._own / DRAFTS

        def work() -> None:
            folder.mkdir(exist_ok=True)
            change(folder / f"{runbook_id}.md")

        try:
            await asyncio.to_thread(work)
        except OSError as err:
            raise NotSaved(f"The file cannot be written: {err.strerror or type(err).__name__}") from err


def _texts(folder: Path) -> dict[str, str]:
    """Return the texts of the runbooks in a folder by id."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")):
        with contextlib.suppress(OSError, ValueError, WrongRunbook):
            text = path.read_text(encoding="utf-8")
            found[parse(path.name, text).id] = text
    return found


def _find(folders: Sequence[Path], runbook_id: str) -> Path | None:
    """Return the file with this runbook, of the last folder that has one."""
    for folder in reversed(folders):
        for path in sorted(folder.glob("*.md")):
            with contextlib.suppress(OSError, ValueError, WrongRunbook):
                if parse(path.name, path.read_text(encoding="utf-8")).id == runbook_id:
                    return path
    return None
