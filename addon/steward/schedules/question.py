"""A scheduled question, and how it is read from a YAML file."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

import yaml

from homelab_steward.contract.schedules import Delivery

from ..errors import StewardError
from ..texts import Text, Texts, english, translate
from ..timing.times import Cron, WrongCron
from .rules import RULES

LARGEST: Final = 64 * 1024
"""Bytes of one file."""

MOST_FILES: Final = 100
LONGEST_TITLE: Final = 80
LONGEST_PROMPT: Final = 2_000
MOST_TOOLS: Final = 10
MOST_TOKENS: Final = 1_000_000
SUFFIXES: Final = (".yaml", ".yml")
ID: Final = re.compile(r"(?=.{1,60}\Z)[\w-]*[A-Za-z0-9][\w-]*", re.ASCII)
"""An id is at most as long as its column."""

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
    """A file that cannot be used. The text names the file, the line and the reason.

    ``key`` is what is wrong, "" for the file itself; ``reason`` is looked up in the reader's language.
    """

    def __init__(self, name: str, line: int, reason: Text, key: str = "") -> None:
        super().__init__(t"{name}, line {line}: {reason}")
        self.reason = reason
        self.key = key


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

    ``is_own``: it is not of the app. ``is_changed``: a file changes this question of the app.
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
    is_changed: bool = False


def title_of(question: Question, texts: Texts) -> str:
    """Return the title in a language; one that a person wrote stays as it is."""
    known = TITLES.get(question.id)
    return texts(known) if known == question.title and not question.is_own else question.title


def read_all(own: Path) -> tuple[dict[str, Question], tuple[str, ...]]:
    """Return the questions of the app with those of a folder by id, and what is wrong with its files."""
    shipped, _ = read_questions(SHIPPED, {}, is_own=False)
    found, wrong = read_questions(own, shipped)
    return shipped | found, wrong


def read_questions(
    folder: Path, shipped: Mapping[str, Question], *, is_own: bool = True
) -> tuple[dict[str, Question], tuple[str, ...]]:
    """Return the questions of a folder by id, and what is wrong with the others.

    A file with the name of one that is ``shipped`` changes it: what it does not say stays.
    """
    found: dict[str, Question] = {}
    wrong: list[str] = []
    paths = sorted(one for one in folder.glob("*.y*ml") if one.suffix in SUFFIXES)
    for path in paths[:MOST_FILES]:
        try:
            found[path.stem] = read_question(path, shipped.get(path.stem), is_own=is_own)
        except WrongSchedule as err:
            wrong.append(str(err))
    if len(paths) > MOST_FILES:
        wrong.append(translate(t"{folder.name}: only the first {MOST_FILES} files are read"))
    return found, tuple(wrong)


def read_question(path: Path, shipped: Question | None = None, *, is_own: bool = True) -> Question:
    """Return the question of a file, whose name is the id. Raises WrongSchedule."""
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise WrongSchedule(path.name, 1, t"the file is larger than {LARGEST // 1024} KiB")
        text = raw.decode()
    except (OSError, UnicodeDecodeError) as err:
        reason = type(err).__name__
        raise WrongSchedule(path.name, 1, t"the file cannot be read ({reason})") from err
    question, wrong = checked_question(path.name, text, shipped, is_own=is_own)
    if question is None:
        raise wrong[0]
    return question


def checked_question(
    name: str, text: str, shipped: Question | None = None, *, is_own: bool = True
) -> tuple[Question | None, tuple[WrongSchedule, ...]]:
    """Return the question of a text, None with all that is wrong with it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        return None, (WrongSchedule(name, line, err.problem or t"this is no YAML"),)
    except yaml.YAMLError:
        return None, (WrongSchedule(name, 1, t"this is no YAML"),)
    reader = _Reader(name)
    question = reader.question(node, shipped, is_own=is_own)
    return question, tuple(reader.wrong)


class _Reader:
    """Reads one file; each error names its line and its key."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._key = ""
        self.wrong: list[WrongSchedule] = []

    def question(self, node: yaml.Node | None, shipped: Question | None, *, is_own: bool) -> Question | None:
        """Return the question, None if something is ``wrong``."""
        try:
            return self._question(node, shipped, is_own=is_own)
        except WrongSchedule as err:
            self.wrong.append(err)
        return None

    def _question(self, node: yaml.Node | None, shipped: Question | None, *, is_own: bool) -> Question | None:
        if not isinstance(node, yaml.MappingNode):
            raise WrongSchedule(self._name, 1, t"expected keys and values, such as: cron: 0 9 * * 1")
        parts = {str(key.value): value for key, value in node.value}
        unknown = next((key for key in parts if key not in KEYS), None)
        if unknown is not None:
            known = ", ".join(KEYS)
            self._fail(parts[unknown], t"“{unknown}” is not known; the keys are {known}")
        for key in ("title", "cron"):
            if key not in parts and shipped is None:
                self._key = key
                self._fail(node, t"“{key}” is missing")
        base = shipped or Question(id="", title="", cron="")
        values = {key: self._value(key, parts[key]) for key in parts}
        found = replace(base, **{key: one for key, one in values.items() if one is not None})
        self._check_whole(node, parts, found)
        identity = self._id(node)
        if self.wrong:
            return None
        return replace(found, id=identity, is_own=is_own and shipped is None, is_changed=shipped is not None)

    def _value(self, key: str, node: yaml.Node) -> Any:
        """Return what a key says, None if that is wrong."""
        self._key = key
        try:
            return KEYS[key](self, node)
        except WrongSchedule as err:
            self.wrong.append(err)
        return None

    def _check_whole(self, node: yaml.Node, parts: Mapping[str, yaml.Node], found: Question) -> None:
        is_wrong = {one.key for one in self.wrong}
        try:
            if not found.rules and not found.tools and not is_wrong & {"rules", "tools"}:
                self._key = "rules"
                self._fail(node, t"it needs “rules” or “tools”: what it asks about")
            if "cron" in parts and not is_wrong & {"cron", "zone"}:
                self._key = "cron"
                self._check_cron(parts["cron"], found.cron, found.zone)
        except WrongSchedule as err:
            self.wrong.append(err)

    def text(self, node: yaml.Node, longest: int = LONGEST_TITLE) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self._fail(node, t"expected a text")
        if len(node.value) > longest:
            self._fail(node, t"the text has more than {longest} characters")
        return str(node.value).strip()

    def prompt(self, node: yaml.Node) -> str:
        return self.text(node, LONGEST_PROMPT)

    def zone(self, node: yaml.Node) -> str:
        name = self.text(node)
        try:
            ZoneInfo(name)
        except OSError, ValueError, KeyError:
            self._fail(node, t"“{name}” is no time zone, such as Europe/Vienna")
        return name

    def rules(self, node: yaml.Node) -> tuple[str, ...]:
        return tuple(self._one_of(one, RULES) for one in self._items(node))

    def deliver_to(self, node: yaml.Node) -> tuple[Delivery, ...]:
        return tuple(Delivery(self._one_of(one, list(Delivery))) for one in self._items(node))

    def models(self, node: yaml.Node) -> Models:
        return Models(self._one_of(node, list(Models)))

    def send(self, node: yaml.Node) -> Send:
        return Send(self._one_of(node, list(Send)))

    def tokens(self, node: yaml.Node) -> int:
        value = self.text(node)
        if not value.isdecimal() or not int(value) <= MOST_TOKENS:
            self._fail(node, t"expected a whole number up to {MOST_TOKENS}")
        return int(value)

    def flag(self, node: yaml.Node) -> bool:
        value = self.text(node).lower()
        if value not in ("true", "false"):
            self._fail(node, t"expected true or false")
        return value == "true"

    def tools(self, node: yaml.Node) -> tuple[ToolRead, ...]:
        found = []
        items = self._items(node)
        if len(items) > MOST_TOOLS:
            self._fail(node, t"more than {MOST_TOOLS} tools")
        for one in items:
            instance, slash, tool = self.text(one).partition("/")
            if not slash or not instance or not tool:
                self._fail(one, t"expected an instance and its tool, such as unifi/status")
            found.append(ToolRead(instance=instance, tool=tool))
        return tuple(found)

    def _check_cron(self, node: yaml.Node, expression: str, zone: str) -> None:
        try:
            Cron(expression, zone or "UTC")
        except WrongCron as err:
            self._fail(node, t"“{expression}” is no time: {err.reason}")

    def _items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, t"expected a list")
        return list(node.value)

    def _one_of(self, node: yaml.Node, known: Collection[str]) -> str:
        name = self.text(node)
        if name not in known:
            listed = ", ".join(known)
            self._fail(node, t"“{name}” is not known; there are {listed}")
        return name

    def _id(self, node: yaml.Node) -> str:
        name = Path(self._name).stem
        if not ID.fullmatch(name):
            self._key = ""
            self._fail(node, t"the name of the file needs letters, digits, “-” and “_” only")
        return name

    def _fail(self, node: yaml.Node, reason: Text) -> NoReturn:
        raise WrongSchedule(self._name, node.start_mark.line + 1, reason, self._key)


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
