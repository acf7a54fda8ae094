"""Finds every transaction, action, send and replaced file in the code of the app. Pure."""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

APP: Final = Path(__file__).parents[2] / "addon" / "steward"
TRANSACTIONS: Final = frozenset({"change", "write"})
ACTIONS: Final = frozenset({"action", "undo"})
SESSIONS: Final = frozenset({"session", "_session"})
SENDS: Final = frozenset({"request", "get", "post", "ws_connect"})
FILES: Final = frozenset({"write_whole", "fsync"})


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """A place at which the app may end with something half done."""

    file: str
    function: str
    kind: str
    first: int
    last: int

    @property
    def name(self) -> str:
        """The name in reports and in the list of excuses."""
        return f"{self.file}: {self.function}"


class _Finder(ast.NodeVisitor):
    def __init__(self, file: str) -> None:
        self.found: list[Place] = []
        self._file = file
        self._names: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and _called(call) in TRANSACTIONS:
                self._add(call, "transaction")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called, receiver = _called(node), _receiver(node)
        if called == "execute" and receiver in ACTIONS:
            self._add(node, "action")
        elif called in SENDS and receiver in SESSIONS:
            self._add(node, "send")
        elif called in FILES:
            self._add(node, "file")
        self.generic_visit(node)

    def _inside(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._names.append(node.name)
        self.generic_visit(node)
        self._names.pop()

    def _add(self, node: ast.Call, kind: str) -> None:
        last = node.end_lineno or node.lineno
        self.found.append(
            Place(file=self._file, function=".".join(self._names), kind=kind, first=node.lineno, last=last)
        )


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _receiver(node: ast.Call) -> str:
    """Return the last name before the called one, also of what a call returns."""
    value = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(value, ast.Call):
        return _called(value)
    if isinstance(value, ast.Attribute):
        return value.attr
    return value.id if isinstance(value, ast.Name) else ""


def places(root: Path = APP) -> list[Place]:
    """Return all places, sorted."""
    found: list[Place] = []
    for file in sorted(root.rglob("*.py")):
        finder = _Finder(file.relative_to(root).as_posix())
        finder.visit(ast.parse(file.read_text(encoding="utf-8")))
        found += finder.found
    return sorted(found)


def wrong(
    found: Collection[Place], visited: Collection[str], excused: Mapping[str, str], *, is_whole: bool = True
) -> Iterator[str]:
    """Yield places that no scenario visits and nothing excuses, and excuses that nothing needs.

    ``visited`` has ``file:line``; ``excused`` has reasons by the begin of a place's name. What comes at
    times of its own is visited by some runs only, so a sample (not ``is_whole``) says nothing of excuses.
    """
    lines = {(file, int(line)) for file, _, line in (one.rpartition(":") for one in visited)}
    left = [
        one for one in found if not any((one.file, line) in lines for line in range(one.first, one.last + 1))
    ]
    needed = set[str]()
    for one in left:
        reasons = [key for key in excused if one.name.startswith(key)]
        needed.update(reasons)
        if not reasons:
            yield f"no scenario visits {one.name} ({one.kind}, line {one.first})"
    for key in sorted(excused.keys() - needed) if is_whole else ():
        yield f"the excuse of {key} is not needed"
