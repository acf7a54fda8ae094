"""Actions that open a pull request with files that only a template can give."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call, DryRun, Effect, Gaps, Risk, Undo
from ...sdk.display import translate
from ...sdk.shown import difference, result
from .client import ForgeClient
from .models import Info, Pull
from .templates import TemplateFile

BASE: Final = "base"
FILES: Final = "files"
PATH: Final = "path"
BRANCH: Final = "branch"
AFTER: Final = "after"
COMMIT: Final = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A pull request that is to be opened. ``path`` is the repository, ``shown`` what its files change."""

    path: str
    branch: str
    title: str
    body: str
    files: Sequence[TemplateFile]
    shown: Sequence[Difference]


def digest_of(files: Sequence[TemplateFile]) -> str:
    """Return the sha256 of files with what they replace."""
    content = "\0".join(text for one in files for text in (one.path, one.replaces, one.content))
    return hashlib.sha256(content.encode()).hexdigest()


class Opens(ABC):
    """What is done to open the pull request of one kind of template."""

    @abstractmethod
    async def path(self, client: ForgeClient, call: Call) -> str:
        """Return the repository. Raises PreconditionFailed."""

    @abstractmethod
    async def draft(self, client: ForgeClient, call: Call, path: str, base: str) -> Draft:
        """Return the pull request for a branch of a repository. Raises StewardError."""

    async def dry_run(self, client: ForgeClient, call: Call) -> DryRun:
        """Return the whole difference. Raises PreconditionFailed when it must not be opened now."""
        draft, base = await self._checked(client, call)
        opened = difference(t"Pull request", t"none", t"{draft.branch} into {base}")
        return DryRun(
            differences=(opened, *draft.shown),
            baseline={
                PATH: draft.path,
                BASE: base,
                BRANCH: draft.branch,
                FILES: digest_of(draft.files),
            },
        )

    async def precheck(self, client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> None:
        """Raise PreconditionFailed when it would be another one than the approved one."""
        draft, base = await self._checked(client, call)
        _check_same(draft, base, baseline)

    async def execute(self, client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> str:
        """Open it, also when an earlier try ended after the commit."""
        path, base = str(baseline[PATH]), str(baseline[BASE])
        branch = str(baseline[BRANCH])
        await call.note(
            {AFTER: max((one.number for one in await pulls_of_branch(client, path, branch)), default=0)}
        )
        draft = await self.draft(client, call, path, base)
        _check_same(draft, base, baseline)
        commit = await client.commit_of(path, branch)
        if commit is None:
            commit = await client.commit_files(path, base, branch, draft.title, draft.files)
        elif not await holds(client, path, commit, draft.files):
            raise PreconditionFailed(t"There is a branch {branch} already")
        await call.note({COMMIT: commit})
        number = await client.open_pull(path, branch, base, draft.title, draft.body)
        return translate(t"#{number} was opened")

    async def _checked(self, client: ForgeClient, call: Call) -> tuple[Draft, str]:
        """Return it with the branch that it is made for. Raises PreconditionFailed."""
        path = await self.path(client, call)
        info = await client.one(Info, f"repos/{path}")
        if info.permissions.push is False:
            raise PreconditionFailed(t"The token may not write to {path}")
        base = info.default_branch
        draft = await self.draft(client, call, path, base)
        if await client.commit_of(path, draft.branch) is not None:
            raise PreconditionFailed(t"There is a branch {draft.branch} already")
        return draft, base

    def action(
        self,
        *,
        key: str,
        name: str,
        description: str,
        arguments: tuple[Field, ...],
        scope: str,
        icon: str,
    ) -> Action[ForgeClient]:
        """Return the action that opens it."""
        return Action[ForgeClient](
            key=key,
            name=name,
            description=description,
            risk=Risk.MEDIUM,
            dry_run=self.dry_run,
            precheck=self.precheck,
            execute=self.execute,
            probe=_probe,
            verify=_verify,
            undo=Undo(dry_run=_undo_dry_run, execute=_undo, deduplicated=True),
            deduplicated=True,
            scope=scope,
            arguments=arguments,
            blast_radius="Nothing is deployed before the pull request is merged",
            icon=icon,
            capability="",
            needs=("write",),
        )


def _check_same(draft: Draft, base: str, baseline: Mapping[str, Value]) -> None:
    """Raise PreconditionFailed when it is not the approved one."""
    now = {PATH: draft.path, BASE: base, BRANCH: draft.branch, FILES: digest_of(draft.files)}
    if any(baseline[key] != value for key, value in now.items()):
        raise PreconditionFailed(t"The template or {draft.path} was changed in the meantime")


async def holds(client: ForgeClient, path: str, commit: str, files: Sequence[TemplateFile]) -> bool:
    """Return whether a commit has the files, as after a crash between commit and pull request."""
    for one in files:
        if await client.content(path, one.path, commit) != one.content:
            return False
    return True


async def pulls_of_branch(client: ForgeClient, path: str, branch: str) -> list[Pull]:
    """Return the pull requests of the branch, newest first; those of forks are none of ours."""
    query: dict[str, str | int] = {"state": "all", client.page_size: 50}
    found = await client.many(Pull, f"repos/{path}/pulls", Gaps(), below="", **query)
    ours = [
        one
        for one in found
        if one.head.ref == branch and one.head.repo is not None and one.head.repo.full_name == path
    ]
    return sorted(ours, key=lambda one: one.number, reverse=True)


async def _made(client: ForgeClient, baseline: Mapping[str, Value]) -> Pull | None:
    """Return the pull request that this action made."""
    after = baseline.get(AFTER)
    least = after if isinstance(after, int) else 0
    pulls = await pulls_of_branch(client, str(baseline[PATH]), str(baseline[BRANCH]))
    newest = next((one for one in pulls if one.number > least), None)
    return await client.pull_number(str(baseline[PATH]), newest.number) if newest else None


async def _probe(client: ForgeClient, _: Call, baseline: Mapping[str, Value]) -> Effect:
    return Effect.NOT_SEEN if await _made(client, baseline) is None else Effect.DONE


async def _verify(client: ForgeClient, _: Call, baseline: Mapping[str, Value]) -> CheckResult:
    pull = await _made(client, baseline)
    label = t"Pull request"
    if pull is None:
        return result(label, t"there is none", ok=False)
    if pull.state == "closed" and not pull.merged:
        return result(label, t"#{pull.number} is closed", ok=False)
    text = t"#{pull.number} is merged" if pull.merged else t"#{pull.number} is open"
    return result(label, text, ok=True)


async def _left(client: ForgeClient, baseline: Mapping[str, Value]) -> tuple[Pull | None, bool]:
    """Return the pull request that is open, and whether its branch is there.

    Raises PreconditionFailed when it was merged, or somebody added a commit.
    """
    pull = await _made(client, baseline)
    if pull is not None and pull.merged:
        raise PreconditionFailed(t"#{pull.number} is merged already")
    branch, known = str(baseline[BRANCH]), baseline.get(COMMIT)
    commit = await client.commit_of(str(baseline[PATH]), branch)
    if commit is not None and known is not None and commit != known:
        raise PreconditionFailed(t"{branch} was changed in the meantime")
    return pull if pull is not None and pull.state == "open" else None, commit is not None


async def _undo_dry_run(
    client: ForgeClient, _: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    branch = baseline[BRANCH]
    pull, has_branch = await _left(client, baseline)
    closed = difference(t"Pull request #{pull.number}", t"open", t"closed") if pull else None
    removed = difference(t"Branch {branch}", t"there", t"none") if has_branch else None
    return tuple(one for one in (closed, removed) if one is not None)


async def _undo(client: ForgeClient, _: Call, baseline: Mapping[str, Value]) -> str:
    path = str(baseline[PATH])
    pull, has_branch = await _left(client, baseline)
    if pull is not None:
        await client.send("PATCH", f"repos/{path}/pulls/{pull.number}", {"state": "closed"})
    if has_branch:
        await client.delete_branch(path, str(baseline[BRANCH]))
    return translate(t"The pull request was closed, and its branch was deleted")
