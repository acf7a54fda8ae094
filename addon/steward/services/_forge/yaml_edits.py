"""Sets one value in the text of a YAML file: comments, quotes, and everything else stay as they are. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.events import Event, ScalarEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ...errors import PreconditionFailed
from ...sdk.display import Text

ANY: Final = "*"
SOPS: Final = "sops"
QUOTES: Final = {"": "", "'": "'", '"': '"'}
TEMPLATING: Final = re.compile(r"\{\{|\{%|\$\{\{")


class NotYaml(PreconditionFailed):
    """A file cannot be parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One value in the text of a file: its place, line, keys, and what it becomes."""

    start: int
    end: int
    line: int
    keys: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where a value is and what it becomes.

    ``path`` has keys, and ``*`` for any key or item. ``pattern`` must match the whole value; its groups that
    ``values`` name are replaced, the others stay.
    """

    path: Sequence[str]
    pattern: re.Pattern[str]
    values: Mapping[str, str]

    def new(self, old: str) -> str | None:
        """Return what a value becomes, None when it has another form."""
        found = self.pattern.fullmatch(old)
        if found is None:
            return None
        parts = sorted((found.span(name), value) for name, value in self.values.items())
        made, end = "", 0
        for (start, stop), value in parts:
            made, end = f"{made}{old[end:start]}{value}", stop
        return made + old[end:]


@dataclass(frozen=True, slots=True)
class Found:
    """The values that a rule finds in a file, and the lines of those that have another form."""

    spots: Sequence[Spot] = ()
    others: Sequence[int] = ()


def find(name: str, content: str, rule: Rule) -> Found:
    """Return the values of a file that a rule is for. ``name`` is that of the file, for errors.

    Raises PreconditionFailed when one of them cannot be set safely, NotYaml for a file that is none.
    """
    documents = _documents(name, content)
    uses = Counter(one for document in documents for one in _uses(document, set()))
    spots: list[Spot] = []
    others: list[int] = []
    for document in documents:
        for trail in _trails(name, document, rule.path, (document,)):
            node = trail[-1]
            line = node.start_mark.line + 1
            new = rule.new(str(node.value)) if isinstance(node, ScalarNode) else None
            if new is None or not isinstance(node, ScalarNode):
                others.append(line)
                continue
            if any(uses[id(one)] > 1 for one in trail):
                raise PreconditionFailed(t"{name}, line {line}: the value is used in several places")
            if _is_encrypted(document):
                raise PreconditionFailed(t"{name} is encrypted with SOPS: change it by hand")
            spots.append(_spot(name, content, node, new, ".".join(rule.path)))
    return Found(spots, others)


def edited(name: str, content: str, spot: Spot) -> str:
    """Return the text of a file with another value. Raises PreconditionFailed when more would change."""
    if spot.new == spot.old:
        return content
    made = content[: spot.start] + spot.new + content[spot.end :]
    before, after = list(_events(content)), list(_events(made))
    changed = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    if len(before) != len(after) or len(changed) != 1 or _type(spot.old) is not _type(spot.new):
        raise PreconditionFailed(t"{name}, line {spot.line}: the value cannot be set without another change")
    return made


def _documents(name: str, content: str) -> list[Node]:
    try:
        return list(yaml.compose_all(content, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as err:
        if TEMPLATING.search(content):
            raise NotYaml(t"{name} is a template of Helm: its lines cannot be changed safely") from err
        raise NotYaml(t"{name} is no YAML") from err


def _events(content: str) -> Iterator[tuple[object, ...]]:
    """Yield what a parser sees, without the places."""
    for one in yaml.parse(content, Loader=yaml.CSafeLoader):
        yield _plain(one)


def _plain(event: Event) -> tuple[object, ...]:
    style = event.style if isinstance(event, ScalarEvent) else None
    seen = (getattr(event, key, None) for key in ("anchor", "tag", "implicit", "value"))
    return type(event).__name__, style, *seen


def _type(raw: str) -> type[Any]:
    return type(yaml.load(raw, Loader=yaml.CSafeLoader))


def _uses(node: Node, seen: set[int]) -> Iterator[int]:
    """Yield the id of each node as often as the file refers to it."""
    yield id(node)
    if id(node) in seen:
        return
    seen.add(id(node))
    for one in _children(node):
        yield from _uses(one, seen)


def _children(node: Node) -> Sequence[Node]:
    if isinstance(node, MappingNode):
        return [value for _, value in node.value]
    return node.value if isinstance(node, SequenceNode) else ()


def _trails(
    name: str, node: Node, path: Sequence[str], trail: tuple[Node, ...]
) -> Iterator[tuple[Node, ...]]:
    """Yield the nodes from a document to each value at a path."""
    if not path:
        yield trail
        return
    for one in _at(name, node, path[0]):
        yield from _trails(name, one, path[1:], (*trail, one))


def _at(name: str, node: Node, key: str) -> Sequence[Node]:
    if key == ANY:
        return _children(node)
    if not isinstance(node, MappingNode):
        return ()
    found = [value for one, value in node.value if one.value == key]
    if len(found) > 1:
        line = found[1].start_mark.line + 1
        raise PreconditionFailed(t"{name}, line {line}: {key} is given twice")
    return found


def _is_encrypted(document: Node) -> bool:
    rows = document.value if isinstance(document, MappingNode) else ()
    return any(key.value == SOPS for key, _ in rows)


def _spot(name: str, content: str, node: ScalarNode, new: str, keys: str) -> Spot:
    start, end, line = node.start_mark.index, node.end_mark.index, node.start_mark.line + 1
    quote = QUOTES.get(node.style)
    old = content[start:end]
    if quote is None or old != f"{quote}{node.value}{quote}":
        raise _unsafe(name, line, t"the value is written in several lines or with escapes")
    begin = content.rfind("\n", 0, start) + 1
    if TEMPLATING.search(content[begin:].partition("\n")[0]):
        raise _unsafe(name, line, t"the line is a template of Helm")
    return Spot(start=start, end=end, line=line, keys=keys, old=old, new=f"{quote}{new}{quote}")


def _unsafe(name: str, line: int, reason: Text) -> PreconditionFailed:
    said = str(PreconditionFailed(reason))
    return PreconditionFailed(t"{name}, line {line}: {said}")
