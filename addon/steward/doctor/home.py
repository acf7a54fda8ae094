"""Checks the connection to Home Assistant. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import household, translate
from .findings import About, Checked

_ABOUT: Final = About(Area.HOME, "Home Assistant")


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """The Home Assistant of the app.

    ``integration`` is the version of the connected integration. ``phones`` are the repairs of Home
    Assistant about phones that cannot be notified, None when they were not read.
    """

    is_set_up: bool
    is_connected: bool
    app_version: str
    integration: str | None = None
    app_zone: str = ""
    home_zone: str | None = None
    phones: Sequence[str] | None = None


def check_home(facts: HomeFacts | None) -> Checked:
    """Return what is wrong with the connection; None when no running app was reached."""
    if facts is None:
        text = translate(t"Only the running app knows whether Home Assistant is connected.")
        return Checked(area=Area.HOME, text=translate(t"No running app was reached."), not_checked=[text])
    findings = list(_findings(facts))
    missing: list[str] = []
    if facts.is_connected and facts.phones is None:
        missing.append(translate(t"Whether phones can be notified was not read."))
    version = facts.integration or "?"
    connected = translate(t"Connected, integration {version}.")
    return Checked(
        area=Area.HOME,
        text=connected if facts.is_connected else translate(t"Not connected."),
        findings=findings,
        not_checked=missing,
    )


def _findings(facts: HomeFacts) -> Iterator[Finding]:
    if not facts.is_connected:
        was = translate(t"Home Assistant is not connected.")
        yield _ABOUT.finding(
            "connected",
            FindingSeverity.ERROR if facts.is_set_up else FindingSeverity.WARNING,
            was if facts.is_set_up else translate(t"Home Assistant was never connected."),
            translate(t"No phone gets a request, and Home Assistant shows nothing."),
            translate(t"Add the integration Homelab Steward with the token that steward token prints."),
            needs_repair=False,
        )
        return
    mine, theirs = facts.app_version, facts.integration
    if theirs is not None and theirs != mine:
        yield _ABOUT.finding(
            "version",
            FindingSeverity.WARNING,
            translate(t"The integration has version {theirs}, the app {mine}."),
            translate(t"One of them lacks what the other offers."),
            translate(t"Update the older one, and restart Home Assistant if it is the integration."),
        )
    if facts.home_zone and facts.home_zone != facts.app_zone:
        home, own = facts.home_zone, facts.app_zone
        yield _ABOUT.finding(
            "zone",
            FindingSeverity.WARNING,
            translate(t"The app uses the time zone {own}, Home Assistant {home}."),
            translate(t"Quiet times and schedules begin at another time than you expect."),
            translate(t"Set time_zone to {home} in the settings of the app, and restart it."),
        )
    if facts.phones:
        names = household().listed(facts.phones)
        yield _ABOUT.finding(
            "phones",
            FindingSeverity.WARNING,
            translate(t"Phones cannot be notified: {names}."),
            translate(t"Requests do not reach the people with these phones."),
            translate(t"Open Settings > System > Repairs in Home Assistant, and follow the steps there."),
            needs_repair=False,
        )
