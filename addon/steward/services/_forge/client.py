"""The client of a forge: what it reads in a poll, and what actions need."""

import asyncio
import re
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from homelab_steward.contract.base import Value

from ...errors import (
    InvalidSetting,
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceNotFound,
)
from ...sdk.answers import Item, Unknown
from ...sdk.client import Authentication, Rest
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import choice_field, text_field
from .models import (
    ChangedFile,
    CheckOfCommit,
    Checks,
    ForgeState,
    Info,
    OpenPull,
    Pull,
    Repository,
    Run,
)
from .template_folder import TemplateFolder
from .templates import TemplateFile

MOST_REPOSITORIES: Final = 30
MOST: Final = 50
"""Pull requests, files and runs that are read at once: what every server allows for one page."""

READ_IN_FULL: Final = 20
"""Pull requests of all repositories whose checks and files are read: servers limit requests by the hour."""

PULLS: Final = "pull_requests"
"""The part of a poll whose gap means that pull requests may be missing."""

AT_ONCE: Final = 8
"""Repositories and pull requests that are read at the same time: servers limit that too."""

FILE_MODE: Final = "100644"
REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")
COMMIT: Final = re.compile(r"\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
REPOSITORIES: Final = text_field(
    "repositories", "Repositories", "The repositories to watch: owner/name, separated by commas"
)
METHODS: Final = ("merge", "squash", "rebase")
METHOD: Final = choice_field(
    "merge_method", "Merge method", "How pull requests are merged", choices=METHODS, default="merge"
)


class Comparison(Item, rename=None):
    """How many commits one commit has that another lacks."""

    total_commits: int


class BranchCommit(Item, rename=None):
    """The newest commit of a branch: GitHub has its hash in ``sha``, Gitea in ``id``."""

    sha: str = ""
    id: str = ""


class Branch(Item, rename=None):
    """One branch."""

    commit: BranchCommit


class Content(Item, rename=None):
    """A file at one commit; ``content`` is base64, and None for what is no ordinary file."""

    sha: str
    content: str | None = None


class TreeItem(Item, rename=None):
    """One file or folder at a commit; the mode tells an ordinary file from a link."""

    path: str
    mode: str = ""


class Tree(Item, rename=None):
    """Everything at a commit, unless it is cut off."""

    tree: tuple[TreeItem, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class TextFile:
    """An ordinary file at a branch; ``replaces`` is its hash."""

    content: str
    replaces: str


class Opened(Item, rename=None):
    """A pull request that was opened."""

    number: int


class ForgeClient(Rest, ABC):
    """One server. ``runs`` is the path of a repository's runs, ``page_size`` the parameter for it.

    ``compares`` is for how long the server may compare a pull request with its base (seconds), and
    says in the meantime that it does not know whether there is a conflict.
    """

    runs: ClassVar[str]
    page_size: ClassVar[str]
    compares: ClassVar[float]

    def __init__(self, access: Access, *, auth: Authentication, base: str, headers: dict[str, str]) -> None:
        """Raises InvalidSetting for repositories that are none."""
        super().__init__(access, auth=auth, base=base, headers=headers)
        self.names = access.names(REPOSITORIES.key)
        wrong = [one for one in self.names if not REPOSITORY.fullmatch(one)]
        if wrong or not 0 < len(self.names) <= MOST_REPOSITORIES:
            reason = (
                f"{wrong[0]} is not owner/name" if wrong else f"names none, or more than {MOST_REPOSITORIES}"
            )
            raise InvalidSetting(REPOSITORIES.key, reason)
        self.templates = TemplateFolder(access.templates)
        self.method = str(access.settings.get(METHOD.key) or METHOD.default)
        if self.method not in METHODS:
            raise InvalidSetting(METHOD.key, f"is none of {', '.join(METHODS)}")
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._files: dict[tuple[str, int, str | None], tuple[str, ...]] = {}

    @abstractmethod
    async def version(self) -> str:
        """Return the version of the server or of its API. Raises ServiceError."""

    @abstractmethod
    async def checks_of(self, path: str, sha: str, gaps: Gaps) -> tuple[Sequence[CheckOfCommit], int]:
        """Return the checks of a commit, and how many more there are. Raises ServiceError."""

    @abstractmethod
    async def required(self, path: str, branch: str) -> Sequence[str]:
        """Return the names of the checks that must pass before a merge, as patterns. Raises ServiceError."""

    @abstractmethod
    async def merge(self, path: str, number: int, sha: str) -> None:
        """Merge a pull request whose newest commit is ``sha``. Raises as Rest.send does."""

    @abstractmethod
    async def open_revert(self, path: str, pull: Pull, texts: RevertTexts, before: Value) -> int:
        """Open a pull request that reverts a merged one, and return its number.

        ``before`` is the commit of the base branch before the merge. Raises as Rest.send does, and
        PreconditionFailed when it cannot be reverted.
        """

    @abstractmethod
    async def commit_files(
        self, path: str, base: str, branch: str, message: str, files: Sequence[TemplateFile]
    ) -> str:
        """Make a branch of another one with a commit that adds or replaces files, and return the commit.

        Raises as Rest.send does, also ServiceRefused when the branch exists, or a file that is replaced is
        another one by now.
        """

    @abstractmethod
    async def delete_branch(self, path: str, branch: str) -> None:
        """Delete a branch. Raises as Rest.send does."""

    @abstractmethod
    async def diff(self, path: str, number: int) -> list[str]:
        """Return the lines of what a pull request changes. Raises ServiceError."""

    def addresses(self, path: str) -> tuple[str, ...]:  # noqa: ARG002
        """Return addresses of a repository besides those that the server reports. By default none."""
        return ()

    async def commit_of(self, path: str, branch: str) -> str | None:
        """Return the newest commit of a branch, None when there is no such branch. Raises ServiceError."""
        try:
            commit = (await self.one(Branch, f"repos/{path}/branches/{branch}")).commit
        except ServiceNotFound:
            return None
        if not (commit.sha or commit.id):
            raise ServiceMalformed(t"The newest commit of {branch} is not reported")
        return commit.sha or commit.id

    async def content(self, path: str, name: str, ref: str) -> str | None:
        """Return the text of a file at a branch or commit, None when there is none. Raises ServiceError."""
        try:
            found = await self.one(Content, f"repos/{path}/contents/{name}", ref=ref)
        except ServiceNotFound:
            return None
        return b64decode(found.content or "").decode(errors="replace")

    async def file(self, path: str, name: str, ref: str) -> TextFile | None:
        """Return a file at a branch or commit, None when it is no text. Raises ServiceError."""
        found = await self.one(Content, f"repos/{path}/contents/{name}", ref=ref)
        try:
            return None if found.content is None else TextFile(b64decode(found.content).decode(), found.sha)
        except ValueError:
            return None

    async def tree(self, path: str, ref: str) -> Sequence[str]:
        """Return the ordinary files at a branch by their paths. Raises ServiceError."""
        found = await self.one(Tree, f"repos/{path}/git/trees/{ref}", recursive="true")
        if found.truncated:
            raise PreconditionFailed(t"{path} has too many files to look for those that are meant")
        return [one.path for one in found.tree if one.mode == FILE_MODE]

    async def open_pull(self, path: str, branch: str, base: str, title: str, body: str) -> int:
        """Open a pull request, and return its number. Raises as Rest.send does."""
        request = {"head": branch, "base": base, "title": title, "body": body}
        return (await self.sent(Opened, "POST", f"repos/{path}/pulls", request)).number

    async def pulls_of(self, path: str, gaps: Gaps) -> Sequence[Pull]:
        """Return the open pull requests of a repository."""
        query: dict[str, str | int] = {"state": "open", self.page_size: MOST}
        return await self.many(Pull, f"repos/{path}/pulls", gaps, below="", **query)

    async def runs_of(self, path: str, gaps: Gaps) -> Sequence[Run]:
        """Return the newest runs of a repository."""
        query = {self.page_size: MOST}
        return await self.many(Run, f"repos/{path}/{self.runs}", gaps, below="workflow_runs", **query)

    async def pull(self, call: Call) -> Pull:
        """Return the target. Raises PreconditionFailed when it is gone."""
        path, number = place_of(call)
        return await self.pull_number(path, number)

    async def pull_number(self, path: str, number: int) -> Pull:
        """Return one pull request. Raises PreconditionFailed when it is gone."""
        try:
            return await self.one(Pull, f"repos/{path}/pulls/{number}")
        except ServiceNotFound as err:
            raise PreconditionFailed(t"There is no {path}#{number} any more") from err

    async def files(self, path: str, number: int) -> tuple[ChangedFile, ...]:
        """Return the files that a pull request changes. Raises PreconditionFailed for more than 50."""
        query = {self.page_size: MOST}
        part = f"repos/{path}/pulls/{number}/files"
        found = await self.whole(ChangedFile, part, below="", **query)
        if len(found) >= MOST:
            raise PreconditionFailed(t"It changes {MOST} files or more")
        return found

    async def checks(self, path: str, pull: Pull, gaps: Gaps) -> Checks:
        """Return the checks of a pull request. Raises ServiceError."""
        if pull.head.sha is None or not pull.base.ref:
            raise ServiceMalformed(t"The newest commit of #{pull.number} or its branch is not reported")
        found, missing = await self.checks_of(path, pull.head.sha, gaps)
        try:
            required = await self.required(path, pull.base.ref)
        except ServiceForbidden, ServiceNotFound:
            required = None  # the token may not see the rules: then all checks count
        return Checks(found, required, missing)

    async def contains(self, path: str, commit: str, seen: str) -> bool:
        """Return whether a text names a commit that has ``commit`` in its history. Raises ServiceError."""
        named = COMMIT.findall(seen)
        if commit in named:
            return True
        for one in named:
            try:
                found = await self.one(Comparison, f"repos/{path}/compare/{one}...{commit}")
            except ServiceNotFound:
                continue  # it is a commit of another repository
            if found.total_commits == 0:
                return True
        return False

    async def repository(self, path: str, gaps: Gaps) -> Repository | ServiceError:
        """Return one repository, or why there is none; what cannot be read of it is a gap."""
        mine = Gaps()
        try:
            info = await self.one(Info, f"repos/{path}")
        except ServiceError as err:
            gaps.add(path, str(err))
            gaps.add(PULLS, f"{path}: {err}")
            return err
        pulls, runs = await asyncio.gather(
            self.pulls_of(path, mine), self.runs_of(path, mine), return_exceptions=True
        )
        for key, found in (("pulls", pulls), (self.runs, runs)):
            if isinstance(found, ServiceError):
                mine.add(f"repos/{path}/{key}", str(found))
            elif isinstance(found, BaseException):
                raise found
        for gap in mine.coverage.gaps:
            gaps.add(gap.part, gap.reason)
        listed = None if isinstance(pulls, BaseException) else pulls
        if (reason := mine.of(f"repos/{path}/pulls")) is not None:
            gaps.add(PULLS, reason)
        elif listed is not None and len(listed) >= MOST:
            gaps.add(PULLS, t"{path} has {MOST} pull requests or more: only the newest are read")
        return Repository(
            info=info,
            pulls=listed,
            runs=() if isinstance(runs, BaseException) else runs,
            missing=mine.of(f"repos/{path}/{self.runs}"),
            open=[OpenPull(info, one, self.addresses(path)) for one in listed or ()],
        )

    async def poll(self, gaps: Gaps) -> ForgeState:
        """Return the state. Raises ServiceError, also when no repository can be read."""
        version = await self.version()
        found = await asyncio.gather(*(self._in_turn(self.repository(one, gaps)) for one in self.names))
        repositories = [one for one in found if isinstance(one, Repository)]
        if not repositories:
            raise next(one for one in found if isinstance(one, ServiceError))
        newest = [one for repository in repositories for one in repository.open][:READ_IN_FULL]
        read = await asyncio.gather(*(self._in_turn(self._in_full(one, gaps)) for one in newest))
        self._files = {
            (one.info.full_name, one.pull.number, one.pull.head.sha): one.files
            for one in read
            if isinstance(one.files, tuple)
        }
        full = {one.id: one for one in read}
        return ForgeState(
            version,
            [replace(one, open=[full.get(pull.id, pull) for pull in one.open]) for one in repositories],
            await self.templates.read(),
        )

    async def _in_turn[T](self, reading: Awaitable[T]) -> T:
        async with self._turns:
            return await reading

    async def _in_full(self, one: OpenPull, gaps: Gaps) -> OpenPull:
        """Return a pull request with what is read of it alone; what cannot be read is unknown, and a gap."""
        path, number = one.info.full_name, one.pull.number
        detail, checks, files = await asyncio.gather(
            self._or_unknown(self.pull_number(path, number), gaps),
            self._or_unknown(self.checks(path, one.pull, gaps), gaps),
            self._or_unknown(self._names(path, one.pull), gaps),
        )
        return replace(one, detail=detail, checks=checks, files=files)

    async def _or_unknown[T](self, reading: Awaitable[T], gaps: Gaps) -> T | Unknown:
        try:
            return await reading
        except PreconditionFailed as err:
            return Unknown(str(err))
        except ServiceError as err:
            gaps.add("details of pull requests", str(err))
            return Unknown(str(err))

    async def _names(self, path: str, pull: Pull) -> tuple[str, ...]:
        """Return the names that the files of a pull request have and had, once for each newest commit."""
        known = self._files.get((path, pull.number, pull.head.sha))
        if known is not None:
            return known
        files = await self.files(path, pull.number)
        return tuple(
            dict.fromkeys(name for one in files for name in (one.filename, one.previous_filename) if name)
        )


@dataclass(frozen=True, slots=True)
class RevertTexts:
    """Title and body of a pull request that reverts another; by them it is found again."""

    title: str
    body: str

    @classmethod
    def of(cls, path: str, pull: Pull) -> RevertTexts:
        """Return the texts for a pull request. They are English, as most of a repository is."""
        return cls(f"Revert #{pull.number}: {pull.title}", f"Reverts {path}#{pull.number}")


def place_of(call: Call) -> tuple[str, int]:
    """Return the repository of a pull request, and its number."""
    path, _, number = call.target.name.rpartition("#")
    return path, int(number)
