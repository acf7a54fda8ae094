"""The webhook notification of Uptime Kuma, with the request body "preset: application/json"."""

from ...errors import ServiceMalformed
from ...sdk.description import Delivery, IncomingAlert
from ...sdk.parse import Item, parse
from .models import Beat, Monitor, Result, Watched


class _Notification(Item):
    monitor: Monitor | None = None
    heartbeat: Beat | None = None


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alert of a delivery; none for a test, a certificate's expiry, or a group.

    Raises ServiceMalformed when the body is something else.
    """
    body = delivery.json()
    if not isinstance(body, dict) or not {"monitor", "heartbeat", "msg"} <= body.keys():
        raise ServiceMalformed("webhook: the body is not Uptime Kuma's: select application/json")
    sent = parse(_Notification, body, "webhook")
    if sent.monitor is None or sent.heartbeat is None or sent.monitor.type == "group":
        return ()
    beat, watched = sent.heartbeat, Watched(monitor=sent.monitor, beats=(sent.heartbeat,))
    if beat.status is Result.DOWN:
        return (watched.alert(beat.at),)
    return (watched.alert(beat.at, beat.at),) if beat.status is Result.UP else ()
