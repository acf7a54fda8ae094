"""The client: checks, merges and reverts. Source: the swagger of Gitea 1.22 to 1.26."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final, override

from homelab_steward.contract.base import Value

from ...errors import PreconditionFailed, ServiceMalformed, ServiceNotFound
from ...sdk.answers import Item
from ...sdk.client import bearer
from ...sdk.description import Access, Gaps
from ...sdk.fields import secret_field
from .._forge.client import Content, ForgeClient, RevertTexts
from .._forge.models import ChangedFile, CheckOfCommit, Pull
from .._forge.templates import TemplateFile

TOKEN: Final = secret_field(
    "token",
    "Access token",
    "In Settings, Applications. It needs read access to repositories. To merge, it needs write access to "
    "repositories and issues.",
)


class CommitStatus(Item, rename=None):
    """One check of a commit."""

    context: str
    status: str | None = None


class Branch(Item, rename=None):
    """One branch, and the checks that its protection requires."""

    enable_status_check: bool
    status_check_contexts: tuple[str, ...] | None = None


class Parent(Item, rename=None):
    """A commit that another follows."""

    sha: str


class Commit(Item, rename=None):
    """One commit; the first parent is that of the branch."""

    parents: tuple[Parent, ...] = ()


class MadeCommit(Item, rename=None):
    """The commit that was made."""

    sha: str


class GiteaClient(ForgeClient):
    """One Gitea or Forgejo."""

    runs = "actions/tasks"
    page_size = "limit"
    compares = 0.0

    def __init__(self, access: Access) -> None:
        super().__init__(access, auth=bearer(TOKEN), base="api/v1", headers={})

    @override
    def addresses(self, path: str) -> tuple[str, ...]:
        """Return the address of this setting: inside a cluster it is another one than outside."""
        return (f"{self.access.address}/{path}",)

    @override
    async def version(self) -> str:
        """Return the version of the server."""
        return await self.one(str, "version", below="version")

    @override
    async def checks_of(self, path: str, sha: str, gaps: Gaps) -> tuple[Sequence[CheckOfCommit], int]:
        found = await self.page(
            CommitStatus,
            f"repos/{path}/commits/{sha}/status",
            gaps,
            below="statuses",
            total="total_count",
        )
        checks = [CheckOfCommit(one.context, one.status) for one in found.items]
        return checks, max(0, found.total - len(checks))

    @override
    async def required(self, path: str, branch: str) -> Sequence[str]:
        found = await self.one(Branch, f"repos/{path}/branches/{branch}")
        if found.enable_status_check and found.status_check_contexts is None:
            raise ServiceMalformed(t"The required checks of {branch} are not reported")
        return found.status_check_contexts or () if found.enable_status_check else ()

    @override
    async def merge(self, path: str, number: int, sha: str) -> None:
        body = {"Do": self.method, "head_commit_id": sha}
        await self.send("POST", f"repos/{path}/pulls/{number}/merge", body)

    @override
    async def open_revert(self, path: str, pull: Pull, texts: RevertTexts, before: Value) -> int:
        """Open it with a commit that brings back the files: Gitea reverts nothing by itself."""
        branch = f"steward/revert-{pull.number}"
        try:
            await self.get(f"repos/{path}/branches/{branch}")
        except ServiceNotFound:
            known = before if isinstance(before, str) else await self._before(path, pull)
            files = [
                one
                for changed in await self.files(path, pull.number)
                for one in await self._inverse(path, pull, changed, known)
            ]
            body = {"branch": pull.base.ref, "new_branch": branch, "message": texts.title, "files": files}
            await self.send("POST", f"repos/{path}/contents", body)
        return await self.open_pull(path, branch, pull.base.ref, texts.title, texts.body)

    @override
    async def commit_files(
        self, path: str, base: str, branch: str, message: str, files: Sequence[TemplateFile]
    ) -> str:
        """Do it with one request, which Gitea refuses when the branch exists, or a file is another one."""
        rows = [
            {
                "operation": "update" if one.replaces else "create",
                "path": one.path,
                "content": b64encode(one.content.encode()).decode(),
                **({"sha": one.replaces} if one.replaces else {}),
            }
            for one in files
        ]
        body = {"branch": base, "new_branch": branch, "message": message, "files": rows}
        return (await self.sent(MadeCommit, "POST", f"repos/{path}/contents", body, below="commit")).sha

    @override
    async def delete_branch(self, path: str, branch: str) -> None:
        await self.send("DELETE", f"repos/{path}/branches/{branch}")

    @override
    async def diff(self, path: str, number: int) -> list[str]:
        return (await self.text(f"repos/{path}/pulls/{number}.diff")).splitlines()

    async def _before(self, path: str, pull: Pull) -> str:
        """Return the commit before a merge. A rebase may have added several: then it is not known."""
        commit = await self.one(Commit, f"repos/{path}/git/commits/{pull.merge_commit_sha}")
        if self.method == "rebase" or not commit.parents:
            raise PreconditionFailed(t"The commit before #{pull.number} is not known: revert it by hand")
        return commit.parents[0].sha

    async def _inverse(
        self, path: str, pull: Pull, changed: ChangedFile, before: str
    ) -> Sequence[Mapping[str, str]]:
        """Return the operations that bring one file back. Raises PreconditionFailed when it changed since."""
        if changed.is_renamed:
            old = await self._restored(path, changed.previous_filename, before)
            return [await self._removed(path, pull, changed.filename), {"operation": "create", **old}]
        if changed.status == "added":
            return [await self._removed(path, pull, changed.filename)]
        old = await self._restored(path, changed.filename, before)
        if changed.status in ("deleted", "removed"):
            return [{"operation": "create", **old}]
        return [{"operation": "update", **old, "sha": await self._unchanged(path, pull, changed.filename)}]

    async def _removed(self, path: str, pull: Pull, name: str) -> Mapping[str, str]:
        return {"operation": "delete", "path": name, "sha": await self._unchanged(path, pull, name)}

    async def _restored(self, path: str, name: str, before: str) -> Mapping[str, str]:
        content = (await self._file(path, name, before)).content
        if content is None:
            raise PreconditionFailed(t"{name} is no ordinary file: revert it by hand")
        return {"path": name, "content": content}

    async def _unchanged(self, path: str, pull: Pull, name: str) -> str:
        """Return the hash of a file that is as the merge left it."""
        merged = await self._file(path, name, pull.merge_commit_sha or "")
        now = await self._file(path, name, pull.base.ref)
        if now.sha != merged.sha:
            raise PreconditionFailed(t"{name} was changed again since: revert it by hand")
        return now.sha

    async def _file(self, path: str, name: str, ref: str) -> Content:
        try:
            return await self.one(Content, f"repos/{path}/contents/{name}", ref=ref)
        except ServiceNotFound as err:
            raise PreconditionFailed(t"{name} is not there any more: revert it by hand") from err
