"""Finds the services: every folder with a SERVICE, in the app and in extra folders."""

import hashlib
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

import orjson

from homelab_steward.contract.catalogue import Catalogue, Category

from ..sdk.categories import GENERAL
from ..sdk.description import AnyService, Service
from ..sdk.validation import WrongService, validate_service

PACKAGE: Final = "steward.services"


def find_services(
    package: str = PACKAGE, extra: Sequence[Path] = (), *, skip: Callable[[WrongService], None] | None = None
) -> Mapping[str, AnyService]:
    """Return all services by key: those of ``package``, then those of the folders ``extra``.

    Folders whose names begin with ``_`` contain code that several services share; in an
    extra folder it is imported as ``from .._family import …``. Raises WrongService, which
    names the folder and all its problems; with ``skip`` that of an extra folder is passed to
    it and the other services are returned.
    """
    found: dict[str, AnyService] = {}
    for path in importlib.import_module(package).__path__:
        _add_all(found, package, Path(path), _refuse)
    for folder in extra:
        _add_all(found, None, folder, skip or _refuse)
    return MappingProxyType(found)


def catalogue(services: Mapping[str, AnyService]) -> Catalogue:
    """Return the catalogue of ``services``; its digest is the sha256 of its content."""
    offers = tuple(services[key].offer() for key in sorted(services))
    categories = categories_of(services)
    content = orjson.dumps((offers, categories), option=orjson.OPT_SORT_KEYS)
    return Catalogue(digest=hashlib.sha256(content).hexdigest(), services=offers, categories=categories)


def categories_of(services: Mapping[str, AnyService]) -> tuple[Category, ...]:
    """Return the categories of all services and the general category, without duplicates, by key."""
    found = {one.category.key: one.category for one in services.values()} | {GENERAL.key: GENERAL}
    return tuple(found[key] for key in sorted(found))


def _importable(folder: Path) -> str:
    """Return the package name of a folder, registered without a change of the import path."""
    name = f"steward_services_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        parent = ModuleType(name)
        parent.__path__ = [str(folder)]
        sys.modules[name] = parent
    return name


def _add_all(
    found: dict[str, AnyService], package: str | None, folder: Path, wrong: Callable[[WrongService], None]
) -> None:
    """Add the services of a folder, imported from ``package``, else from one of its own."""
    if not folder.is_dir():
        wrong(WrongService(folder, ("it does not exist",)))
        return
    parent = package or _importable(folder)
    importlib.invalidate_caches()
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name.startswith(("_", ".")) or not any(path.glob("*.py")):
            continue
        try:
            service = _load(parent, path)
            if service.key in found:
                raise WrongService(path, ("another service has this key",))
        except WrongService as err:
            wrong(err)
        else:
            found[service.key] = service


def _refuse(error: WrongService) -> None:
    raise error


def _load(parent: str, path: Path) -> AnyService:
    if not (path / "__init__.py").is_file():
        raise WrongService(path, ("it has no __init__.py",))
    try:
        module = importlib.import_module(f"{parent}.{path.name}")
    except (Exception, SystemExit, KeyboardInterrupt) as err:
        raise WrongService(path, (f"it cannot be imported: {type(err).__name__}: {err}",)) from err
    service = getattr(module, "SERVICE", None)
    if not isinstance(service, Service):
        raise WrongService(path, ("its __init__.py has no SERVICE",))
    problems = validate_service(service, path.name)
    if problems:
        raise WrongService(path, problems)
    return service
