"""The command that prints what a shell needs to complete commands and options."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .command import SUCCESS, Command

PROGRAM: Final = "steward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option with its help; ``takes_value`` when a value follows it."""

    name: str
    help: str
    takes_value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What may follow a path of commands, such as ``("eval", "privacy")``: each word with its help."""

    path: tuple[str, ...]
    commands: Mapping[str, str]
    choices: tuple[str, ...]
    options: tuple[Option, ...]


def levels(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Level]:
    """Yield the level of a parser, and those of the parsers of its commands."""
    commands: dict[str, str] = {}
    below: dict[str, argparse.ArgumentParser] = {}
    choices: list[str] = []
    options: list[Option] = []
    for one in parser._actions:  # noqa: SLF001 - argparse has no public list of arguments
        if isinstance(one, argparse._SubParsersAction):  # noqa: SLF001 - nor a public name of this kind
            below.update(one.choices)
            helps = {each.dest: each.help or "" for each in one._choices_actions}  # noqa: SLF001
            commands.update({name: helps.get(name, "") for name in one.choices})
        elif one.option_strings:
            options += [_option(name, one) for name in one.option_strings if name.startswith("--")]
        else:
            choices += map(str, one.choices or ())
    yield Level(path=path, commands=commands, choices=tuple(choices), options=tuple(options))
    for name, one_below in below.items():
        yield from levels(one_below, (*path, name))


def _option(name: str, action: argparse.Action) -> Option:
    return Option(name=name, help=action.help or "", takes_value=action.nargs != 0)


def bash(found: list[Level]) -> str:
    """Return the completion for bash. Where nothing fits, it completes names of files."""
    paths = "|".join(f'"{" ".join(one.path)}"' for one in found if one.path)
    values = sorted({option.name for one in found for option in one.options if option.takes_value})
    lines = [
        f"_{PROGRAM}() {{",
        '    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"',
        '    local known="" words="" word place',
        "    for ((place = 1; place < COMP_CWORD; place++)); do",
        '        word="${known:+$known }${COMP_WORDS[place]}"',
        f'        case "$word" in {paths}) known="$word" ;; esac',
        "    done",
        "    COMPREPLY=()",
        f'    case "$previous" in {"|".join(values)}) return ;; esac',
        '    case "$known" in',
        *(f'        "{" ".join(one.path)}") words="{" ".join(_words(one))}" ;;' for one in found),
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$current"))',
        "}",
        f"complete -o default -F _{PROGRAM} {PROGRAM}",
    ]
    return "\n".join(lines)


def zsh(found: list[Level]) -> str:
    """Return the completion for zsh, which understands that of bash after ``bashcompinit``."""
    return f"autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n{bash(found)}"


def fish(found: list[Level]) -> str:
    """Return the completion for fish."""
    return "\n".join(line for one in found for line in _fish_lines(one))


def _fish_lines(level: Level) -> Iterator[str]:
    seen = [f"__fish_seen_subcommand_from {name}" for name in level.path]
    is_here = "; and ".join(seen) or "__fish_use_subcommand"
    if level.path and level.commands:
        is_here += f"; and not __fish_seen_subcommand_from {' '.join(level.commands)}"
    start = f"complete --command {PROGRAM} --condition {_quoted(is_here)}"
    for name, text in level.commands.items():
        yield f"{start} --no-files --arguments {name} --description {_quoted(text)}"
    if level.choices:
        yield f"{start} --arguments {_quoted(' '.join(level.choices))}"
    for option in level.options:
        value = " --require-parameter" if option.takes_value else ""
        yield f"{start} --long-option {option.name[2:]}{value} --description {_quoted(option.help)}"


def _words(level: Level) -> list[str]:
    return [*level.commands, *level.choices, *(one.name for one in level.options)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


SHELLS: Final[Mapping[str, Callable[[list[Level]], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="print the completion for this shell")


def _complete(options: argparse.Namespace) -> int:
    from .main import command_parser

    print(SHELLS[options.shell](list(levels(command_parser()))))
    return SUCCESS


COMMAND = Command(add_arguments=_add_arguments, work=_complete)
