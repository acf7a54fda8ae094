"""A scheduled question, and how it is read from a YAML file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

import yaml

from homelab_steward.contract.schedules import Delivery

from ..errors import StewardError
from ..texts import Texts, english
from ..timing.times import Cron, WrongCron
from .rules import RULES

LARGEST: Final = 64 * 1024
"""Bytes of one file."""

MOST_FILES: Final = 100
LONGEST_TITLE: Final = 80
LONGEST_PROMPT: Final = 2_000
MOST_TOOLS: Final = 10
SHIPPED: Final = Path(__file__).parent / "shipped"
TITLES: Final = {
    "certificates-and-backups": english("Certificates and backups"),
    "dependency-health": english("Versions and updates"),
    "morning-briefing": english("Morning briefing"),
    "security-review": english("Security review"),
    "unifi-features": english("UniFi updates"),
}
"""The titles of the questions of the app."""


class WrongSchedule(StewardError):
    """A file that cannot be used. The text names the file, the line and the reason."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")


class Models(StrEnum):
    """Which language models may read the findings."""

    LOCAL = "local"
    ANY = "any"
    """Those that privacy and routing allow."""


class Send(StrEnum):
    """When a message is sent; otherwise there is nothing to say."""

    ALWAYS = "always"
    FINDINGS = "findings"
    NEWS = "news"
    """When it says something else than the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRead:
    """A tool of an instance that is read, without arguments."""

    instance: str
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked when. ``zone`` is "" for that of the household.

    Without a ``prompt`` no model is asked. One request is made, and ``tokens`` is what the question and its
    answer may need together; if they need more, no model is asked.
    """

    id: str
    title: str
    cron: str
    zone: str = ""
    rules: tuple[str, ...] = ()
    tools: tuple[ToolRead, ...] = ()
    prompt: str = ""
    models: Models = Models.LOCAL
    tokens: int = 4_000
    deliver_to: tuple[Delivery, ...] = tuple(Delivery)
    send: Send = Send.FINDINGS
    is_enabled: bool = True
    is_own: bool = False


def title_of(question: Question, texts: Texts) -> str:
    """Return the title in a language; that of an own question stays as it is written."""
    return question.title if question.is_own else texts(TITLES[question.id])


def read_questions(folder: Path, *, is_own: bool) -> tuple[dict[str, Question], tuple[str, ...]]:
    """Return the questions of a folder by id, and what is wrong with the others."""
    found: dict[str, Question] = {}
    wrong: list[str] = []
    paths = sorted(one for one in folder.glob("*.y*ml") if one.suffix in (".yaml", ".yml"))
    for path in paths[:MOST_FILES]:
        try:
            found[path.stem] = read_question(path, is_own=is_own)
        except WrongSchedule as err:
            wrong.append(str(err))
    if len(paths) > MOST_FILES:
        wrong.append(f"{folder.name}: only the first {MOST_FILES} files are read")
    return found, tuple(wrong)


def read_question(path: Path, *, is_own: bool = True) -> Question:
    """Return the question of a file, whose name is the id. Raises WrongSchedule."""
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise WrongSchedule(path, 1, f"the file is larger than {LARGEST // 1024} KiB")
        node = yaml.compose(raw.decode(), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as err:
        raise WrongSchedule(path, 1, f"the file cannot be read ({type(err).__name__})") from err
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        raise WrongSchedule(path, line, err.problem or "this is no YAML") from err
    except yaml.YAMLError as err:
        raise WrongSchedule(path, 1, "this is no YAML") from err
    return _Reader(path).question(node, is_own=is_own)


class _Reader:
    """Reads one file; each error names its line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def question(self, node: yaml.Node | None, *, is_own: bool) -> Question:
        if not isinstance(node, yaml.MappingNode):
            raise WrongSchedule(self._path, 1, "expected keys and values, such as: cron: 0 9 * * 1")
        parts = self._parts(node)
        unknown = next((key for key in parts if key not in KEYS), None)
        if unknown is not None:
            known = ", ".join(KEYS)
            self._fail(parts[unknown], f"“{unknown}” is not known; the keys are {known}")
        for key in ("title", "cron"):
            if key not in parts:
                self._fail(node, f"“{key}” is missing")
        values = {key: KEYS[key](self, parts[key]) for key in parts}
        if not values.get("rules") and not values.get("tools"):
            self._fail(node, "it needs “rules” or “tools”: what it asks about")
        self._check_cron(parts["cron"], str(values["cron"]), str(values.get("zone", "")))
        return Question(id=self._id(node), is_own=is_own, **values)  # type: ignore[arg-type]  # read by name

    def text(self, node: yaml.Node, longest: int = LONGEST_TITLE) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self._fail(node, "expected a text")
        if len(node.value) > longest:
            self._fail(node, f"the text has more than {longest} characters")
        return str(node.value).strip()

    def prompt(self, node: yaml.Node) -> str:
        return self.text(node, LONGEST_PROMPT)

    def zone(self, node: yaml.Node) -> str:
        name = self.text(node)
        try:
            ZoneInfo(name)
        except OSError, ValueError, KeyError:
            self._fail(node, f"“{name}” is no time zone, such as Europe/Vienna")
        return name

    def rules(self, node: yaml.Node) -> tuple[str, ...]:
        return tuple(self._one_of(one, RULES, "rule") for one in self._items(node))

    def deliver_to(self, node: yaml.Node) -> tuple[Delivery, ...]:
        return tuple(Delivery(self._one_of(one, list(Delivery), "place")) for one in self._items(node))

    def models(self, node: yaml.Node) -> Models:
        return Models(self._one_of(node, list(Models), "choice"))

    def send(self, node: yaml.Node) -> Send:
        return Send(self._one_of(node, list(Send), "choice"))

    def tokens(self, node: yaml.Node) -> int:
        value = self.text(node)
        if not value.isdecimal() or not 0 <= int(value) <= 1_000_000:  # noqa: PLR2004 - a bound
            self._fail(node, "expected a whole number up to 1000000")
        return int(value)

    def flag(self, node: yaml.Node) -> bool:
        value = self.text(node).lower()
        if value not in ("true", "false"):
            self._fail(node, "expected true or false")
        return value == "true"

    def tools(self, node: yaml.Node) -> tuple[ToolRead, ...]:
        found = []
        for one in self._items(node)[:MOST_TOOLS]:
            instance, slash, tool = self.text(one).partition("/")
            if not slash or not instance or not tool:
                self._fail(one, "expected an instance and its tool, such as unifi/status")
            found.append(ToolRead(instance=instance, tool=tool))
        return tuple(found)

    def _check_cron(self, node: yaml.Node, expression: str, zone: str) -> None:
        try:
            Cron(expression, zone or "UTC")
        except WrongCron as err:
            self._fail(node, f"“{expression}” is no time: {err}")

    def _parts(self, node: yaml.MappingNode) -> Mapping[str, yaml.Node]:
        return {str(key.value): value for key, value in node.value}

    def _items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, "expected a list")
        return list(node.value)

    def _one_of(self, node: yaml.Node, known: Collection[str], what: str) -> str:
        name = self.text(node)
        if name not in known:
            self._fail(node, f"“{name}” is no {what}; there are {', '.join(known)}")
        return name

    def _id(self, node: yaml.Node) -> str:
        name = self._path.stem
        if not name.replace("-", "").replace("_", "").isalnum() or not name.isascii() or len(name) > 60:  # noqa: PLR2004 - as its column
            self._fail(node, "the name of the file needs letters, digits, “-” and “_” only")
        return name

    def _fail(self, node: yaml.Node, reason: str) -> NoReturn:
        raise WrongSchedule(self._path, node.start_mark.line + 1, reason)


KEYS: Final[Mapping[str, Callable[[_Reader, yaml.Node], object]]] = {
    "title": _Reader.text,
    "cron": _Reader.text,
    "zone": _Reader.zone,
    "rules": _Reader.rules,
    "tools": _Reader.tools,
    "prompt": _Reader.prompt,
    "models": _Reader.models,
    "tokens": _Reader.tokens,
    "deliver_to": _Reader.deliver_to,
    "send": _Reader.send,
    "is_enabled": _Reader.flag,
}
