"""What GitHub, Gitea and Forgejo answer alike: repositories, pull requests, checks, workflow runs."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.changes import WayBack

from ...sdk.answers import Busy, Item, NotKnown, Time, certain, known, worded
from ...sdk.description import Newer, PullRequestOffer
from ...sdk.display import Text, brief
from ...sdk.readings import Unknown
from .template_folder import FolderRead

BAD: Final = (
    "failure",
    "timed_out",
    "startup_failure",
    "error",
    "cancelled",
    "action_required",
    "stale",
)
RUNNING: Final = (
    "queued",
    "in_progress",
    "waiting",
    "requested",
    "pending",
    "running",
    "blocked",
    "expected",
)
PASSED: Final = ("success", "neutral", "skipped")
FAILED_RUN: Final = ("failure", "timed_out", "startup_failure", "error")
CHECKS: Final = ("passed", "failed", "running", "none")
NOT_READ: Final = Unknown("Only the newest pull requests are read in full")


class Permissions(Item, rename=None):
    """What the account of the token may do in a repository."""

    push: bool | None = None


class Info(Item, rename=None):
    """One repository. How pull requests may be merged is None when it is not said."""

    id: int
    full_name: str
    default_branch: str
    html_url: str = ""
    clone_url: str = ""
    ssh_url: str = ""
    permissions: Permissions = Permissions()
    allow_merge_commit: bool | None = None
    allow_merge_commits: bool | None = None
    allow_squash_merge: bool | None = None
    allow_rebase_merge: bool | None = None
    allow_rebase: bool | None = None

    def allows(self, method: str) -> bool:
        """Return whether pull requests may be merged by a method, also when that is not said."""
        said = {
            "merge": (self.allow_merge_commit, self.allow_merge_commits),
            "squash": (self.allow_squash_merge,),
            "rebase": (self.allow_rebase_merge, self.allow_rebase),
        }
        return False not in said[method]


class Account(Item, rename=None):
    """Who opened a pull request."""

    login: str = ""
    type: str = ""


class Named(Item, rename=None):
    """A repository by its name."""

    full_name: str = ""


class Ref(Item, rename=None):
    """A branch and its newest commit; the repository of a fork may be gone."""

    sha: str | None = None
    ref: str = ""
    repo: Named | None = None


class Label(Item, rename=None):
    """A label of a pull request."""

    name: str = ""


class Pull(Item, rename=None):
    """One pull request. Only the answer about a single one has whether it can be merged."""

    number: int
    title: str = ""
    draft: bool = False
    state: str | None = None
    user: Account = Account()
    head: Ref = Ref()
    base: Ref = Ref()
    body: str = ""
    labels: tuple[Label, ...] = ()
    html_url: str = ""
    node_id: str = ""
    created_at: Time | None = None
    mergeable: bool | None = None
    mergeable_state: str = ""
    merged: bool | None = None
    merge_commit_sha: str | None = None

    def __str__(self) -> str:
        draft = " (draft)" if self.draft else ""
        return f"#{self.number} {brief(self.title, 100)}{draft} by {self.user.login or 'not known'}"

    def refusal(self, sha: str) -> Text | None:
        """Return why it must not be merged now with ``sha`` as its newest commit, checks left aside."""
        reasons: tuple[tuple[bool, Text], ...] = (
            (bool(self.merged), t"#{self.number} is merged already"),
            (self.state == "closed", t"#{self.number} is closed"),
            (self.state != "open", t"The state of #{self.number} is not known"),
            (self.head.sha != sha, t"#{self.number} has another commit than the one that was offered"),
            (self.draft, t"#{self.number} is a draft"),
            (self.mergeable is None, t"Whether #{self.number} has a conflict is not known so far"),
            (not self.mergeable, t"#{self.number} has a conflict with {self.base.ref}"),
        )
        return next((text for is_so, text in reasons if is_so), None)

    @property
    def is_merged(self) -> bool:
        """Whether it is merged. Raises NotKnown."""
        return known(self.merged)

    @property
    def commit(self) -> str:
        """The commit by which it is in its base branch. Raises NotKnown."""
        if not self.is_merged:
            raise NotKnown(t"#{self.number} is not merged")
        return known(self.merge_commit_sha)


class ChangedFile(Item, rename=None):
    """One file of a pull request."""

    filename: str
    status: str = ""
    previous_filename: str = ""
    patch: str = ""
    additions: int = 0
    deletions: int = 0

    @property
    def is_renamed(self) -> bool:
        """Whether it had another name before."""
        return bool(self.previous_filename) and self.previous_filename != self.filename


class Run(Item, rename=None):
    """One run of a workflow, or one job of it. Gitea has its result in ``status``."""

    id: int
    name: str
    workflow_id: str | int | None = None
    head_branch: str | None = None
    status: str | None = None
    conclusion: str | None = None
    created_at: Time | None = None

    @property
    def result(self) -> str:
        """How it ended, or that it runs. Raises NotKnown."""
        result = known(self.conclusion or self.status)
        if result == "completed":
            raise NotKnown(t"{self.name}: it is not reported how it ended")
        return result

    def __str__(self) -> str:
        at = f"{self.created_at:%Y-%m-%d %H:%M} UTC" if self.created_at else "time not known"
        branch = brief(self.head_branch or "?", 60)
        return f"{brief(self.name, 100)} on {branch}, {at}: {worded(lambda: self.result)}"


@dataclass(frozen=True, slots=True)
class CheckOfCommit:
    """One check of a commit. ``result`` is None when it is not reported."""

    name: str
    result: str | None

    def __str__(self) -> str:
        return f"{brief(self.name, 80)}: {self.result or 'not known'}"


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a commit. ``required`` are patterns of names, None when they cannot be read.

    ``missing`` is how many more checks there are than were listed.
    """

    found: Sequence[CheckOfCommit]
    required: Sequence[str] | None
    missing: int = 0

    @property
    def verdict(self) -> str:
        """What the required checks say, or all of them when it is not known which are required.

        Raises NotKnown.
        """
        relevant = [one for one in self.found if self.is_required(one)]
        failed = [one.name for one in relevant if one.result in BAD]
        if failed:
            return "failed"
        if self.missing:
            raise NotKnown(t"{self.missing} checks are not listed")
        for pattern in self.required or ():
            if not any(fnmatch.fnmatchcase(one.name, pattern) for one in self.found):
                raise NotKnown(t"The required check {pattern} has not reported")
        if any(one.result in RUNNING for one in relevant):
            return "running"
        strange = [one.name for one in relevant if one.result not in PASSED]
        if strange:
            raise NotKnown(t"The result of {', '.join(strange)} is not known")
        return "passed" if relevant else "none"

    def is_required(self, check: CheckOfCommit) -> bool:
        """Return whether a check must pass; each must when it is not known which."""
        return self.required is None or any(fnmatch.fnmatchcase(check.name, one) for one in self.required)

    def refusal(self) -> Text | None:
        """Return why a pull request with these checks must not be merged now."""
        try:
            verdict = self.verdict
        except NotKnown as err:
            return t"Whether its checks passed is not known: {str(err)}"
        bad = BAD if verdict == "failed" else RUNNING
        names = ", ".join(
            brief(one.name, 60) for one in self.found if self.is_required(one) and one.result in bad
        )
        if verdict == "failed":
            return t"A check failed: {names}"
        return t"A check is still running: {names}" if verdict == "running" else None

    def __str__(self) -> str:
        counts = (
            (sum(one.result in BAD for one in self.found), "failed"),
            (sum(one.result in RUNNING for one in self.found), "running"),
            (
                self.missing + sum(one.result not in (*BAD, *RUNNING, *PASSED) for one in self.found),
                "not known",
            ),
        )
        words = [f"{number} {what}" for number, what in counts if number]
        return ", ".join(words) or ("passed" if self.found else "there are none")


@dataclass(frozen=True, slots=True)
class OpenPull:
    """One open pull request with what was read of it. ``pull`` is from the list of its repository.

    ``addresses`` are addresses of the repository that the server does not report.
    """

    info: Info
    pull: Pull
    addresses: tuple[str, ...] = ()
    checks: Checks | Unknown = NOT_READ
    detail: Pull | Unknown = NOT_READ
    files: tuple[str, ...] | Unknown = NOT_READ

    @property
    def id(self) -> str:
        """The number of its repository, which never changes, and its own."""
        return f"{self.info.id}#{self.pull.number}"

    @property
    def title(self) -> str:
        """The name of its repository, and its number."""
        return f"{self.info.full_name}#{self.pull.number}"

    def verdict(self) -> str:
        """Return what the required checks say. Raises NotKnown."""
        return known(self.checks).verdict

    def mergeable(self) -> bool:
        """Return whether it fits its base branch without a conflict. Raises NotKnown, Busy."""
        found = known(self.detail).mergeable
        if found is None:
            raise Busy(t"It is being compared with its base branch")
        return found

    def newer(self) -> Newer:
        """Return what it offers. Raises NotKnown when its newest commit is not known."""
        named = (self.info.html_url, self.info.clone_url, self.info.ssh_url, *self.addresses)
        offer = PullRequestOffer(
            author=self.pull.user.login,
            is_bot=self.pull.user.type == "Bot",
            branch=self.pull.head.ref,
            base=self.pull.base.ref,
            is_default_base=self.pull.base.ref == self.info.default_branch,
            files=None if isinstance(self.files, Unknown) else self.files,
            labels=tuple(one.name for one in self.pull.labels),
            repositories=tuple(filter(None, named)),
            is_draft=self.pull.draft,
            is_fork=self.pull.head.repo is None or self.pull.head.repo.full_name != self.info.full_name,
        )
        return Newer(
            version=f"#{self.pull.number}",
            revision=known(self.pull.head.sha),
            title=self.pull.title,
            notes=self.pull.body,
            url=self.pull.html_url or None,
            repository=self.info.html_url or None,
            published_at=self.pull.created_at,
            way_back=WayBack.REVERT,
            way_back_text=t"Another pull request reverts it. Data that the app has migrated stays as it is.",
            pull_request=offer,
        )


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository with what was read of it; a reason stands for what could not be read."""

    info: Info
    pulls: Sequence[Pull] | None
    runs: Sequence[Run]
    missing: str | None
    open: Sequence[OpenPull] = field(default=())

    @property
    def pull_count(self) -> int:
        """How many pull requests are open. Raises NotKnown."""
        return len(known(self.pulls))

    def failing(self) -> list[Run]:
        """Return the newest finished run of each workflow of the default branch that failed.

        Raises NotKnown when none did and not all could be read.
        """
        newest: dict[tuple[object, str], Run] = {}
        for one in sorted(self.runs, key=lambda one: one.id):
            if known(one.head_branch) == self.info.default_branch and one.result not in RUNNING:
                newest[one.workflow_id, one.name] = one
        found = [one for one in newest.values() if one.result in FAILED_RUN]
        certain(len(found), self.missing)
        return found

    def problem(self) -> Text | None:
        """Return which workflows fail. Raises NotKnown."""
        names = ", ".join(sorted({brief(one.name, 60) for one in self.failing()}))
        return t"Failed on {self.info.default_branch}: {names}" if names else None


@dataclass(frozen=True, slots=True)
class ForgeState:
    """What one poll reads."""

    version: str
    repositories: Sequence[Repository]
    templates: FolderRead

    def pulls(self) -> list[OpenPull]:
        """Return the open pull requests of all repositories. Raises NotKnown when a list is missing."""
        return [pull for one in self.repositories if one.pulls is not None for pull in one.open]

    def may_write(self) -> bool:
        """Return whether the token's account may write to any repository. Raises NotKnown."""
        found = [one.info.permissions.push for one in self.repositories]
        if True not in found and None in found:
            raise NotKnown(t"The server does not say what the token may do")
        return True in found
