"""Signs webhooks as the Standard Webhooks specification says, so that ready-made code can verify them."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from ..settings.event_webhooks import secret_bytes


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers with the id, the time of sending, and the signature of both and the body."""
    seconds = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), seconds.encode(), body))
    digest = hmac.new(secret_bytes(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
