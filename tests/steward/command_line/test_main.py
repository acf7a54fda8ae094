"""The table of commands."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

import steward.command_line
from steward.command_line.main import COMMANDS, command_parser

SHARED = {"__init__", "command", "main"}
LOADED = """
import sys
from steward.command_line.main import main
main(["token", "--settings", sys.argv[1]])
print(sorted(one for one in sys.modules if one.startswith("steward.command_line.")))
"""


def test_each_module_is_a_command_of_the_table() -> None:
    modules = {path.stem for path in Path(steward.command_line.__file__).parent.glob("*.py")}
    assert {name.replace("-", "_") for name in COMMANDS} == modules - SHARED


def test_only_the_command_at_hand_is_loaded(tmp_path: Path) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text("api_token: token-of-the-test\n")
    words = [sys.executable, "-c", LOADED, str(settings)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    names = [f"steward.command_line.{name}" for name in ("command", "main", "token")]
    assert done.stdout == f"token-of-the-test\n{names}\n"


def arguments_of(parser: argparse.ArgumentParser, command: str) -> list[argparse.Action]:
    (commands,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    chosen: argparse.ArgumentParser = commands.choices[command]
    return chosen._actions[1:]


def test_the_parser_has_the_arguments_of_every_command_or_of_one() -> None:
    assert all(arguments_of(command_parser(), name) for name in COMMANDS)
    one = command_parser("token")
    assert [name for name in COMMANDS if arguments_of(one, name)] == ["token"]


def test_an_unknown_command_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_parser("nothing").parse_args(["nothing"])
    assert "invalid choice: 'nothing'" in capsys.readouterr().err
