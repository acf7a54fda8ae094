"""Renders the page of the app in Home Assistant as one HTML document. Pure; loads nothing else."""

from dataclasses import dataclass
from html import escape
from typing import Final

DOCUMENTATION: Final = "https://github.com/homelab-steward/homelab-steward/tree/main/docs"

_STYLE: Final = """
:root{color-scheme:light dark;--page:#fafafa;--card:#fff;--text:#212121;--soft:#5f6368;--line:#dcdfe3;
--accent:#03698f;--good:#1b7a3d;--bad:#b3261e;--field:#f3f4f6}
@media (prefers-color-scheme:dark){:root{--page:#111;--card:#1c1c1c;--text:#e4e4e4;--soft:#a5a9ae;
--line:#3a3a3a;--accent:#5cc4ee;--good:#6fd28f;--bad:#ff9a91;--field:#282828}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:16px;display:grid;gap:16px}
h1{font-size:22px;font-weight:500;margin:8px 0 0}
h2{font-size:17px;font-weight:500;margin:0 0 8px}
p{margin:0 0 8px}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;min-width:0}
.soft{color:var(--soft)}
.good{color:var(--good)}
.bad{color:var(--bad)}
a{color:var(--accent)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.copy{display:flex;flex-wrap:wrap;gap:8px;margin:4px 0 12px}
.copy input{flex:1 1 220px;min-width:0}
@media (max-width:480px){.copy input{flex-basis:100%}}
dl+button{margin-top:12px}
input,pre{background:var(--field);color:var(--text);border:1px solid var(--line);border-radius:8px;
padding:8px;font:13px/1.5 ui-monospace,monospace}
label{color:var(--soft)}
button{border:1px solid var(--line);border-radius:8px;background:none;color:var(--accent);padding:8px 14px;
min-height:40px;font:inherit;cursor:pointer}
button:focus-visible,a:focus-visible,input:focus-visible,pre:focus-visible{outline:2px solid var(--accent);
outline-offset:2px}
article{border-top:1px solid var(--line);padding:12px 0 4px}
article:first-of-type{border-top:0;padding-top:0}
h3{font-size:15px;font-weight:500;margin:0 0 4px}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:420px;overflow-y:auto}
"""

_SCRIPT: Final = """
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.reload !== undefined) { location.reload(); return; }
  const field = document.getElementById(button.dataset.field);
  if (button.dataset.show !== undefined) {
    const hidden = field.type === 'password';
    field.type = hidden ? 'text' : 'password';
    button.textContent = hidden ? 'Hide' : 'Show';
    return;
  }
  let copied = false;
  try { await navigator.clipboard.writeText(field.value); copied = true; } catch (error) {
    const type = field.type;
    field.type = 'text';
    field.select();
    copied = document.execCommand('copy');
    field.type = type;
  }
  button.textContent = copied ? 'Copied' : 'Select and copy it yourself';
  setTimeout(() => { button.textContent = 'Copy'; }, 3000);
});
const log = document.querySelector('pre');
if (log) log.scrollTop = log.scrollHeight;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service: its name, kind, status and id; ``path`` of its webhook, empty without one."""

    name: str
    kind: str
    status: str
    reason: str
    is_good: bool
    id: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEndRow:
    """One front end that the app serves itself: its name, whether it works, and its worst problem."""

    name: str
    is_good: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What the page shows.

    ``inside`` is the address of the app for Home Assistant and other apps of this machine,
    ``outside`` the one for other machines, once its port is open.
    """

    version: str
    is_connected: bool
    open_incidents: int
    waiting: int
    access_token: str
    monitor_token: str
    inside: str
    outside: str
    services: tuple[ServiceRow, ...]
    front_ends: tuple[FrontEndRow, ...] = ()
    log: tuple[str, ...] = ()


def render(content: PageContent, nonce: str) -> str:
    """Return the page. Only the style and the script with the ``nonce`` may run."""
    parts = (
        f"<h1>Homelab Steward <span class=soft>{escape(content.version)}</span></h1>",
        _status(content),
        _connection(content),
        _services(content.services),
        _alerts(content),
        _log(content.log),
        _links(),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Homelab Steward</title>'
        f'<style nonce="{nonce}">{_STYLE}</style></head><body><main>{"".join(parts)}</main>'
        f'<script nonce="{nonce}">{_SCRIPT}</script></body></html>'
    )


def _status(content: PageContent) -> str:
    if content.is_connected:
        connected = "<span class=good>connected</span>"
    else:
        connected = "<span class=bad>not connected</span>: add the integration Homelab Steward"
    failing = sum(1 for one in content.services if not one.is_good)
    services = f"{len(content.services)}" + (f", <span class=bad>{failing} failing</span>" if failing else "")
    rows = (
        ("Home Assistant", connected),
        *((escape(one.name), _front_end(one)) for one in content.front_ends),
        ("Services", services),
        ("Open incidents", str(content.open_incidents)),
        ("Waiting for approval", str(content.waiting)),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    return _section("Status", f"<dl>{listed}</dl>", "<button type=button data-reload>Refresh</button>")


def _front_end(row: FrontEndRow) -> str:
    if row.is_good:
        return "<span class=good>OK</span>"
    return f"<span class=bad>problem</span>: {escape(row.reason)}"


def _connection(content: PageContent) -> str:
    return _section(
        "Connect Home Assistant",
        "<p class=soft>Home Assistant discovers the app. If it does not, add the integration Homelab Steward "
        "with this address and access token.</p>",
        _field("address", "Address", content.inside),
        _field("token", "Access token", content.access_token, is_secret=True),
        "<p class=soft>Whoever has the access token can act as any of your users.</p>",
    )


def _services(services: tuple[ServiceRow, ...]) -> str:
    if not services:
        return _section("Services", "<p class=soft>There is no service yet. Add one in the integration.</p>")
    return _section("Services", *(_service(one) for one in services))


def _service(row: ServiceRow) -> str:
    reason = f" <span class=soft>{escape(row.reason)}</span>" if row.reason else ""
    return (
        f"<article><h3>{escape(row.name)} <span class=soft>{escape(row.kind)}</span></h3>"
        f"<dl><dt>Status</dt><dd><span class={'good' if row.is_good else 'bad'}>{escape(row.status)}</span>"
        f"{reason}</dd><dt>Instance ID</dt><dd>{escape(row.id)}</dd></dl></article>"
    )


def _alerts(content: PageContent) -> str:
    monitors = [one for one in content.services if one.path]
    if not monitors:
        text = "Add a service that sends alerts, such as Alertmanager, to get its webhook address."
        return _section("Receive alerts", f"<p class=soft>{text}</p>")
    fields: list[str] = []
    for number, one in enumerate(monitors):
        fields.append(f"<h3>{escape(one.name)}</h3>")
        fields.append(
            _field(f"outside{number}", "Webhook address for other machines", content.outside + one.path)
        )
        fields.append(
            _field(f"inside{number}", "Webhook address for apps of this machine", content.inside + one.path)
        )
    return _section(
        "Receive alerts",
        "<p class=soft>Enter the webhook address and the monitors' token in the monitor. Other machines "
        "can reach the app only if you set a port under <b>Configuration</b> > <b>Network</b> of this app. "
        "If it is not 8099, change it in the address.</p>",
        *fields,
        _field("monitor_token", "Monitors' token", content.monitor_token, is_secret=True),
        "<p class=soft>With this token, a monitor can send alerts and read metrics, nothing else.</p>",
    )


def _log(lines: tuple[str, ...]) -> str:
    text = escape("\n".join(lines)) if lines else "There are no lines yet."
    return _section("Log", f"<pre tabindex=0 aria-label=Log>{text}</pre>")


def _links() -> str:
    links = (
        ("/config/integrations/integration/homelab_steward", "The integration in Home Assistant"),
        ("/config/repairs", "Repairs"),
        (DOCUMENTATION, "Documentation"),
    )
    listed = "".join(
        f'<p><a href="{url}" target=_top rel=noreferrer>{escape(text)}</a></p>' for url, text in links
    )
    return _section("Links", listed)


def _field(name: str, label: str, value: str, *, is_secret: bool = False) -> str:
    """Return a value to copy; a secret is hidden until it is shown."""
    kind = "password" if is_secret else "text"
    show = f"<button type=button data-show data-field={name}>Show</button>" if is_secret else ""
    return (
        f"<label for={name}>{escape(label)}</label><div class=copy>"
        f'<input id={name} type={kind} value="{escape(value)}" readonly autocomplete=off spellcheck=false>'
        f"{show}<button type=button data-field={name}>Copy</button></div>"
    )


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"
