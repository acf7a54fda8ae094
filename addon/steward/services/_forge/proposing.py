"""Opens a pull request that adds one file; a second call with the same file finds the first one."""

from ...errors import PreconditionFailed
from ...sdk.description import NewFile
from .client import ForgeClient
from .models import Info
from .opening import holds, pulls_of_branch
from .templates import TemplateFile


async def propose_file(client: ForgeClient, file: NewFile) -> str:
    """Return the pull request, such as "#12". Raises ServiceError, PreconditionFailed when it is refused."""
    path, branch = file.repository, file.branch
    if path not in client.names:
        raise PreconditionFailed(t"{path} is none of the repositories in the settings of the service")
    if found := await pulls_of_branch(client, path, branch):
        return f"#{found[0].number}"
    info = await client.one(Info, f"repos/{path}")
    if info.permissions.push is False:
        raise PreconditionFailed(t"The token may not write to {path}")
    base = info.default_branch
    if await client.content(path, file.path, base) is not None:
        raise PreconditionFailed(t"There is a file {file.path} already")
    files = (TemplateFile(path=file.path, content=file.content),)
    commit = await client.commit_of(path, branch)
    if commit is None:
        await client.commit_files(path, base, branch, file.title, files)
    elif not await holds(client, path, commit, files):
        raise PreconditionFailed(t"There is a branch {branch} already")
    return f"#{await client.open_pull(path, branch, base, file.title, file.body)}"
