"""The check of the documentation notices wrong commands and snippets, and marks without a reason."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from steward.command_line.main import command_parser

ROOT = Path(__file__).resolve().parents[3]

PAGE = """
Text with `steward audit verify`.

```shell
script/steward check \\
    --settings steward.yaml
# a comment
true
```

1. A list:

   <!-- not run: needs Docker -->
   ```shell
   docker compose up
   ```

<!-- file: rows.jsonl -->
```jsonl
{"a": 1}
```

```console
$ echo '{"a": 2}'
{"a": 1}
```
"""


@pytest.fixture(scope="module")
def lib() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "script" / "lib"))
    yield importlib.import_module("docs_check")
    sys.path.remove(str(ROOT / "script" / "lib"))


def test_blocks_have_their_language_text_and_marks(lib: ModuleType) -> None:
    found = lib.read_snippets("page.md", PAGE)
    assert [(one.line, one.language, one.reason, one.file) for one in found] == [
        (4, "shell", None, None),
        (14, "shell", "needs Docker", None),
        (19, "jsonl", None, "rows.jsonl"),
        (23, "console", None, None),
    ]
    assert lib.commands(found[0]) == ["script/steward check      --settings steward.yaml", "true"]
    assert found[1].text == "docker compose up\n"
    assert lib.commands(found[3]) == ["echo '{\"a\": 2}'"]
    assert lib.expected(found[3]) == '{"a": 1}'


async def problems(lib: ModuleType, folder: Path, text: str) -> list[str]:
    sandbox = lib.Sandbox(folder, {})
    done = lib.Counter()
    found = await lib._check_page(sandbox, lib.read_snippets("page.md", text), done)
    return [one.text for one in found]


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (fence("shell", "exit 3"), "exit 3: exit status 3: "),
        (fence("shell", "no-such-program --now"), "no-such-program --now: exit status 127"),
        (fence("", "true\nfalse"), "false: exit status 1"),
        (fence("console", '$ echo \'{"a": 1}\'\n{"b": 1}'), "the output has the keys a"),
        (fence("console", "$ echo one\ntwo"), "the output does not begin with two"),
        (fence("json", "{'a': 1}"), "is not json: "),
        (
            fence("json", '{"mcpServers": {"x": {"args": ["-m", "mcp_bridge", "--uri", "x"]}}}'),
            "mcp_bridge does",
        ),
        (fence("yaml", "a: [1"), "is not yaml: "),
        (fence("python", "def x(:"), "is not python: "),
        (fence("toml", "a = 1"), "nothing checks the language toml"),
        (
            fence("yaml", "limits: {front_ends: many}"),
            "steward check: Invalid settings: limits.front_ends: must",
        ),
        ("<!-- not run: -->\n" + fence("shell", "false"), "says not why it is not run"),
    ],
)
async def test_what_is_wrong_is_named(lib: ModuleType, tmp_path: Path, text: str, problem: str) -> None:
    (found,) = await problems(lib, tmp_path, text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "text",
    [
        fence("shell", "test -x script/steward"),
        "<!-- file: rows.jsonl -->\n" + fence("jsonl", '{"a": 1}') + fence("shell", "grep a rows.jsonl"),
        "<!-- not run: needs Docker -->\n" + fence("shell", "docker ps"),
        fence("console", '$ echo \'{"a": 2}\'\n{"a": 1}'),
        fence("yaml", "mcp:\n  tokens:\n    - {person: a, token_file: secrets/a}"),
    ],
)
async def test_what_is_right_passes(lib: ModuleType, tmp_path: Path, text: str) -> None:
    assert await problems(lib, tmp_path, text) == []


def test_commands_in_the_text_are_known_or_in_a_block(lib: ModuleType) -> None:
    def inline(text: str) -> list[str]:
        return [one.text for one in lib.inline_problems("page.md", text, command_parser())]

    assert (
        inline("Run `steward audit verify`, `steward eval privacy|routing`, or `script/steward token`.") == []
    )
    assert inline("Run `steward audit repair`.") == ["the app has no such command: steward audit repair"]
    assert inline("Run `docker ps`.") == ["put the command into a fenced block: docker ps"]
    assert inline(fence("shell", "echo `docker ps`")) == []


def test_every_page_is_checked(lib: ModuleType) -> None:
    found: dict[str, Any] = lib.pages()
    assert {
        "README.md",
        "CONTRIBUTING.md",
        "addon/DOCS.md",
        "docs/mcp.md",
        "docs/decisions/0001-durable-engine.md",
    } <= set(found)
