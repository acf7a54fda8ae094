"""Checks where the app listens, and who reaches its MCP server. Pure."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from homelab_steward.contract.doctor import Area, Finding, FindingSeverity

from ..texts import translate
from .findings import About, Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """How the app is reached.

    ``is_private``: something else than the app makes the connection private, such as Supervisor or a
    proxy. ``port_problem`` is why the port cannot be used, while the app does not run.
    """

    host: str
    port: int
    has_tls: bool
    is_private: bool
    has_mcp: bool
    port_problem: str = ""


def check_network(facts: NetworkFacts) -> Checked:
    """Return what is wrong with the address."""
    scheme = "https" if facts.has_tls else "http"
    host = f"[{facts.host}]" if ":" in facts.host else facts.host
    address = f"{scheme}://{host}:{facts.port}"
    mcp = f"{address}/mcp"
    listens = translate(t"Address {address}.")
    text = translate(t"Address {address}, MCP {mcp}.") if facts.has_mcp else listens
    return Checked(area=Area.NETWORK, text=text, findings=list(_findings(facts, address)))


def is_loopback(host: str) -> bool:
    """Return whether an address is reached from its own machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _findings(facts: NetworkFacts, address: str) -> Iterator[Finding]:
    about = About(Area.NETWORK, address)
    if facts.port_problem:
        yield about.finding(
            "port",
            FindingSeverity.ERROR,
            facts.port_problem,
            translate(t"The app cannot start."),
            translate(t"Stop the program that uses the port, or set listen.port to another one."),
        )
    if is_loopback(facts.host) or facts.is_private:
        return
    if not facts.has_tls:
        yield about.finding(
            "tls",
            FindingSeverity.NOTE,
            translate(t"Tokens and readings cross the network in plain text."),
            translate(t"Who listens in the network can take the token, and act with it."),
            translate(t"Set listen.tls_certificate, or use a proxy and listen.trusted_proxies."),
        )
