"""Puts the code of a mutant into a loaded module, or into the import of one."""

import gc
import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType, ModuleType

from mutation_operators import Mutant


class ChangedImport(importlib.abc.MetaPathFinder):
    """Imports one module from other code, or refuses to import it when there is none."""

    def __init__(self, name: str, code: Callable[[str], CodeType] | None) -> None:
        """``code`` returns the code of a file."""
        self._name = name
        self._code = code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the specification of the module, None for another one."""
        if fullname != self._name:
            return None
        if self._code is None:
            raise ImportError(fullname)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            return None
        loader = _Loader(fullname, spec.origin)
        loader.code = self._code
        return importlib.util.spec_from_file_location(fullname, spec.origin, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    code: Callable[[str], CodeType]

    def get_code(self, fullname: str) -> CodeType:
        return self.code(self.get_filename(fullname))


def functions_of(filename: str) -> dict[str, list[FunctionType]]:
    """Return the loaded functions of a file by their qualified name."""
    found: dict[str, list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == filename:
            found.setdefault(one.__code__.co_qualname, []).append(one)
    return found


def all_code(filename: str) -> Iterator[CodeType]:
    """Yield the code of the loaded functions of a file, and of what they contain."""
    for group in functions_of(filename).values():
        for function in group:
            yield from _with_inner(function.__code__)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _with_inner(one)


def _new_code(mutant: Mutant, filename: str) -> CodeType | None:
    module = mutant.code(filename)
    return next((one for one in _with_inner(module) if one.co_qualname == mutant.function), None)


def can_change(mutant: Mutant, functions: Mapping[str, list[FunctionType]], filename: str) -> bool:
    """Return whether the change can be made in the loaded function."""
    if mutant.function is None or len(functions.get(mutant.function, ())) != 1:
        return False
    new = _new_code(mutant, filename)
    return new is not None and new.co_freevars == functions[mutant.function][0].__code__.co_freevars


def change(mutant: Mutant, functions: Mapping[str, list[FunctionType]], filename: str) -> None:
    """Make the change in the loaded function. Raises LookupError when it is not there."""
    new = _new_code(mutant, filename)
    if mutant.function is None or new is None:
        raise LookupError(mutant.place)
    functions[mutant.function][0].__code__ = new
