"""A subset of PromQL for series that are functions of time.

Supported: selectors with matchers, numbers, `+ - * /`, comparisons (also `bool`), `and`, `or`,
`unless`, aggregations with `by`/`without`, `rate`, `increase`, `delta`, `*_over_time` over a
range, `abs`, `round`, `vector`, `scalar` and `time`. Vectors are matched on all labels, or as
`on`/`ignoring` specify, one to one. Anything else is refused with an error of Prometheus.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lab.promql_vectors import (
    AGGREGATE,
    COMPARE,
    MAPPED,
    RANGED,
    SETS,
    Expression,
    Key,
    Sample,
    Vector,
    aggregated,
    compared,
    computed,
    grouping,
    mapped,
    over_range,
    set_operation,
)

type Source = Callable[[str, float], list[Sample]]


class QueryError(ValueError):
    """The query cannot be parsed; the text is that of Prometheus."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """`name op value`, with op one of `=`, `!=`, `=~`, `!~`."""

    name: str
    op: str
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Return whether the labels match."""
        actual = labels.get(self.name, "")
        if self.op in ("=", "!="):
            return (actual == self.value) is (self.op == "=")
        return (re.fullmatch(self.value, actual) is not None) is (self.op == "=~")


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![\w:]))
  | (?P<duration>(?:\d+(?:ms|[smhdwy]))+)
  | (?P<name>[a-zA-Z_:][\w:]*)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<op>==|!=|>=|<=|=~|!~|[-+*/%(){}\[\],=<>])
  )""",
    re.VERBOSE,
)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and", "unless"),
    tuple(COMPARE),
    ("+", "-"),
    ("*", "/", "%"),
)


def parse_duration(text: str) -> float:
    """Return the seconds of `5m`, `1h30m` or a plain number. Raises QueryError."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if not re.fullmatch(r"(\d+(ms|[smhdwy]))+", text):
        raise QueryError(f"cannot parse {text!r} to a valid duration")
    return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of `{a="b",c!~"d"}`, with or without braces. Raises QueryError."""
    parser = _Parser("{" + text.strip().removeprefix("{").removesuffix("}") + "}", lambda _name, _at: [])
    return parser.matchers()


def compile_query(text: str, source: Source) -> Expression:
    """Return a function from wall time to the query's result. Raises QueryError."""
    parser = _Parser(text, source)
    expression = parser.expression(0)
    parser.end()
    return expression


class _Parser:
    def __init__(self, text: str, source: Source) -> None:
        self._text = text
        self._source = source
        self._tokens = list(_tokens(text))
        self._next = 0

    def expression(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while self._peek() in _LEVELS[level]:
            left = self._binary(left, level)
        return left

    def end(self) -> None:
        if self._peek():
            raise self._unexpected()

    def matchers(self) -> tuple[Matcher, ...]:
        found: list[Matcher] = []
        self._expect("{")
        while self._peek() != "}":
            name, op, value = self._take(), self._take(), self._take()
            if op not in ("=", "!=", "=~", "!~") or value[:1] not in ("'", '"') or not value:
                raise self._error(
                    "unexpected end of input inside braces" if not value else "expected label matching"
                )
            found.append(Matcher(name, op, _unquote(value)))
            if self._peek() == ",":
                self._take()
        self._expect("}")
        return tuple(found)

    def _binary(self, left: Expression, level: int) -> Expression:
        op = self._take()
        is_bool = self._accept("bool")
        key = self._matching()
        right = self.expression(level + 1)
        if op in SETS:
            return lambda at: set_operation(op, left(at), right(at), key)
        if op in COMPARE:
            return lambda at: compared(op, left(at), right(at), key, is_bool=is_bool)
        return lambda at: computed(op, left(at), right(at), key)

    def _matching(self) -> Key:
        for word in ("on", "ignoring"):
            if self._accept(word):
                return grouping(self._names(), is_by=word == "on")
        return grouping((), is_by=False)

    def _unary(self) -> Expression:
        if self._accept("-"):
            inner = self._unary()
            return lambda at: mapped(inner(at), operator.neg)
        if self._accept("("):
            inner = self.expression(0)
            self._expect(")")
            return inner
        return self._atom()

    def _atom(self) -> Expression:
        token = self._peek()
        if re.fullmatch(r"[\d.].*", token) and not re.search(r"[a-zA-Z]$", token):
            value = float(self._take())
            return lambda _: Vector((Sample((), value),), is_scalar=True)
        if token in AGGREGATE:
            return self._aggregation()
        if self._peek(1) == "(":
            return self._call()
        return self._selector()

    def _aggregation(self) -> Expression:
        combine = AGGREGATE[self._take()]
        key = self._clause()
        self._expect("(")
        inner = self.expression(0)
        self._expect(")")
        key = key or self._clause() or grouping((), is_by=True)
        return lambda at: aggregated(inner(at), combine, key)

    def _clause(self) -> Key | None:
        for word in ("by", "without"):
            if self._accept(word):
                return grouping(self._names(), is_by=word == "by")
        return None

    def _call(self) -> Expression:
        name = self._take()
        self._expect("(")
        if name == "time":
            self._expect(")")
            return lambda at: Vector((Sample((), at),), is_scalar=True)
        if name in RANGED:
            return self._ranged(name)
        inner = self.expression(0)
        self._expect(")")
        if name in ("vector", "scalar"):
            return lambda at: Vector(inner(at).samples, is_scalar=name == "scalar")
        if name in MAPPED:
            return lambda at: mapped(inner(at), MAPPED[name])
        raise self._error(f'unknown function with name "{name}"')

    def _ranged(self, name: str) -> Expression:
        instant = self._selector()
        self._expect("[")
        seconds = parse_duration(self._take())
        self._expect("]")
        self._expect(")")
        return lambda at: over_range(instant, at, seconds, RANGED[name])

    def _selector(self) -> Expression:
        name = self._take()
        if not re.fullmatch(r"[a-zA-Z_:][\w:]*", name):
            raise self._unexpected(name)
        matchers = self.matchers() if self._peek() == "{" else ()
        source = self._source

        def select(at: float) -> Vector:
            rows = source(name, at)
            return Vector(tuple(s for s in rows if all(m.matches(dict(s.labels)) for m in matchers)))

        return select

    def _names(self) -> tuple[str, ...]:
        names: list[str] = []
        self._expect("(")
        while not self._accept(")"):
            names.append(self._take())
            self._accept(",")
        return tuple(names)

    def _peek(self, ahead: int = 0) -> str:
        index = self._next + ahead
        return self._tokens[index] if index < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._next += 1
        return token

    def _accept(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._next += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise self._unexpected()

    def _unexpected(self, token: str | None = None) -> QueryError:
        found = self._peek() if token is None else token
        return self._error(f"unexpected {found!r}" if found else "unexpected end of input")

    def _error(self, text: str) -> QueryError:
        return QueryError(f"1:{len(self._text)}: parse error: {text}")


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise QueryError(
                f"1:{position + 1}: parse error: unexpected character: {text[position:].lstrip()[0]!r}"
            )
        yield match.group(0).strip()
        position = match.end()


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
