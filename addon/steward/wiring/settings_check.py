"""Checks what the settings refer to, without connecting to anything and without writing anything."""

from ..api.listener import tls_context
from ..inventory.instance_factory import checked
from ..settings.model import Settings
from .conversation import read_sentences
from .services_and_runbooks import read_runbooks, read_services


def check_files(settings: Settings) -> tuple[int, int]:
    """Return how many services and runbooks there are.

    Raises StewardError for a file that is wrong, and InvalidSetting for an instance that is.
    """
    tls_context(settings.listen)
    read_sentences(settings)
    services = read_services(settings)
    for number, one in enumerate(settings.instances):
        checked(one, f"instances[{number}]", services)
    return len(services), len(read_runbooks(settings, services))
