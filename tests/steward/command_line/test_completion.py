"""The completion of commands, as shells use it."""

import shutil
import subprocess

import pytest

from steward.command_line.completion import SHELLS, fish, levels
from steward.command_line.main import COMMANDS, command_parser, main

COMPLETE = """
source /dev/stdin
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_steward
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def script() -> str:
    return SHELLS["bash"](list(levels(command_parser())))


def completed(script: str, *words: str) -> list[str]:
    done = subprocess.run(
        ["bash", "--norc", "-c", COMPLETE, "bash", "steward", *words],
        input=script,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout.split()


def test_bash_completes_every_command(script: str) -> None:
    assert completed(script, "") == [*COMMANDS, "--help"]
    assert completed(script, "restore") == ["restore-drill", "restore"]


def test_bash_completes_what_follows_a_command(script: str) -> None:
    assert completed(script, "audit", "v") == ["verify"]
    assert completed(script, "changes", "--da") == ["--days"]
    assert completed(script, "changes", "defer", "--d") == ["--days", "--dry-run"]
    assert completed(script, "eval", "pr") == ["privacy"]
    assert completed(script, "eval", "autonomy", "--s") == ["--seed"]
    assert completed(script, "--settings", "x", "token", "--m") == ["--monitor"]


def test_bash_leaves_the_value_of_an_option_to_names_of_files(script: str) -> None:
    assert completed(script, "token", "--settings", "") == []


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_the_completion_is_valid_for_its_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n"], input=text, text=True, check=True)


def test_fish_gets_each_command_with_its_help() -> None:
    lines = fish(list(levels(command_parser()))).splitlines()
    seen = "complete --command steward --condition '__fish_use_subcommand' --no-files --arguments"
    assert f"{seen} check --description 'check settings, services and runbooks'" in lines
    nested = [one for one in lines if "__fish_seen_subcommand_from eval; and" in one and "corpus" in one]
    assert len(nested) == 1
    assert "--require-parameter" in nested[0]
