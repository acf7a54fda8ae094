"""Draws docs/services.md from what the services say of themselves."""

import sys
from collections.abc import Iterator
from pathlib import Path

from homelab_steward.contract.catalogue import Field, SettingKind
from steward.description import COMMON_SETTINGS, AnyService
from steward.services.finder import find_services

PAGE = Path(__file__).resolve().parents[2] / "docs" / "services.md"

HEAD = """# Services it knows

To watch a service, open the integration in Home Assistant, select **Add service**, and choose
its kind. The connection is tried before it is saved. Secrets stay in the app.

Every service also has two optional settings: where it runs, if that is called otherwise than
the service (“{runs_on}”), and how often it is read (“{poll}”).

This page is drawn from the services' own descriptions.
"""


def main() -> int:
    """Write the page, or with --check return 1 when it is out of date."""
    fresh = "\n".join(page())
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text() == fresh:
            return 0
        print("docs/services.md is out of date: run script/service-docs", file=sys.stderr)
        return 1
    PAGE.write_text(fresh)
    return 0


def page() -> Iterator[str]:
    """Yield the lines of the page."""
    names = [field.name for field in COMMON_SETTINGS]
    yield HEAD.format(runs_on=names[0], poll=names[1])
    for service in sorted(find_services().values(), key=lambda one: one.name):
        yield from section(service)


def section(service: AnyService) -> Iterator[str]:
    """Yield one service's section."""
    yield f"## {service.name}"
    yield ""
    yield "| setting | what it is | |"
    yield "|---|---|---|"
    yield from (setting(field) for field in service.settings)
    yield ""
    readings = [sensor.name for sensor in service.sensors]
    if readings:
        yield f"**Read of it:** {', '.join(readings)}."
        yield ""
    for kind in service.resources:
        of_each = ", ".join(sensor.name for sensor in kind.sensors)
        if of_each:
            yield f"**Read of each {kind.name.lower()}:** {of_each}."
            yield ""
    if service.checks:
        yield f"**Watched:** {', '.join(f'{one.name} ({one.severity})' for one in service.checks)}."
        yield ""
    if service.alerts is not None:
        yield "**Alerts:** taken from its webhook, and read from it as a safety net."
        yield ""
    yield f"**Evidence it can give:** {', '.join(tool.name for tool in service.tools)}."
    yield ""
    yield from actions(service)


def setting(field: Field) -> str:
    """Return a setting's row."""
    notes = ["optional"] if not field.required else []
    if field.kind is SettingKind.SECRET:
        notes.append("secret")
    if field.default is not None:
        notes.append(f"default {str(field.default).lower()}")
    return f"| {field.name} | {field.description} | {', '.join(notes)} |"


def actions(service: AnyService) -> Iterator[str]:
    """Yield what can be done with a service."""
    if not service.actions:
        yield "It changes nothing there."
        yield ""
        return
    yield "| what it can do, once approved | risk | can be undone |"
    yield "|---|---|---|"
    for action in service.actions:
        yield f"| {action.name} | {action.risk} | {'yes' if action.reversible else 'no'} |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
