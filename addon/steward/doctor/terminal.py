"""A report as text for a terminal. Pure."""

import textwrap
from collections.abc import Iterator
from typing import Final

from homelab_steward.contract.doctor import Area, DoctorReport, Finding, FindingSeverity, Versions

WIDTH: Final = 100
COLUMN: Final = 10

NAMES: Final = {
    Area.SETTINGS: "settings",
    Area.STORAGE: "storage",
    Area.CLOCK: "clock",
    Area.SERVICES: "services",
    Area.MODELS: "models",
    Area.TELEGRAM: "Telegram",
    Area.HOME: "home",
    Area.BACKUPS: "backups",
    Area.NETWORK: "network",
}
COLORS: Final = {FindingSeverity.ERROR: "31", FindingSeverity.WARNING: "33", FindingSeverity.NOTE: "36"}
GREEN: Final = "32"


def report_lines(report: DoctorReport, *, in_color: bool, place: str = "") -> Iterator[str]:
    """Yield the lines: each area with its findings below, then how many there are.

    ``place`` is where a running app was looked for.
    """
    if not report.is_running:
        yield f"No running app was reached {place}: this command checked what it can itself."
        yield ""
    for area in report.areas:
        found = [one for one in report.findings if one.area is area.area]
        worst = min((one.severity for one in found), key=list(FindingSeverity).index, default=None)
        state = worst.value if worst else "unknown" if area.not_checked else "ok"
        # Aligned before it gets its color.
        mark = _colored(f"{state:<9}", worst, in_color=in_color and state != "unknown")
        yield f"{NAMES[area.area]:<{COLUMN}}{mark}{area.text}"
        for one in found:
            yield from _finding_lines(one)
        for text in area.not_checked:
            yield from _wrapped("not checked: ", text)
    yield ""
    yield _summary(report)


def version_lines(versions: Versions) -> list[str]:
    """Return one line for each part."""
    rows = (
        ("app", versions.app),
        ("contract", str(versions.contract)),
        ("database", versions.database or "none yet"),
        ("Python", versions.python),
        ("integration", versions.integration or "not connected"),
    )
    return [f"{name:<13}{text}" for name, text in rows]


def _finding_lines(one: Finding) -> Iterator[str]:
    yield from _wrapped("", f"{one.subject}: {one.problem}")
    yield from _wrapped("why:  ", one.why)
    yield from _wrapped("do:   ", one.remedy)


def _wrapped(label: str, text: str) -> list[str]:
    start = " " * COLUMN
    following = start + " " * len(label)
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start + label,
        subsequent_indent=following,
        # An address or a command is copied: it must stay whole.
        break_long_words=False,
        break_on_hyphens=False,
    )


def _colored(text: str, severity: FindingSeverity | None, *, in_color: bool) -> str:
    color = GREEN if severity is None else COLORS[severity]
    return f"\x1b[{color}m{text}\x1b[0m" if in_color else text


def _summary(report: DoctorReport) -> str:
    counted = [
        (sum(one.severity is severity for one in report.findings), severity.value)
        for severity in FindingSeverity
    ]
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted if count]
    return ", ".join(parts) if parts else "Nothing was found."
