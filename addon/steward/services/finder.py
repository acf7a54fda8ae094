"""Finds the services: every folder that holds a SERVICE, in the app and in extra folders."""

import hashlib
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

import orjson

from homelab_steward.contract.catalogue import Catalogue, Category

from ..sdk.categories import GENERAL
from ..sdk.description import AnyService, Service
from ..sdk.validation import WrongService, validate_service

PACKAGE: Final = "steward.services"


def find_services(package: str = PACKAGE, extra: Sequence[Path] = ()) -> Mapping[str, AnyService]:
    """Return all services by key: those of ``package``, then those of the folders ``extra``.

    Folders whose names begin with ``_`` hold what a family of services shares; from an
    extra folder they are imported as ``from .._family import …``.

    Raises:
        WrongService: naming the folder that is wrong, and all that is wrong with it.
    """
    found: dict[str, AnyService] = {}
    for parent, folder in _places(package, extra):
        for service in _load_all(parent, folder):
            if service.key in found:
                raise WrongService(folder / service.key, ("another service has this key",))
            found[service.key] = service
    return MappingProxyType(found)


def catalogue(services: Mapping[str, AnyService]) -> Catalogue:
    """Return what clients get of ``services``; the digest is the sha256 of the content."""
    offers = tuple(services[key].offer() for key in sorted(services))
    categories = categories_of(services)
    content = orjson.dumps((offers, categories), option=orjson.OPT_SORT_KEYS)
    return Catalogue(digest=hashlib.sha256(content).hexdigest(), services=offers, categories=categories)


def categories_of(services: Mapping[str, AnyService]) -> tuple[Category, ...]:
    """Return the categories of all services and the general one, each once, sorted by key."""
    found = {one.category.key: one.category for one in services.values()} | {GENERAL.key: GENERAL}
    return tuple(found[key] for key in sorted(found))


def _places(package: str, extra: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for place in importlib.import_module(package).__path__:
        yield package, Path(place)
    for folder in extra:
        yield _adopt(folder), folder


def _adopt(folder: Path) -> str:
    """Make a folder importable under a name of its own, without touching the import path."""
    name = f"steward_services_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        parent = ModuleType(name)
        parent.__path__ = [str(folder)]
        sys.modules[name] = parent
    return name


def _load_all(parent: str, folder: Path) -> Iterator[AnyService]:
    importlib.invalidate_caches()
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(("_", ".")) and any(path.glob("*.py")):
            yield _load(parent, path)


def _load(parent: str, path: Path) -> AnyService:
    if not (path / "__init__.py").is_file():
        raise WrongService(path, ("it has no __init__.py",))
    try:
        module = importlib.import_module(f"{parent}.{path.name}")
    except Exception as err:
        raise WrongService(path, (f"it cannot be imported: {type(err).__name__}: {err}",)) from err
    service = getattr(module, "SERVICE", None)
    if not isinstance(service, Service):
        raise WrongService(path, ("its __init__.py holds no SERVICE",))
    problems = validate_service(service, path.name)
    if problems:
        raise WrongService(path, problems)
    return service
