"""Reads the current facts about the home from Home Assistant."""

from collections.abc import Mapping

from ..errors import ServiceError
from ..sdk.home import HomeAssistantPort


async def read_facts(home: HomeAssistantPort | None) -> Mapping[str, bool | None]:
    """Return the facts that Home Assistant reports, by HomeFact; none while it does not answer."""
    if home is None:
        return {}
    try:
        report = await home.report()
    except ServiceError:
        return {}
    return {one.fact: one.is_on for one in report.facts}
