"""What GitHub, Gitea and Forgejo share: repositories with their pull requests and workflow runs."""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from homelab_steward.contract.catalogue import Field

from ...errors import InvalidSetting, ServiceError
from ...sdk.answers import Item, NotKnown, Time, certain, known, worded
from ...sdk.client import Authentication, Rest
from ...sdk.description import DELIVERY, Access, Call, Gaps, ResourceKind, Sensor, Service, Versions
from ...sdk.display import Lines, Text, brief, count, flag, list_tool, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, text_field

MOST_REPOSITORIES: Final = 30
MOST: Final = 50
"""Pull requests and runs that are read of each repository: what every server allows for one page."""

CHECKED: Final = 10
"""Pull requests whose checks are read."""

BAD: Final = ("failure", "timed_out", "startup_failure", "error")
RUNNING: Final = ("queued", "in_progress", "waiting", "requested", "pending", "running", "blocked")
REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")
REPOSITORIES: Final = text_field(
    "repositories", "Repositories", "The repositories to watch: owner/name, separated by commas"
)


class Info(Item, rename=None):
    """One repository."""

    id: int
    full_name: str
    default_branch: str


class Account(Item, rename=None):
    """Who opened a pull request."""

    login: str = ""


class Head(Item, rename=None):
    """The newest commit of a pull request."""

    sha: str | None = None


class Pull(Item, rename=None):
    """One open pull request."""

    number: int
    title: str = ""
    draft: bool = False
    user: Account = Account()
    head: Head = Head()

    def __str__(self) -> str:
        draft = " (draft)" if self.draft else ""
        return f"#{self.number} {brief(self.title, 100)}{draft} by {self.user.login or 'not known'}"


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
class Repository:
    """One repository with what was read of it; a reason stands for what could not be read."""

    info: Info
    pulls: Sequence[Pull] | None
    runs: Sequence[Run]
    missing: str | None

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
        found = [one for one in newest.values() if one.result in BAD]
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


class ForgeClient(Rest, ABC):
    """One server. ``runs`` is the path of a repository's runs, ``page_size`` the parameter for it."""

    runs: ClassVar[str]
    page_size: ClassVar[str]

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

    @abstractmethod
    async def version(self) -> str:
        """Return the version of the server or of its API. Raises ServiceError."""

    @abstractmethod
    async def checks(self, path: str, sha: str) -> str:
        """Return what the checks of a commit say."""

    async def pulls_of(self, path: str, gaps: Gaps) -> Sequence[Pull]:
        """Return the open pull requests of a repository."""
        query: dict[str, str | int] = {"state": "open", self.page_size: MOST}
        return await self.many(Pull, f"repos/{path}/pulls", gaps, below="", **query)

    async def runs_of(self, path: str, gaps: Gaps) -> Sequence[Run]:
        """Return the newest runs of a repository."""
        query = {self.page_size: MOST}
        return await self.many(Run, f"repos/{path}/{self.runs}", gaps, below="workflow_runs", **query)

    async def repository(self, path: str, gaps: Gaps) -> Repository | ServiceError:
        """Return one repository, or why there is none; what cannot be read of it is a gap."""
        mine = Gaps()
        try:
            info = await self.one(Info, f"repos/{path}")
        except ServiceError as err:
            gaps.add(path, str(err))
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
        return Repository(
            info=info,
            pulls=None if isinstance(pulls, BaseException) else pulls,
            runs=() if isinstance(runs, BaseException) else runs,
            missing=mine.of(f"repos/{path}/{self.runs}"),
        )

    async def poll(self, gaps: Gaps) -> ForgeState:
        """Return the state. Raises ServiceError, also when no repository can be read."""
        version = await self.version()
        found = await asyncio.gather(*(self.repository(one, gaps) for one in self.names))
        repositories = tuple(one for one in found if isinstance(one, Repository))
        if not repositories:
            raise next(one for one in found if isinstance(one, ServiceError))
        return ForgeState(version, repositories)


@list_tool(
    "pull_requests", "Pull requests", "The open pull requests, and what their checks say.", scope="repository"
)
async def _pulls(client: ForgeClient, gaps: Gaps, call: Call) -> Lines:
    path = call.target.name
    pulls = await client.pulls_of(path, gaps)

    async def shown(one: Pull) -> str:
        if one.head.sha is None:
            return f"{one}: checks not known"
        try:
            return f"{one}: checks {await client.checks(path, one.head.sha)}"
        except ServiceError as err:
            gaps.add(f"checks of #{one.number}", str(err))
            return f"{one}: checks not known"

    first = await asyncio.gather(*map(shown, pulls[:CHECKED]))
    return Lines([*first, *map(str, pulls[CHECKED:])], len(pulls))


@list_tool(
    "workflow_runs",
    "Workflow runs",
    "The newest runs of the workflows, those that failed first.",
    scope="repository",
    capability="status",
)
async def _runs(client: ForgeClient, gaps: Gaps, call: Call) -> list[str]:
    found = await client.runs_of(call.target.name, gaps)
    return [str(one) for one in worst_first(found, lambda one: one.result in BAD)]


def forge(
    *,
    key: str,
    name: str,
    icon: str,
    settings: tuple[Field, ...],
    connect: Callable[[Access], ForgeClient],
    understood: Versions,
    sensors: tuple[Sensor[ForgeState], ...] = (),
) -> Service[ForgeClient, ForgeState]:
    """Return the description of one server."""
    return Service[ForgeClient, ForgeState](
        key=key,
        name=name,
        category=DELIVERY,
        icon=icon,
        settings=(*settings, REPOSITORIES, *TLS_SETTINGS),
        connect=connect,
        poll=ForgeClient.poll,
        interval=300.0,
        version=lambda state: state.version,
        sensors=(
            count(
                "pull_requests",
                "Pull requests",
                lambda state: sum(one.pull_count for one in state.repositories),
            ),
            count(
                "failing",
                "Failing workflows",
                lambda state: sum(len(one.failing()) for one in state.repositories),
            ),
            *sensors,
        ),
        resources=(
            ResourceKind[ForgeState, Repository](
                key="repository",
                name="Repository",
                items=lambda state: state.repositories,
                id=lambda one: str(one.info.id),
                title=lambda one: one.info.full_name,
                labels=lambda one: {"repository": one.info.full_name},
                sensors=(
                    count("pull_requests", "Pull requests", lambda one: one.pull_count, "mdi:source-pull"),
                    flag("failing", "Workflow failing", lambda one: one.problem() is not None, "problem"),
                ),
            ),
        ),
        checks=(warning("workflow_failing", "Workflow failing", Repository.problem, scope="repository"),),
        tools=(_pulls, _runs),
        understood=understood,
    )
