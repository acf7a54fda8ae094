"""Signs requests to object storage with AWS Signature 4."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Key:
    """An access key, its secret, and the region that signatures are for."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"

    def headers(
        self, method: str, url: URL, query: Mapping[str, str], data: bytes, at: datetime
    ) -> dict[str, str]:
        """Return the headers that sign a request made at ``at``, in UTC. ``url`` has no query."""
        time, digest = f"{at:%Y%m%dT%H%M%SZ}", hashlib.sha256(data).hexdigest()
        host = f"{url.host}" if url.is_default_port() else f"{url.host}:{url.port}"
        signed = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": time}
        names = ";".join(signed)
        asked = urlencode(sorted(query.items()), quote_via=quote, safe="")
        lines = [f"{name}:{value}" for name, value in signed.items()]
        request = "\n".join([method, url.raw_path, asked, *lines, "", names, digest])
        scope = f"{time[:8]}/{self.region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self.secret_key}".encode()
        for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashed}"):
            key = hmac.digest(key, part.encode(), "sha256")
        credential = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
        headers = {name: value for name, value in signed.items() if name != "host"}
        return {**headers, "Authorization": f"AWS4-HMAC-SHA256 {credential}"}
