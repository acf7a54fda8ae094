"""The webhook notification of Uptime Kuma, with the request body "preset: application/json"."""

from datetime import datetime
from typing import Any, Final

from ...errors import ServiceMalformed
from ...sdk.answers import parse
from ...sdk.description import Delivery, IncomingAlert
from .models import Beat, Monitor, Result, Watched

UNSAID: Final = {"active": True, "maintenance": False, "interval": 60}
"""What a notification need not say of a monitor: it would not be sent while it is paused."""


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a delivery; none for a test, a certificate's expiry, or a group.

    Raises ServiceMalformed when the body is something else.
    """
    body = delivery.json()
    if not isinstance(body, dict) or not {"monitor", "heartbeat", "msg"} <= body.keys():
        raise ServiceMalformed(t"webhook: the body is not Uptime Kuma's: select application/json")
    if body["monitor"] is None or body["heartbeat"] is None:
        return ()
    monitor = parse(Monitor, {**UNSAID, **_object(body["monitor"])}, "webhook", is_lenient=True)
    beat = parse(Beat, _timed(_object(body["heartbeat"]), delivery.received_at), "webhook", is_lenient=True)
    if monitor.type == "group":
        return ()
    watched = Watched(monitor=monitor, beats=(beat,))
    if beat.status is Result.DOWN:
        return (watched.alert(beat.at),)
    return (watched.alert(beat.at, beat.at),) if beat.status is Result.UP else ()


def _object(value: object) -> dict[str, Any]:
    return parse(dict[str, Any], value, "webhook")


def _timed(beat: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a beat with the time when it arrived, if its own cannot be read."""
    try:
        datetime.fromisoformat(str(beat.get("time")))
    except ValueError:
        return {**beat, "time": now.isoformat()}
    return beat
