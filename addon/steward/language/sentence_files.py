"""Reads the sentences of each language: those of the app, and those that users add."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from ..errors import StewardError

BUILT_IN: Final = Path(__file__).parent / "sentences"

SHARED: Final = "all_languages"
"""The folder with what people say in every language. It is no language: the name has no letters only."""

LARGEST: Final = 256 * 1024
"""Bytes of one file."""

INTENTS: Final = frozenset(
    {
        "Problems", "Waiting", "Done", "Quota", "ExpectedOff", "Backups", "NoBackup",
        "Maintenance", "Logs", "Certificates", "Updates",
        "Monitors", "BlindMonitors", "SetUp", "ThisMonth", "Restores", "Secrets", "Addresses",
        "Watching", "CloudRequests", "Help", "Autonomy", "NotAlone", "State", "Value",
        "ValueOfAll", "Extreme", "Longest", "Count", "Dependents",
        "List", "Since", "Changes", "UnknownThing", "Yes", "No", "Request", "Approve", "Reject", "Ignore",
        "Snooze", "Cancel", "Stop", "FalseAlarm", "Scheduled", "Timeline", "FixDown", "FreeSpace", "PowerCut",
        "MoveToVlan", "RunRunbook", "LeaveAlone",
        "Idle", "Busy", "BackupDone", "Up", "Down", "Home", "ActionHistory",
    }
)  # fmt: skip
"""What a sentence can mean."""

DYNAMIC: Final = frozenset({"name", "verb", "reading", "kind"})
"""Lists that are filled or extended with what the inventory contains."""

_SECTIONS: Final = ("intents", "lists", "expansion_rules")


class WrongSentences(StewardError):
    """A file of sentences that cannot be used. The text names the file, the line and the reason."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason}")


class _Placed(str):
    """A text of a file with the number of its line."""

    __slots__ = ("line",)
    line: int


type Content = dict[str, Any]
"""The sections of one language in the format of Home Assistant."""


def languages_of(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the languages that the folders contain, those of the first folder first."""
    found = (one.name for folder in folders if folder.is_dir() for one in sorted(folder.iterdir()))
    return tuple(dict.fromkeys(name for name in found if name.isascii() and name.isalpha()))


def read_language(language: str, folder: Path) -> Content:
    """Return the sentences of a language that the app contains. They are not checked: a test does it."""
    content: Content = {"language": language, "intents": {}, "lists": {}, "expansion_rules": {}}
    for path in (*language_files(SHARED, folder), *language_files(language, folder)):
        content = _merged(content, _read(path))
    return content


def language_files(language: str, folder: Path) -> tuple[Path, ...]:
    """Return the files of a language in a folder, by name."""
    return tuple(_files(folder / language)) if (folder / language).is_dir() else ()


def with_file(content: Content, path: Path) -> Content:
    """Return the sentences with those of one more file. Raises WrongSentences."""
    added = _read(path)
    _check_sections(path, added)
    merged = _merged(content, added)
    _check(path, added, merged)
    return merged


def _merged(content: Content, added: Content) -> Content:
    return {
        **content,
        "skip_words": [*content.get("skip_words", ()), *added.get("skip_words", ())],
        "intents": _merged_intents(content["intents"], added.get("intents", {})),
        "lists": _merged_lists(content["lists"], added.get("lists", {})),
        "expansion_rules": {**content["expansion_rules"], **added.get("expansion_rules", {})},
    }


def _files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.suffix in (".yaml", ".yml"))


def _read(path: Path) -> Content:
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise WrongSentences(path, 1, f"The file is larger than {LARGEST // 1024} KiB.")
        node = yaml.compose(raw.decode(), Loader=yaml.SafeLoader)
        content = _plain(node, path) if node else {}
    except (OSError, UnicodeDecodeError) as err:
        raise WrongSentences(path, 1, f"The file cannot be read: {err}") from err
    except yaml.YAMLError as err:
        mark = getattr(err, "problem_mark", None)
        reason = getattr(err, "problem", None) or "invalid"
        raise WrongSentences(path, mark.line + 1 if mark else 1, f"This is not YAML: {reason}") from err
    if not isinstance(content, dict):
        raise WrongSentences(path, 1, "The file must contain sections: intents, lists, expansion_rules.")
    return content


def _check_sections(path: Path, content: Content) -> None:
    """Check the names and forms of the sections. Raises WrongSentences."""
    for key in content:
        if key not in (*_SECTIONS, "language", "skip_words"):
            raise WrongSentences(path, _line(key), f"There is no section {key}.")
    for key in _SECTIONS:
        if not isinstance(content.get(key, {}), dict):
            raise WrongSentences(path, _line_of_key(content, key), f"{key} must contain names and values.")
    _texts(path, content.get("skip_words", []), _line_of_key(content, "skip_words"))


def _plain(node: yaml.Node, path: Path) -> Any:
    """Return what a node contains; texts know their line."""
    line = node.start_mark.line + 1
    match node:
        case yaml.MappingNode():
            return {_plain(key, path): _plain(value, path) for key, value in node.value}
        case yaml.SequenceNode():
            return [_plain(one, path) for one in node.value]
        case yaml.ScalarNode() if node.tag == "tag:yaml.org,2002:str":
            text = _Placed(node.value)
            text.line = line
            return text
        case yaml.ScalarNode() if node.tag in _SCALARS:
            return _SCALARS[node.tag](node.value)
        case _:
            raise WrongSentences(path, line, "This kind of value is not allowed.")


_SCALARS: Final[Mapping[str, Callable[[str], Any]]] = {
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda text: text.casefold() in ("true", "yes", "on"),
    "tag:yaml.org,2002:null": lambda _: None,
}


def _merged_intents(known: Content, added: Content) -> Content:
    merged = dict(known)
    for name, intent in added.items():
        data = intent.get("data") if isinstance(intent, dict) else None
        merged[name] = {"data": [*merged.get(name, {"data": []})["data"], *(data or ())]}
    return merged


def _merged_lists(known: Content, added: Content) -> Content:
    merged = dict(known)
    for name, one in added.items():
        values = one.get("values") if isinstance(one, dict) else None
        before = merged.get(name, {}).get("values")
        merged[name] = {"values": [*before, *values]} if before and values else one
    return merged


def _check(path: Path, added: Content, merged: Content) -> None:
    """Check the sentences, lists and rules of a file. Raises WrongSentences."""
    for name, intent in added.get("intents", {}).items():
        for text in _sentences(path, name, intent):
            _check_template(path, text, merged)
    for name, text in added.get("expansion_rules", {}).items():
        for one in _texts(path, [text], _line(name)):
            _check_template(path, one, merged)
        if name in _reachable(name, merged["expansion_rules"]):
            raise WrongSentences(path, _line(name), f"The rule <{name}> contains itself.")
    for name, one in added.get("lists", {}).items():
        for text in _list_texts(path, name, one):
            _check_template(path, text, merged)


def _sentences(path: Path, name: str, intent: Any) -> Iterator[str]:
    """Yield the sentences of an intent. Raises WrongSentences for one of another form."""
    line = _line(name)
    if name not in INTENTS:
        raise WrongSentences(path, line, f"There is no intent {name}.")
    blocks = intent.get("data") if isinstance(intent, dict) else None
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise WrongSentences(path, line, f"{name} must contain data: a list with sentences.")
    for block in blocks:
        yield from _texts(path, block.get("sentences"), line)


def _reachable(name: str, rules: Mapping[str, str]) -> set[str]:
    """Return the rules that a rule refers to, directly and by others."""
    from .expressions import rules_of, template  # noqa: PLC0415 - hassil is not loaded at the start

    found: set[str] = set()
    waiting = [name]
    while waiting:
        for one in rules_of(template(rules[waiting.pop()])):
            if one not in found and one in rules:
                found.add(one)
                waiting.append(one)
    return found


def _list_texts(path: Path, name: str, one: Any) -> Iterator[str]:
    """Yield the texts of a list. Raises WrongSentences for a list of another form."""
    line = _line(name)
    is_range = isinstance(one, dict) and isinstance(one.get("range"), dict)
    if isinstance(one, dict) and (one.get("wildcard") is True or is_range):
        if is_range and not all(isinstance(one["range"].get(key), int) for key in ("from", "to")):
            raise WrongSentences(path, line, f"The range of {name} needs the numbers from and to.")
        return
    values = one.get("values") if isinstance(one, dict) else None
    if not isinstance(values, list):
        raise WrongSentences(path, line, f"The list {name} must contain values, a range, or wildcard: true.")
    for value in values:
        text = value.get("in") if isinstance(value, dict) else value
        yield from _texts(path, [text], line)


def _texts(path: Path, found: Any, line: int = 1) -> list[str]:
    """Return a list of texts as it is. Raises WrongSentences when it is something else."""
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise WrongSentences(path, line, "This must be a list of texts.")
    return found


def _check_template(path: Path, text: str, merged: Content) -> None:
    """Check the syntax of a template, and that its lists and rules exist. Raises WrongSentences."""
    from hassil.parse_expression import ParseExpressionError  # noqa: PLC0415 - not loaded at the start
    from hassil.parser import ParseError  # noqa: PLC0415

    from .expressions import lists_of, rules_of, template  # noqa: PLC0415

    try:
        expression = template(text)
    except (ParseError, ParseExpressionError, AssertionError, ValueError) as err:
        raise WrongSentences(path, _line(text), f"The sentence “{text}” is not valid: {err}") from err
    known_lists = {*merged["lists"], *DYNAMIC}
    for name in lists_of(expression):
        if name not in known_lists:
            raise WrongSentences(path, _line(text), f"There is no list {{{name}}}.")
    for name in rules_of(expression):
        if name not in merged["expansion_rules"]:
            raise WrongSentences(path, _line(text), f"There is no rule <{name}>.")


def _line(text: Any) -> int:
    return text.line if isinstance(text, _Placed) else 1


def _line_of_key(content: Mapping[str, Any], key: str) -> int:
    return next((_line(one) for one in content if one == key), 1)
