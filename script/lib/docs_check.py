"""Runs every command of the documentation and checks every snippet. Called by script/docs-check.

A fenced block is run or checked by its language. A comment on the line before it changes that:

    <!-- not run: the reason -->    the block is only counted
    <!-- file: texts.jsonl -->      the block is also stored, for the commands of the same page

Commands run in a folder of their own, with a settings file and a steward that watches a simulated homelab.
"""

import argparse
import asyncio
import contextlib
import importlib
import json
import os
import re
import shlex
import signal
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import yaml
from settings_checking import check_settings

ROOT: Final = Path(__file__).resolve().parents[2]
COMMAND_SECONDS: Final = 120.0

FENCE: Final = re.compile(r"(?P<indent> *)```(?P<language>\w*)\Z")
MARK: Final = re.compile(r"\s*<!-- (?P<kind>not run|file):(?P<value>.*?)-->\s*\Z")
INLINE: Final = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PROGRAMS: Final = ("curl", "docker", "helm", "kubectl", "npm", "pip", "python")
"""Programs whose commands belong into a fenced block, where they are run or marked."""

COMMANDS: Final = ("", "shell", "console")
OTHER_CHECKS: Final = ("text", "markdown")
"""Languages that tests/steward/test_docs.py checks, or that are not input of anything."""

ONLY_IN_CHECKOUT: Final = {
    "conversation": "questions",
    "injection": "injections",
    "incidents": "recorded_incidents",
}
"""What is measured with simulated services, and the package in the folder of the tests that does it."""

HOST: Final = "steward.lan:8099"
PERSON: Final = "alex"


@dataclass(frozen=True, slots=True)
class Snippet:
    """One fenced block. ``reason`` says why it is not run, ``file`` where it is stored."""

    page: str
    line: int
    language: str
    text: str
    reason: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake, and where it is."""

    page: str
    line: int
    text: str


def read_snippets(page: str, text: str) -> list[Snippet]:
    """Return the fenced blocks of a page."""
    lines = text.splitlines()
    found: list[Snippet] = []
    number = 0
    while number < len(lines):
        opened = FENCE.fullmatch(lines[number])
        if opened is None:
            number += 1
            continue
        end = next((n for n in range(number + 1, len(lines)) if lines[n].strip() == "```"), len(lines))
        marks = dict(_marks(lines, number))
        body = textwrap.dedent("\n".join(lines[number + 1 : end])) + "\n"
        language = opened["language"]
        found.append(Snippet(page, number + 1, language, body, marks.get("not run"), marks.get("file")))
        number = end + 1
    return found


def _marks(lines: Sequence[str], fence: int) -> Iterator[tuple[str, str]]:
    for line in reversed(lines[:fence]):
        mark = MARK.fullmatch(line)
        if mark is None:
            return
        yield mark["kind"], mark["value"].strip()


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines outside of fenced blocks, with their numbers."""
    is_inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith("```"):
            is_inside = not is_inside
        elif not is_inside:
            yield number, line


def inline_problems(page: str, text: str, parser: argparse.ArgumentParser) -> list[Problem]:
    """Return what is wrong with the commands in the text of a page."""
    found: list[Problem] = []
    for number, line in prose(text):
        for code in INLINE.findall(line):
            words = code.split()
            if words[0] in PROGRAMS and len(words) > 1:
                found.append(Problem(page, number, f"put the command into a fenced block: {code}"))
            if words[0] in ("steward", "script/steward") and len(words) > 1 and not _parses(parser, code):
                found.append(Problem(page, number, f"the app has no such command: {code}"))
    return found


def _parses(parser: argparse.ArgumentParser, code: str) -> bool:
    """Return whether the command line knows a command; ``a|b`` stands for one of two words."""
    words = [word.partition("|")[0] for word in shlex.split(code)[1:]]
    if words[0] == "eval" and words[1:] != ["autonomy"] and len(words) < 3:  # noqa: PLR2004 - no file
        words.append("FILE")
    if words[0] == "eval" and words[1] in ONLY_IN_CHECKOUT:
        module = importlib.import_module(f"{ONLY_IN_CHECKOUT[words[1]]}.__main__")  # slow
        return _is_accepted(module.command_parser(), words[2:])
    return _is_accepted(parser, words)


def _is_accepted(parser: argparse.ArgumentParser, words: Sequence[str]) -> bool:
    with contextlib.redirect_stderr(None), contextlib.suppress(SystemExit):
        parser.parse_args(words)
        return True
    return False


def commands(snippet: Snippet) -> list[str]:
    """Return the commands of a block; of a console only the lines after a prompt."""
    joined = snippet.text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    if snippet.language == "console":
        return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return lines


def expected(snippet: Snippet) -> str:
    """Return the output that a console shows."""
    lines = snippet.text.replace("\\\n", " ").splitlines()
    return (
        "\n".join(line for line in lines if not line.startswith("$ "))
        if snippet.language == "console"
        else ""
    )


def differs(output: str, shown: str) -> str | None:
    """Return how the output differs from what the page shows: JSON by its keys, text by its first word."""
    if not shown:
        return None
    try:
        keys = set(json.loads(shown))
    except ValueError:
        words = shown.split()
        return None if output.split()[:1] == words[:1] else f"the output does not begin with {words[0]}"
    try:
        given = set(json.loads(output))
    except ValueError:
        return "the output is not JSON"
    return None if keys == given else f"the output has the keys {', '.join(sorted(given))}"


def syntax_problem(snippet: Snippet) -> str | None:
    """Return what is wrong with a snippet that is not a command."""
    try:
        match snippet.language:
            case "json":
                return client_problem(json.loads(snippet.text))
            case "jsonl":
                for line in snippet.text.splitlines():
                    json.loads(line)
            case "yaml":
                yaml.safe_load(snippet.text)
            case "python":
                compile(snippet.text, snippet.page, "exec")
            case language if language not in (*COMMANDS, *OTHER_CHECKS):
                return f"nothing checks the language {language}"
    except (ValueError, SyntaxError, yaml.YAMLError) as err:
        return f"is not {snippet.language}: {str(err).splitlines()[0]}"
    return None


def client_problem(content: Any) -> str | None:
    """Return what is wrong with the settings of an MCP client that starts the bridge."""
    from mcp_bridge.__main__ import _parser  # noqa: PLC0415 - slow

    servers = content.get("mcpServers", {}) if isinstance(content, dict) else {}
    for arguments in (one["args"] for one in servers.values() if "args" in one):
        if not _is_accepted(_parser(), arguments[arguments.index("mcp_bridge") + 1 :]):
            return "mcp_bridge does not know these arguments"
    return None


def settings_of(snippets: Sequence[Snippet]) -> dict[str, Any]:
    """Return the settings of a page; a later snippet adds to the earlier ones."""
    from steward.settings.model import Settings  # noqa: PLC0415 - slow
    from steward.settings.sources import merge_sources  # noqa: PLC0415

    known = {one.name for one in fields(Settings)}
    contents = [yaml.safe_load(one.text) for one in snippets if one.language == "yaml"]
    return merge_sources(*(one for one in contents if isinstance(one, dict) and set(one) <= known))


def write_named_files(settings: Any, folder: Path) -> None:
    """Write the files that settings name, relative to ``folder``, and point absolute ones there."""
    if isinstance(settings, list):
        for one in settings:
            write_named_files(one, folder)
    if isinstance(settings, dict):
        for key, value in settings.items():
            if str(key).endswith("_file") and isinstance(value, str):
                settings[key] = value.lstrip("/")
                name = "X-Key: " if key == "headers_file" else ""
                _write(folder / settings[key], f"{name}a-secret-of-some-length\n")
            elif key in ("services_dir", "runbooks_dir", "sentences_dir"):
                settings[key] = str(value).lstrip("/")
                (folder / settings[key]).mkdir(parents=True, exist_ok=True)
            else:
                write_named_files(value, folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Sandbox:
    """A folder in which commands run, with the scripts of the checkout."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """``environment`` is added to that of the process."""
        self.folder = folder
        self.environment = {**os.environ, **environment}
        for script in (ROOT / "script").iterdir():
            if script.is_file():
                path = folder / "script" / script.name
                _write(path, f'#!/bin/sh\nexec {shlex.quote(str(script))} "$@"\n')
                path.chmod(0o755)
        (folder / ".venv").symlink_to(ROOT / ".venv")

    async def run(self, command: str) -> tuple[int, str, str]:
        """Return exit status, output and errors of a command."""
        process = await asyncio.create_subprocess_shell(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                output, errors = await process.communicate()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            return 1, "", f"did not end within {COMMAND_SECONDS:g} s"
        return process.returncode or 0, output.decode(), errors.decode()


async def command_problem(sandbox: Sandbox, snippet: Snippet) -> str | None:
    """Run the commands of a block and return the first problem."""
    output = ""
    for command in commands(snippet):
        status, output, errors = await sandbox.run(command)
        if status:
            return f"{command}: exit status {status}: {(errors or output).strip()[-300:]}"
    return differs(output, expected(snippet))


async def settings_problem(sandbox: Sandbox, settings: dict[str, Any]) -> str | None:
    """Return what `steward check` says about the settings of a page."""
    certificate = settings.get("listen", {})
    for key in ("tls_certificate", "tls_key"):
        if key in certificate:
            _make_certificate(sandbox.folder / "tls", sandbox.folder / certificate[key])
    write_named_files(settings, sandbox.folder)
    _write(sandbox.folder / "page.yaml", yaml.safe_dump(settings))
    arguments = sandbox.folder, "page.yaml", sandbox.environment
    status, output = await asyncio.to_thread(check_settings, *arguments)
    return None if status == 0 else f"steward check: {output.strip()}"


def _make_certificate(folder: Path, wanted: Path) -> None:
    from lab.certificate import make_certificate  # noqa: PLC0415 - in the folder of the tests

    folder.mkdir(exist_ok=True)
    both = folder / "made.crt", folder / "made.key"
    if not both[0].exists():
        make_certificate(folder, "made")
    wanted.write_bytes(both["key" in wanted.name].read_bytes())


@contextlib.asynccontextmanager
async def running_steward(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Run a steward with a simulated homelab; yield the environment in which curl reaches it."""
    from aiohttp import ClientSession  # noqa: PLC0415

    from demo.steward import Steward, settings_for  # noqa: PLC0415 - in the folder of the tests
    from lab.lab import Lab  # noqa: PLC0415

    token = "a-token-for-the-commands"  # noqa: S105 - only for this steward
    async with ClientSession() as session, Lab(real_alertmanager=False, is_alerting=False) as lab:
        steward = Steward(session, folder / "running")
        person = {"id": PERSON, "name": "Alex", "role": "owner"}
        access = {"person": PERSON, "token": token, "reader": "home"}
        mcp = {"tokens": [access], "allowed_hosts": [HOST.partition(":")[0]]}
        await steward.write_settings({**settings_for(lab, [person]), "mcp": mcp})
        try:
            await steward.start()
            _write(folder / ".curlrc", f"silent\nfail\nconnect-to = {HOST}:127.0.0.1:{steward.port}\n")
            yield {"CURL_HOME": str(folder), "TOKEN": token}
        finally:
            await steward.close()


async def check(pages: Mapping[str, str]) -> tuple[list[Problem], Counter[str]]:
    """Return the problems of the pages, and how many blocks were checked, by what was done."""
    from steward.command_line.main import command_parser  # noqa: PLC0415 - slow

    problems: list[Problem] = []
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        async with running_steward(Path(name)) as environment:
            for number, (page, text) in enumerate(pages.items()):
                sandbox = Sandbox(Path(name) / str(number), environment)
                problems += inline_problems(page, text, command_parser())
                problems += await _check_page(sandbox, read_snippets(page, text), done)
    return problems, done


async def _check_page(sandbox: Sandbox, snippets: Sequence[Snippet], done: Counter[str]) -> list[Problem]:
    found: list[tuple[Snippet, str | None]] = []
    _write(sandbox.folder / "steward.yaml", f"data_dir: {sandbox.folder}/data\n")
    for one in snippets:
        if one.file is not None:
            _write(sandbox.folder / one.file, one.text)
        done["checked" if one.reason is None else f"not run: {one.reason}"] += 1
        found.append((one, await _problem(sandbox, one)))
    sound = [one for one, problem in found if problem is None and one.reason is None]
    settings = settings_of(sound)
    if settings:
        found.append((sound[0], await settings_problem(sandbox, settings)))
    return [Problem(one.page, one.line, problem) for one, problem in found if problem is not None]


async def _problem(sandbox: Sandbox, snippet: Snippet) -> str | None:
    if snippet.reason is not None:
        return None if snippet.reason else "says not why it is not run"
    problem = syntax_problem(snippet)
    if problem is None and snippet.language in COMMANDS:
        problem = await command_problem(sandbox, snippet)
    return problem


def pages() -> dict[str, str]:
    """Return the text of each page by its path."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), ROOT / "addon/DOCS.md"]
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(paths)}


def main(write: Callable[[str], object] = print) -> int:
    """Return the exit status: 1 if there is a problem."""
    sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "tests")]
    problems, done = asyncio.run(check(pages()))
    for what, number in sorted(done.items()):
        write(f"{number:4} {what}")
    for one in problems:
        write(f"{one.page}:{one.line}: {one.text}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
