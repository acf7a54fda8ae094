"""Checks what the settings refer to. Pure."""

from collections.abc import Mapping

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import translate
from .findings import About, Checked


def check_settings(wrong_services: Mapping[str, str], problem: str = "") -> Checked:
    """Return what is wrong: own services that cannot be used, with the reason, and another ``problem``."""
    found = [_wrong(key, key, reason) for key, reason in wrong_services.items()]
    if problem:
        found.append(_wrong("file", translate(t"Settings"), problem))
    return Checked(area=Area.SETTINGS, text=translate(t"Settings, services and runbooks."), findings=found)


def _wrong(key: str, subject: str, problem: str) -> Finding:
    return About(Area.SETTINGS, subject).finding(
        key,
        FindingSeverity.ERROR,
        problem,
        translate(t"What it describes is not used, or the app does not start."),
        translate(t"Correct it, and check it before you restart the app: steward check"),
    )
