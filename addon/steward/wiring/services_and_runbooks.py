"""The services and runbooks that the settings select: built in, and of the configured folders."""

from collections.abc import Callable, Container, Mapping
from pathlib import Path

from ..errors import InvalidSetting
from ..runbooks.library import built_in_folders, folders_in_services, read_library
from ..runbooks.model import Runbook
from ..sdk.description import AnyService
from ..sdk.validation import WrongService
from ..services.finder import find_services
from ..settings.model import Settings


def read_services(
    settings: Settings, skip: Callable[[WrongService], None] | None = None
) -> Mapping[str, AnyService]:
    """Return the built-in services and those of the configured folder.

    Raises WrongService; with ``skip`` it is passed on and the other services are returned.
    """
    return find_services(extra=(settings.services_dir,) if settings.services_dir else (), skip=skip)


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
