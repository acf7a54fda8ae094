"""Traefik in the lab, from recorded answers: two sites behind it, of which one is checked."""

from lab.fixtures import ServiceFixture
from lab.replay import Raw, Replay, basic
from lab.wire import Json, JsonObject

VERSION, ROUTERS, SERVICES = "GET /api/version", "GET /api/http/routers", "GET /api/http/services"
UDP, UDP_SERVICES = "GET /api/udp/routers", "GET /api/udp/services"
TCP, TCP_SERVICES = "GET /api/tcp/routers", "GET /api/tcp/services"
CERTIFICATES = "GET /api/certificates"


def router(name: str, service: str, status: str = "enabled", *errors: Json) -> JsonObject:
    """Return a router."""
    row: JsonObject = {
        "entryPoints": ["websecure"],
        "service": service,
        "rule": f"Host(`{name.partition('@')[0]}.example.org`)",
        "priority": 24,
        "status": status,
        "using": ["websecure"],
        "name": name,
        "provider": name.partition("@")[2],
    }
    return {**row, "error": [*errors]} if errors else row


def backend(name: str, is_checked: bool = True, **servers: str) -> JsonObject:  # noqa: FBT001, FBT002
    """Return a service with its servers by host name."""
    urls: JsonObject = {f"http://{host}.example.org:8080": state for host, state in servers.items()}
    balancer: JsonObject = {"servers": [{"url": url} for url in urls], "passHostHeader": True}
    check: JsonObject = {"healthCheck": {"path": "/ping", "interval": "10s"}} if is_checked else {}
    return {
        "loadBalancer": {**balancer, **check},
        "status": "enabled",
        "usedBy": [name],
        "name": name,
        "provider": name.partition("@")[2],
        "type": "loadbalancer",
        "serverStatus": urls,
    }


def certificate(name: str, not_after: str) -> JsonObject:
    """Return a certificate."""
    return {
        "name": f"ee8adb0c{len(name)}",
        "sans": [name, f"www.{name}"],
        "notAfter": not_after,
        "notBefore": "2026-10-01T05:51:01Z",
        "commonName": name,
        "issuerCN": "Home CA",
        "keyType": "RSA",
        "status": "enabled",
    }


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            VERSION: {
                "Version": "3.7.15",
                "Codename": "langres",
                "startDate": "2026-11-16T05:50:50.36803Z",
            },
            ROUTERS: [
                router("api@internal", "api@internal"),
                router("films@docker", "films"),
                router("photos@file", "photos"),
            ],
            SERVICES: [
                backend("api@internal", is_checked=False),
                backend("films@docker", nas="UP", nas2="UP"),
                backend("photos@file", cellar="UP"),
            ],
            TCP: [router("mqtt@file", "mqtt")],
            TCP_SERVICES: [backend("mqtt@file", broker="UP")],
            UDP: [{**router("dns@file", "dns"), "rule": ""}],
            UDP_SERVICES: [backend("dns@file", is_checked=False)],
            CERTIFICATES: [
                certificate("example.org", "2027-01-18T05:51:01Z"),
                certificate("example.net", "2027-02-01T00:00:00Z"),
            ],
        },
        accepts=basic("steward", "correct-horse"),
        refusal=Raw(status=401, text="401 Unauthorized"),
    ),
    settings=lambda served: {"url": served.url, "username": "steward", "password": "correct-horse"},
    wrong_credentials={"password": "wrong-horse"},
    unhealthy={
        ROUTERS: [router("films@docker", "films", "disabled", 'the service "films@docker" does not exist')],
        SERVICES: [backend("films@docker", nas="UP", nas2="DOWN"), backend("photos@file", cellar="DOWN")],
        CERTIFICATES: [certificate("example.org", "2026-11-25T05:51:01Z")],
    },
)
