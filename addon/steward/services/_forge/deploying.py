"""The actions that open a pull request with the files of a template; nothing else can give the files."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call, DryRun, Effect, Gaps, Risk, Undo
from ...sdk.display import translate
from ...sdk.shown import difference, result
from .client import ForgeClient
from .models import Info, Pull
from .templates import NAME, Template, TemplateFile, templates

BRANCH: Final = "steward/deploy-"
"""What the branches of these pull requests begin with."""

BASE: Final = "base"
FILES: Final = "files"
AFTER: Final = "after"
COMMIT: Final = "commit"

SHOWN: Final = 900
"""Characters of a file in one line of a dry run: a longer file has several."""


def _digest(files: Sequence[TemplateFile]) -> str:
    content = "\0".join(text for one in files for text in (one.path, one.content))
    return hashlib.sha256(content.encode()).hexdigest()


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of whole lines."""
    piece = ""
    for line in text.splitlines(keepends=True):
        if len(piece) + len(line) > SHOWN:
            yield piece
            piece = ""
        piece += line
    yield piece


def _shown(one: TemplateFile) -> Iterator[Difference]:
    pieces = list(_pieces(one.content))
    for number, piece in enumerate(pieces, 1):
        place = f" ({number}/{len(pieces)})" if len(pieces) > 1 else ""
        yield difference(f"{one.path}{place}", t"none", piece)


def _branch(call: Call) -> str:
    return f"{BRANCH}{call.text(NAME)}"


async def _pulls(client: ForgeClient, call: Call) -> list[Pull]:
    """Return the pull requests of the branch, newest first; those of forks are none of ours."""
    path, branch = call.target.name, _branch(call)
    query: dict[str, str | int] = {"state": "all", client.page_size: 50}
    found = await client.many(Pull, f"repos/{path}/pulls", Gaps(), below="", **query)
    ours = [
        one
        for one in found
        if one.head.ref == branch and one.head.repo is not None and one.head.repo.full_name == path
    ]
    return sorted(ours, key=lambda one: one.number, reverse=True)


async def _made(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> Pull | None:
    """Return the pull request that this action made."""
    after = baseline.get(AFTER)
    least = after if isinstance(after, int) else 0
    newest = next((one for one in await _pulls(client, call) if one.number > least), None)
    return await client.pull_number(call.target.name, newest.number) if newest else None


class _Deploy:
    """What is done for one template."""

    def __init__(self, template: Template) -> None:
        self._template = template

    async def dry_run(self, client: ForgeClient, call: Call) -> DryRun:
        files = self._template.fill(call.arguments)
        base, branch = await self._checked(client, call, files), _branch(call)
        return DryRun(
            differences=(
                difference(t"Pull request", t"none", t"{branch} into {base}"),
                *(line for one in files for line in _shown(one)),
            ),
            baseline={BASE: base, FILES: _digest(files)},
        )

    async def _checked(self, client: ForgeClient, call: Call, files: Sequence[TemplateFile]) -> str:
        """Return the branch that it is made for. Raises PreconditionFailed when it must not be made now."""
        path, branch = call.target.name, _branch(call)
        info = await client.one(Info, f"repos/{path}")
        if info.permissions.push is False:
            raise PreconditionFailed(t"The token may not write to {path}")
        if await client.commit_of(path, branch) is not None:
            raise PreconditionFailed(t"There is a branch {branch} already")
        for one in files:
            if await client.content(path, one.path, info.default_branch) is not None:
                raise PreconditionFailed(t"There is a file {one.path} already")
        return info.default_branch

    async def precheck(self, client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> None:
        files = self._template.fill(call.arguments)
        base = await self._checked(client, call, files)
        if base != baseline[BASE] or _digest(files) != baseline[FILES]:
            raise PreconditionFailed(t"The template or {call.target.name} was changed in the meantime")

    async def execute(self, client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> str:
        path, branch, files = call.target.name, _branch(call), self._template.fill(call.arguments)
        await call.note({AFTER: max((one.number for one in await _pulls(client, call)), default=0)})
        title = f"Deploy {call.text(NAME)}"
        commit = await client.commit_of(path, branch)
        if commit is None:
            commit = await client.commit_files(path, str(baseline[BASE]), branch, title, files)
        elif not await self._holds(client, path, commit, files):
            raise PreconditionFailed(t"There is a branch {branch} already")
        await call.note({COMMIT: commit})
        number = await client.open_pull(path, branch, str(baseline[BASE]), title, self._body(call))
        return translate(t"#{number} was opened")

    async def _holds(
        self, client: ForgeClient, path: str, commit: str, files: Sequence[TemplateFile]
    ) -> bool:
        """Return whether a commit has the files, as after a crash between commit and pull request."""
        for one in files:
            if await client.content(path, one.path, commit) != one.content:
                return False
        return True

    def _body(self, call: Call) -> str:
        """Return the text of the pull request. It is English, as most of a repository is."""
        values = "\n".join(f"* {one.name}: {call.arguments[one.key]}" for one in self._template.fields)
        return (
            f"From the template “{self._template.title}” of Homelab Steward, with these values:\n\n"
            f"{values}\n\n{self._template.needs}\n"
        )


async def _probe(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    return Effect.NOT_SEEN if await _made(client, call, baseline) is None else Effect.DONE


async def _verify(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
    pull = await _made(client, call, baseline)
    label = t"Pull request"
    if pull is None:
        return result(label, t"there is none", ok=False)
    if pull.state == "closed" and not pull.merged:
        return result(label, t"#{pull.number} is closed", ok=False)
    text = t"#{pull.number} is merged" if pull.merged else t"#{pull.number} is open"
    return result(label, text, ok=True)


async def _left(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> tuple[Pull | None, bool]:
    """Return the pull request that is open, and whether its branch is there.

    Raises PreconditionFailed when it was merged, or somebody added a commit.
    """
    pull = await _made(client, call, baseline)
    if pull is not None and pull.merged:
        raise PreconditionFailed(t"#{pull.number} is merged already")
    branch, known = _branch(call), baseline.get(COMMIT)
    commit = await client.commit_of(call.target.name, branch)
    if commit is not None and known is not None and commit != known:
        raise PreconditionFailed(t"{branch} was changed in the meantime")
    return pull if pull is not None and pull.state == "open" else None, commit is not None


async def _undo_dry_run(
    client: ForgeClient, call: Call, baseline: Mapping[str, Value]
) -> tuple[Difference, ...]:
    branch = _branch(call)
    pull, has_branch = await _left(client, call, baseline)
    closed = difference(t"Pull request #{pull.number}", t"open", t"closed") if pull else None
    removed = difference(t"Branch {branch}", t"there", t"none") if has_branch else None
    return tuple(one for one in (closed, removed) if one is not None)


async def _undo(client: ForgeClient, call: Call, baseline: Mapping[str, Value]) -> str:
    path = call.target.name
    pull, has_branch = await _left(client, call, baseline)
    if pull is not None:
        await client.send("PATCH", f"repos/{path}/pulls/{pull.number}", {"state": "closed"})
    if has_branch:
        await client.delete_branch(path, _branch(call))
    return translate(t"The pull request was closed, and its branch was deleted")


def _action(template: Template) -> Action[ForgeClient]:
    deploy = _Deploy(template)
    return Action[ForgeClient](
        key=f"deploy_{template.key}",
        name=template.action,
        description=f"{template.description} {template.needs}",
        risk=Risk.MEDIUM,
        dry_run=deploy.dry_run,
        precheck=deploy.precheck,
        execute=deploy.execute,
        probe=_probe,
        verify=_verify,
        undo=Undo(dry_run=_undo_dry_run, execute=_undo, deduplicated=True),
        deduplicated=True,
        scope="repository",
        arguments=template.fields,
        blast_radius="Nothing is deployed before the pull request is merged",
        icon="mdi:source-branch-plus",
        capability="",
        needs=("write",),
    )


DEPLOYS: Final = tuple(_action(one) for one in templates())
"""One action for each template."""
