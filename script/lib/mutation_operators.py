"""Generates mutants of a Python module: copies of its syntax tree with one small change each.

Annotations, decorators, docstrings, type aliases and log calls are not changed.
"""

import ast
import enum
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Final

LOGGERS: Final = frozenset({"log", "LOGGER"})
NOT_CHANGED: Final = frozenset(
    {"annotation", "returns", "decorator_list", "type_params", "bases", "type_comment"}
)

COMPARISONS: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,  # codespell:ignore notin
    ast.NotIn: ast.In,  # codespell:ignore notin
}
NEGATING: Final = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)  # codespell:ignore notin
ARITHMETIC: Final[Mapping[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}

type Namespace = Mapping[str, object]
type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. ``function`` is the outermost function, None when it is made at import."""

    number: int
    place: str
    change: str
    function: str | None
    lines: range
    tree: ast.Module

    def code(self, filename: str) -> CodeType:
        """Return the compiled module with the change."""
        return compile(ast.fix_missing_locations(self.tree), filename, "exec", dont_inherit=True)


@dataclass(frozen=True, slots=True)
class _Site:
    """A node with the path of fields that leads to it from the module."""

    node: ast.AST
    path: tuple[tuple[str, int | None], ...] = ()
    scopes: tuple[str, ...] = ()
    function: str | None = None
    lines: range = field(default=range(0))


def mutants(source: str, namespace: Namespace) -> list[Mutant]:
    """Return every mutant of a module; ``namespace`` holds the enums that its text refers to."""
    found: list[Mutant] = []
    seen: Counter[tuple[str, str]] = Counter()
    for site in _sites(_Site(ast.parse(source))):
        for new in _changes(site.node, site.path[-1][0] if site.path else "", namespace):
            place = ".".join(site.scopes) or "<module>"
            change = f"{_text(site.node)} -> {_text(new)}"
            seen[place, change] += 1
            if seen[place, change] > 1:
                change = f"{change} (number {seen[place, change]})"
            tree = _replaced(source, site.path, new)
            found.append(Mutant(len(found), place, change, site.function, site.lines, tree))
    return found


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Pass):
        return "nothing"
    return " ".join(ast.unparse(node).split())


def _replaced(source: str, path: tuple[tuple[str, int | None], ...], new: ast.AST) -> ast.Module:
    tree = ast.parse(source)
    parent: Any = tree
    for name, position in path[:-1]:
        parent = getattr(parent, name)
        if position is not None:
            parent = parent[position]
    name, position = path[-1]
    if position is None:
        old = getattr(parent, name)
        setattr(parent, name, ast.copy_location(new, old))
    else:
        old = getattr(parent, name)[position]
        getattr(parent, name)[position] = ast.copy_location(new, old)
    return tree


def _sites(site: _Site) -> Iterator[_Site]:
    """Yield the nodes that may be changed, the module's first."""
    if _is_left_out(site.node):
        return
    if site.path:
        yield site
    for name, value in ast.iter_fields(site.node):
        if name in NOT_CHANGED:
            continue
        for position, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _is_text_only(site.node, child):
                yield from _sites(_inside(site, name, position, child))


def _inside(site: _Site, name: str, position: int | None, child: ast.AST) -> _Site:
    node, scopes, function = site.node, site.scopes, site.function
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        scopes = (*scopes, node.name)
        # Default values are evaluated when the function is defined.
        if not isinstance(node, ast.ClassDef) and name == "body" and function is None:
            function = ".".join(scopes)
    lines = _header(child) if isinstance(child, ast.stmt | ast.ExceptHandler) else site.lines
    return _Site(child, (*site.path, (name, position)), scopes, function, lines)


def _header(node: ast.stmt | ast.ExceptHandler) -> range:
    """Return the lines of a statement without the statements in it."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    first = body[0].pattern.lineno if isinstance(body[0], ast.match_case) else body[0].lineno
    return range(node.lineno, max(first, node.lineno + 1))


def _is_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.TypeAlias):
        return True
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id in LOGGERS
    return _is_log_call(node)


def _is_log_call(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return _is_log_call(node.value)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in LOGGERS
    )


def _is_text_only(parent: ast.AST, child: ast.AST) -> bool:
    """Return whether a node is a docstring, or a part of a text that is changed as a whole."""
    if isinstance(parent, ast.JoinedStr):
        return isinstance(child, ast.Constant)
    return isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)


def _changes(node: ast.AST, role: str, namespace: Namespace) -> Iterator[ast.AST]:
    """Yield what replaces a node, one change each."""
    yield from OPERATORS.get(type(node), _nothing)(node, namespace)
    if (
        role == "test"
        and not isinstance(node, ast.BoolOp | ast.UnaryOp)
        and not _is_negated_by_operator(node)
    ):
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]


def _is_negated_by_operator(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], NEGATING)


def _nothing(_node: Any, _namespace: Namespace) -> Iterator[ast.AST]:
    return iter(())


def _comparison(node: ast.Compare, _namespace: Namespace) -> Iterator[ast.AST]:
    for position, operator in enumerate(node.ops):
        ops = [*node.ops[:position], COMPARISONS[type(operator)](), *node.ops[position + 1 :]]
        yield ast.Compare(node.left, ops, node.comparators)


def _boolean(node: ast.BoolOp, _namespace: Namespace) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _unary(node: ast.UnaryOp, _namespace: Namespace) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield node.operand


def _arithmetic(node: ast.BinOp, _namespace: Namespace) -> Iterator[ast.AST]:
    # Texts and unions of types are not calculated with.
    if type(node.op) in ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)


def _constant(node: ast.Constant, _namespace: Namespace) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"XX{value}XX")
    elif isinstance(value, bytes):
        yield ast.Constant(b"XX" + value)


def _text_with_values(node: ast.JoinedStr, _namespace: Namespace) -> Iterator[ast.AST]:
    yield ast.JoinedStr([ast.Constant("XX"), *node.values])


def _condition(node: ast.IfExp, _namespace: Namespace) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.BoolOp):
        yield ast.IfExp(node.test, node.orelse, node.body)


def _if(node: ast.If, _namespace: Namespace) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.BoolOp):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def _filtered(node: ast.comprehension, _namespace: Namespace) -> Iterator[ast.AST]:
    if node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)


def _return(node: ast.Return, _namespace: Namespace) -> Iterator[ast.AST]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


def _removed(_node: ast.stmt, _namespace: Namespace) -> Iterator[ast.AST]:
    yield ast.Pass()


def _expression(node: ast.Expr, _namespace: Namespace) -> Iterator[ast.AST]:
    value = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(value, ast.Call):
        yield ast.Pass()


def _loop_control(node: ast.stmt, _namespace: Namespace) -> Iterator[ast.AST]:
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _member(node: ast.Attribute, namespace: Namespace) -> Iterator[ast.AST]:
    """Another member of the same enum."""
    kind = namespace.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if isinstance(kind, enum.EnumType) and node.attr in kind.__members__:
        names = list(kind.__members__)
        other = names[(names.index(node.attr) + 1) % len(names)]
        if other != node.attr:
            yield ast.Attribute(node.value, other, node.ctx)


def _call(node: ast.Call, _namespace: Namespace) -> Iterator[ast.AST]:
    """A copy that keeps one field."""
    if isinstance(node.func, ast.Name) and node.func.id == "replace":
        for position in range(len(node.keywords)):
            kept = [*node.keywords[:position], *node.keywords[position + 1 :]]
            yield ast.Call(node.func, node.args, kept)


OPERATORS: Final[Mapping[type[ast.AST], Callable[[Any, Namespace], Iterator[ast.AST]]]] = {
    ast.Attribute: _member,
    ast.BinOp: _arithmetic,
    ast.BoolOp: _boolean,
    ast.Break: _loop_control,
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.Constant: _constant,
    ast.Continue: _loop_control,
    ast.Expr: _expression,
    ast.If: _if,
    ast.IfExp: _condition,
    ast.JoinedStr: _text_with_values,
    ast.Raise: _removed,
    ast.Return: _return,
    ast.UnaryOp: _unary,
    ast.comprehension: _filtered,
}
