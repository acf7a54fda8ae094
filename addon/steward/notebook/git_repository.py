"""A Git repository on this machine, used through the command git, with a remote if there is one."""

import asyncio
import base64
import contextlib
import os
import shlex
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from ..errors import StewardError

LOCAL_SECONDS: Final = 60.0
REMOTE_SECONDS: Final = 120.0
MOST_OUTPUT: Final = 4_000
MOST_PUSHES: Final = 3
"""How often is pushed in one synchronization, when others push at the same time."""

AUTHOR: Final = "Homelab Steward"
EMAIL: Final = "steward@localhost"

# Hooks and filters of the repository would run foreign code, and other transports reach other programs.
_SAFE: Final = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "commit.gpgSign": "false",
    "gc.auto": "256",
    "gc.autoDetach": "false",
    "http.followRedirects": "false",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.https.allow": "always",
    "protocol.ssh.allow": "always",
    "credential.helper": "",
    "user.name": AUTHOR,
    "user.email": EMAIL,
}


class GitFailed(StewardError):
    """A command of git failed; the text says which and why, without credentials."""


class Conflict(GitFailed):
    """Others changed the same lines of the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a remote is reached: its address, its branch, and a token or the file of a key."""

    remote: str
    branch: str = "main"
    username: str = "git"
    token: str = field(default="", repr=False)
    ssh_key: Path | None = None
    known_hosts: Path | None = None


class GitRepository:
    """Commits files of one folder, and pushes them."""

    def __init__(self, folder: Path, access: Access | None, known_hosts: Path, branch: str = "main") -> None:
        """``known_hosts`` keeps the keys of servers when the access has no such file."""
        self._folder = folder
        self._access = access
        self._branch = access.branch if access else branch
        self._environment = _environment(folder, access, known_hosts)

    async def prepare(self) -> None:
        """Create the repository if there is none, and take what the remote has. Raises GitFailed."""
        if shutil.which("git") is None:
            raise GitFailed("The command git is not installed.")
        if not (self._folder / ".git").exists():
            await self._git("init", "--quiet", f"--initial-branch={self._branch}")
        if (self._folder / ".git" / "rebase-merge").exists():
            # A rebase that was cut off.
            await self._git("rebase", "--abort")
        if self._access is not None:
            await self._pull()

    async def commit(self, paths: Sequence[str], message: str) -> bool:
        """Commit files, which are relative to the folder; return whether anything was new."""
        for start in range(0, len(paths), 200):
            await self._git("add", "--", *paths[start : start + 200])
        status, _ = await self._run("diff", "--cached", "--quiet")
        if status == 0:
            return False
        await self._git("commit", "--quiet", f"--message={message}")
        return True

    async def committed_at(self, path: str) -> datetime | None:
        """Return when a file was last committed, None when it never was. Raises GitFailed."""
        if not (self._folder / ".git").exists():
            return None
        status, text = await self._run("log", "-1", "--format=%cI", "--", path)
        return datetime.fromisoformat(text) if status == 0 and text else None

    async def push(self) -> None:
        """Push to the remote, if there is one; take over what others pushed first. Raises GitFailed."""
        if self._access is None:
            return
        for left in reversed(range(MOST_PUSHES)):
            what = self._access.remote, f"HEAD:refs/heads/{self._branch}"
            status, text = await self._run("push", "--quiet", *what, seconds=REMOTE_SECONDS)
            if status == 0:
                return
            is_behind = "non-fast-forward" in text or "fetch first" in text
            if not is_behind or not left:
                raise GitFailed(f"The notebook cannot be pushed: {text}")
            await self._pull()

    async def _pull(self) -> None:
        """Fetch the branch of the remote and put own commits on top of it; a conflict is taken back."""
        remote = self._access.remote if self._access else ""
        name = f"refs/heads/{self._branch}"
        found = await self._git("ls-remote", "--heads", remote, name, seconds=REMOTE_SECONDS)
        if not found.strip():
            return  # an empty repository, or a branch that the first push creates
        await self._git("fetch", "--quiet", remote, name, seconds=REMOTE_SECONDS)
        has_commits, _ = await self._run("rev-parse", "--verify", "--quiet", "HEAD")
        if has_commits != 0:
            await self._git("reset", "--quiet", "--hard", "FETCH_HEAD")
            return
        # All pages are written from the records: where others changed them, the lines of the app count.
        status, text = await self._run("rebase", "--quiet", "--strategy-option=theirs", "FETCH_HEAD")
        if status != 0:
            await self._run("rebase", "--abort")
            raise Conflict(f"Others changed the repository in a way that cannot be merged: {text}")

    async def _git(self, *arguments: str, seconds: float = LOCAL_SECONDS) -> str:
        """Return the output of a command of git. Raises GitFailed."""
        status, text = await self._run(*arguments, seconds=seconds)
        if status != 0:
            raise GitFailed(f"git {arguments[0]} failed: {text}")
        return text

    async def _run(self, *arguments: str, seconds: float = LOCAL_SECONDS) -> tuple[int, str]:
        """Return exit code and output of a command of git, which is ended when it takes too long."""
        try:
            process = await asyncio.create_subprocess_exec(
                "git",
                *arguments,
                cwd=self._folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as err:
            raise GitFailed(f"git cannot be started: {err.strerror or type(err).__name__}") from err
        try:
            async with asyncio.timeout(seconds):
                output, _ = await process.communicate()
        except TimeoutError:
            raise GitFailed(f"git {arguments[0]} took longer than {seconds:g} seconds.") from None
        finally:
            if process.returncode is None:
                # With its transport, which would otherwise go on.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        return process.returncode or 0, self._clean(output.decode("utf-8", "replace"))

    def _clean(self, text: str) -> str:
        """Return the end of an output without the token."""
        token = self._access.token if self._access else ""
        return " ".join(text.replace(token, "***").split() if token else text.split())[-MOST_OUTPUT:]


def _environment(folder: Path, access: Access | None, known_hosts: Path) -> Mapping[str, str]:
    """Return the environment of git: its own settings only. Credentials are in no address or argument."""
    settings = dict(_SAFE) | {"safe.directory": str(folder)}
    if access is not None and access.token:
        login = base64.b64encode(f"{access.username}:{access.token}".encode()).decode()
        settings[f"http.{access.remote}.extraHeader"] = f"Authorization: Basic {login}"
    pairs: dict[str, str] = {}
    for number, (key, value) in enumerate(settings.items()):
        pairs |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(known_hosts.parent),
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(settings)),
        "GIT_SSH_COMMAND": _ssh(access, known_hosts),
        **pairs,
    }


def _ssh(access: Access | None, known_hosts: Path) -> str:
    """Return the command of ssh, which git splits like a shell does."""
    given = access.known_hosts if access else None
    command = ["ssh", "-F", os.devnull, "-o", "BatchMode=yes", "-o", "ConnectTimeout=20"]
    command += ["-o", f"UserKnownHostsFile={given or known_hosts}"]
    command += ["-o", f"StrictHostKeyChecking={'yes' if given else 'accept-new'}"]
    if access is not None and access.ssh_key is not None:
        command += ["-i", str(access.ssh_key), "-o", "IdentitiesOnly=yes"]
    return shlex.join(command)
