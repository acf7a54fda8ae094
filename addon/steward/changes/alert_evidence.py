"""Which alerts say that something is not as before an update. Pure."""

from collections.abc import Callable, Container, Iterable
from typing import Final

from homelab_steward.contract.incidents import Alert
from homelab_steward.contract.plain_text import one_line

from ..store.target_keys import target_key
from ..texts import translate

MOST_ALERTS: Final = 500
LONGEST_TEXT: Final = 200


def alert_texts(
    firing: Iterable[Alert], own: Container[str], source_name: Callable[[str], str]
) -> tuple[str, ...]:
    """Return what the alerts that fire say of the things that an update is meant to keep working.

    ``firing`` began since the update, ``own`` has the keys of those things. What its monitor silenced or
    does not report any more says nothing; a maintenance window of our own changes nothing about it.
    """
    found = (
        one for one in firing if one.target is not None and target_key(one.target) in own and _counts(one)
    )
    return tuple(dict.fromkeys(_text(one, source_name(one.source)) for one in found))


def _counts(alert: Alert) -> bool:
    is_silenced = alert.suppressed is not None and alert.window_id is None
    return not is_silenced and alert.stale_since is None


def _text(alert: Alert, source: str) -> str:
    what = one_line(alert.summary or alert.name)[:LONGEST_TEXT].rstrip(".")
    return translate(t"{source} reports: {what}")
