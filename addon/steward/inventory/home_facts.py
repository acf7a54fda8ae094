"""Reads what is true of the home now."""

from collections.abc import Mapping

from ..errors import ServiceError
from ..sdk.home import HomeAssistantPort


async def read_facts(home: HomeAssistantPort | None) -> Mapping[str, bool | None]:
    """Return the facts that Home Assistant knows, by HomeFact; none while it cannot be asked."""
    if home is None:
        return {}
    try:
        report = await home.report()
    except ServiceError:
        return {}
    return {one.fact: one.is_on for one in report.facts}
