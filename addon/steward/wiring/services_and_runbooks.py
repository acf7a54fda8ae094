"""The services and runbooks that the settings select: built in, and of the configured folders."""

from collections.abc import Callable, Container, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from ..errors import InvalidSetting
from ..runbooks.library import built_in_folders, folders_in_services, read_library
from ..runbooks.model import Runbook
from ..sdk.description import AnyService
from ..sdk.validation import WrongService
from ..services.finder import find_services
from ..settings.model import Settings

MOST_NEAR: Final = 3
NEAR: Final = 0.5
"""How many keys are named in place of one that is not known, and from which likeness on (0 to 1)."""


def read_services(
    settings: Settings, skip: Callable[[WrongService], None] | None = None
) -> Mapping[str, AnyService]:
    """Return the built-in services and those of the configured folder.

    Raises WrongService; with ``skip`` it is passed on and the other services are returned. Raises
    InvalidSetting when a group of updates names a service that is not there.
    """
    skipped: set[str] = set()

    def note(error: WrongService) -> None:
        skipped.add(error.folder.name)
        if skip is not None:
            skip(error)

    extra = (settings.services_dir,) if settings.services_dir else ()
    found = find_services(extra=extra, skip=note if skip else None)
    for number, group in enumerate(settings.changes.groups):
        for place, key in enumerate(group.services):
            if key not in found and key not in skipped:
                where = f"changes.groups[{number}].services[{place}]"
                raise InvalidSetting(where, unknown_service(key, found))
    return found


def unknown_service(key: str, services: Iterable[str]) -> str:
    """Return that there is no service with a key, and the keys that are nearest to it."""
    near = get_close_matches(key.casefold().replace(" ", "_"), [*services], MOST_NEAR, NEAR)
    return f"{key} is not known" + (f"; did you mean {' or '.join(near)}?" if near else "")


def read_runbooks(
    settings: Settings, services: Mapping[str, AnyService], wrong: Container[str] = ()
) -> dict[str, Runbook]:
    """Return the runbooks: built in, of own services, of the configured folder. Raises WrongRunbook.

    Those in the folders of ``wrong`` services, and those that name one, are left out.
    """
    return read_library(runbook_folders(settings, wrong), services, wrong)


def runbook_folders(settings: Settings, wrong: Container[str] = ()) -> tuple[Path, ...]:
    """Return the folders of runbooks; a later one takes precedence. Raises InvalidSetting."""
    folders = [*built_in_folders()]
    if settings.services_dir is not None:
        own = folders_in_services(settings.services_dir)
        folders += (one for one in own if one.parent.name not in wrong)
    if settings.runbooks_dir is not None:
        if not settings.runbooks_dir.is_dir():
            raise InvalidSetting("runbooks_dir", f"{settings.runbooks_dir} is not a folder")
        folders.append(settings.runbooks_dir)
    return tuple(folders)
