"""The client: checks, merges and reverts. Source: GitHub's OpenAPI and GraphQL descriptions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, override

from homelab_steward.contract.base import Value

from ...errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnreachable,
)
from ...sdk.answers import Item, at, parse
from ...sdk.client import Rest, bearer
from ...sdk.description import Access, Gaps
from ...sdk.display import plain
from ...sdk.fields import secret_field
from .._forge.client import ForgeClient, RevertTexts
from .._forge.models import CheckOfCommit, ForgeState, Pull
from .._forge.templates import TemplateFile

API: Final = "2022-11-28"
TOKEN: Final = secret_field(
    "token",
    "Access token",
    "A fine-grained token with read access to metadata, actions, checks, commit statuses, contents and pull "
    "requests. To merge, it needs write access to contents and pull requests.",
)
REVERT: Final = (
    "mutation($input: RevertPullRequestInput!){revertPullRequest(input: $input) {revertPullRequest {number}}}"
)


class CheckRun(Item, rename=None):
    """One check of a commit."""

    name: str
    status: str | None = None
    conclusion: str | None = None


class CommitStatus(Item, rename=None):
    """The result that another program reported for a commit."""

    context: str
    state: str | None = None


class RequiredCheck(Item, rename=None):
    """A check that a rule requires."""

    context: str


class Parameters(Item, rename=None):
    """What a rule demands."""

    required_status_checks: tuple[RequiredCheck, ...] | None = None


class Rule(Item, rename=None):
    """One rule of a branch."""

    type: str
    parameters: Parameters = Parameters()


class RequiredStatusChecks(Item, rename=None):
    """The checks that the protection of a branch requires."""

    contexts: tuple[str, ...]


class Protection(Item, rename=None):
    """The protection of a branch."""

    required_status_checks: RequiredStatusChecks | None = None


class Branch(Item, rename=None):
    """One branch."""

    protection: Protection


class Made(Item, rename=None):
    """A tree or a commit that was made."""

    sha: str


class MergeResult(Item, rename=None):
    """How a merge went."""

    merged: bool


class GraphqlError(Item, rename=None):
    """Why a mutation was not made."""

    message: str = ""


class GithubClient(ForgeClient):
    """GitHub, or a GitHub Enterprise Server."""

    runs = "actions/runs"
    page_size = "per_page"
    compares = 10.0

    def __init__(self, access: Access) -> None:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API}
        super().__init__(access, auth=bearer(TOKEN), base="", headers=headers)
        address = access.address
        above = address.parent if address.path.endswith("/v3") else address
        self._graphql = Rest(access, auth=bearer(TOKEN), url=above)
        self._limited_until: datetime | None = None

    @override
    def limited(self, status: int, headers: Mapping[str, str]) -> ServiceError | None:
        """Return that the limit of requests is reached, which GitHub says with 403 or 429."""
        if status not in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
            return None
        now, wait, reset = (
            self.clock.now(),
            headers.get("Retry-After", ""),
            headers.get("X-RateLimit-Reset", ""),
        )
        if wait.isdecimal():
            until = now.timestamp() + min(int(wait), 3600)
        elif headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
            until = min(int(reset), now.timestamp() + 3600)
        elif status == HTTPStatus.TOO_MANY_REQUESTS:
            until = now.timestamp() + 60
        else:
            return None
        self._limited_until = datetime.fromtimestamp(until, UTC)
        return self._limit()

    def _limit(self) -> ServiceUnreachable:
        return ServiceUnreachable(t"GitHub takes no more requests until {self._limited_until:%H:%M:%S} UTC")

    @override
    async def poll(self, gaps: Gaps) -> ForgeState:
        """Return the state. Raises ServiceError, also while GitHub takes no more requests."""
        if self._limited_until is not None and self.clock.now() < self._limited_until:
            raise self._limit()
        self._limited_until = None
        return await super().poll(gaps)

    @override
    async def version(self) -> str:
        """Return the version of the API: GitHub has none of its own. Reads the limit of requests."""
        await self.one(int, "rate_limit", below="resources.core.remaining")
        return API

    @override
    async def checks_of(self, path: str, sha: str, gaps: Gaps) -> tuple[Sequence[CheckOfCommit], int]:
        """Return checks and statuses: both may be required."""
        part = f"repos/{path}/commits/{sha}"
        page = await self.page(
            CheckRun, f"{part}/check-runs", gaps, below="check_runs", total="total_count", per_page=100
        )
        statuses = await self.many(CommitStatus, f"{part}/status", gaps, below="statuses", per_page=100)
        checks = [
            CheckOfCommit(one.name, one.conclusion or (one.status if one.status != "completed" else None))
            for one in page.items
        ]
        checks += [CheckOfCommit(one.context, one.state) for one in statuses]
        return checks, max(0, page.total - len(page.items))

    @override
    async def required(self, path: str, branch: str) -> Sequence[str]:
        """Return what the rules and the protection of a branch require."""
        rules = await self.whole(Rule, f"repos/{path}/rules/branches/{branch}", per_page=100)
        protection = (await self.one(Branch, f"repos/{path}/branches/{branch}")).protection
        found: list[str] = []
        for rule in rules:
            if rule.type == "required_status_checks":
                if rule.parameters.required_status_checks is None:
                    raise ServiceMalformed(t"The required checks of {branch} are not reported")
                found += [one.context for one in rule.parameters.required_status_checks]
        if protection.required_status_checks is not None:
            found += protection.required_status_checks.contexts
        return tuple(dict.fromkeys(found))

    @override
    async def merge(self, path: str, number: int, sha: str) -> None:
        body = {"sha": sha, "merge_method": self.method}
        done = await self.sent(MergeResult, "PUT", f"repos/{path}/pulls/{number}/merge", body)
        if not done.merged:
            raise EffectUnknown(t"GitHub took the merge of #{number} and does not say that it is merged")

    @override
    async def open_revert(self, path: str, pull: Pull, texts: RevertTexts, before: Value) -> int:
        given = {"pullRequestId": pull.node_id, "title": texts.title, "body": texts.body}
        body = {"query": REVERT, "variables": {"input": given}}
        answer = await self._graphql.send("POST", "graphql", body)
        errors = answer.get("errors") if isinstance(answer, dict) else None
        if errors:
            reasons = [plain(one.message) for one in parse(tuple[GraphqlError, ...], errors, "graphql")]
            raise ServiceRefused(t"GitHub does not revert #{pull.number}: {'; '.join(reasons)}")
        try:
            number = at(answer, "data.revertPullRequest.revertPullRequest.number")
            return parse(int, number, "graphql")
        except ServiceMalformed as err:
            raise EffectUnknown(str(err)) from err

    @override
    async def commit_files(
        self, path: str, base: str, branch: str, message: str, files: Sequence[TemplateFile]
    ) -> str:
        """Make tree, commit and branch; what has no branch is of no effect."""
        parent = await self.commit_of(path, base)
        if parent is None:
            raise PreconditionFailed(t"There is no branch {base}")
        for one in files:
            now = await self.file(path, one.path, parent) if one.replaces else None
            if one.replaces and (now is None or now.replaces != one.replaces):
                raise PreconditionFailed(t"{one.path} was changed in the meantime")
        git = f"repos/{path}/git"
        before = await self.one(str, f"{git}/commits/{parent}", below="tree.sha")
        rows = [{"path": one.path, "mode": "100644", "type": "blob", "content": one.content} for one in files]
        tree = await self.sent(Made, "POST", f"{git}/trees", {"base_tree": before, "tree": rows})
        body = {"message": message, "tree": tree.sha, "parents": [parent]}
        commit = await self.sent(Made, "POST", f"{git}/commits", body)
        await self.send("POST", f"{git}/refs", {"ref": f"refs/heads/{branch}", "sha": commit.sha})
        return commit.sha

    @override
    async def delete_branch(self, path: str, branch: str) -> None:
        await self.send("DELETE", f"repos/{path}/git/refs/heads/{branch}")

    @override
    async def diff(self, path: str, number: int) -> list[str]:
        lines: list[str] = []
        for one in await self.files(path, number):
            name = f"{one.previous_filename} → {one.filename}" if one.is_renamed else one.filename
            lines.append(f"{name}: {one.status}, +{one.additions} -{one.deletions}")
            lines += one.patch.splitlines()
        return lines
