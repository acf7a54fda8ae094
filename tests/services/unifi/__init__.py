"""UniFi Network in the lab, from recorded answers: a gateway, a switch with PoE and two access points."""

from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

KEY = "wJ2kQx7tVb0nLs4m"
SITE = "/proxy/network/api/s/default"
OFFICIAL = "/proxy/network/integration/v1"
PLACE = "b0c1d2e3-0000-4000-8000-000000000001"
INFO, SITES = f"GET {OFFICIAL}/info", f"GET {OFFICIAL}/sites"
DEVICES = f"GET {SITE}/stat/device"
LISTED = f"GET {OFFICIAL}/sites/{PLACE}/devices"
HEALTH, CLIENTS, USERS = f"GET {SITE}/stat/health", f"GET {SITE}/stat/sta", f"GET {SITE}/rest/user"
NETWORKS = f"GET {SITE}/rest/networkconf"
SWITCH, HALL, ATTIC, ROUTER = (f"02:00:5e:00:00:0{one}" for one in range(1, 5))
CAMERA, LAPTOP = "02:00:5e:00:01:01", "02:00:5e:00:01:02"


def wrapped(*rows: Json) -> JsonObject:
    """Return rows as the web interface's API answers them."""
    return {"meta": {"rc": "ok"}, "data": [*rows]}


def device(number: int, mac: str, kind: str, name: str, **changed: Json) -> JsonObject:
    """Return a device."""
    return {
        "_id": f"64f0a0{number}",
        "mac": mac,
        "type": kind,
        "name": name,
        "model": {"uap": "U6PRO", "usw": "USL16P", "uxg": "UXG"}[kind],
        "version": "7.0.66",
        "state": 1,
        "uptime": 864_000,
        "last_seen": 1_763_463_900,
        "upgradable": False,
        "num_sta": 9,
        "system-stats": {"cpu": "3.1", "mem": "41.7", "uptime": "864000"},
        **changed,
    }


def port(number: int, **changed: Json) -> JsonObject:
    """Return a port."""
    return {
        "port_idx": number,
        "name": f"Port {number}",
        "up": True,
        "speed": 1000,
        "port_poe": True,
        "poe_enable": True,
        "poe_mode": "auto",
        "poe_power": "4.52",
        **changed,
    }


def uplink(number: int) -> JsonObject:
    """Return a connection to a port of the switch."""
    return {"uplink": {"uplink_mac": SWITCH, "uplink_remote_port": number, "type": "wire"}}


def health(www: str = "ok") -> JsonObject:
    """Return the health of the network."""
    return wrapped(
        {"subsystem": "wlan", "status": "ok", "num_user": 18},
        {"subsystem": "www", "status": www, "latency": 12, "drops": 0, "uptime": 500_000},
    )


def _aged(state: ReplayState, _: Sent) -> Json:
    """Return the devices with the uptime of now."""
    started = state.values.setdefault("began", state.now().timestamp())
    rows = []
    for row in state.values.setdefault("devices", [*DEFAULT]):  # type: ignore[union-attr]
        assert isinstance(row, dict)
        since = float(str(state.values.get(str(row["mac"])) or float(str(started)) - 864_000))
        rows.append({**row, "uptime": round(state.now().timestamp() - since)})
    return wrapped(*rows)


def _clients(state: ReplayState, _: Sent) -> Json:
    began = float(str(state.values.setdefault("began", state.now().timestamp())))
    since = float(str(state.values.get(CAMERA) or began - 90_000))
    camera: JsonObject = {"mac": CAMERA, "name": "Camera", "is_wired": True, "sw_mac": SWITCH, "sw_port": 3}
    laptop: Json = {"mac": LAPTOP, "hostname": "laptop", "is_wired": False}
    wired: Json = {**camera, "_uptime_by_usw": round(state.now().timestamp() - since)}
    rows: Any = state.object(USERS)["data"]
    is_blocked = any(row.get("blocked") for row in rows)
    return wrapped(laptop) if is_blocked else wrapped(wired, laptop)


def _user(state: ReplayState, sent: Sent) -> Json:
    rows: Any = state.object(USERS)["data"]
    return wrapped(*(row for row in rows if row["mac"] == sent.parameters["mac"]))


def _restart(state: ReplayState, sent: Sent) -> Raw:
    mac = sent.parameters["device"].replace("-", ":")
    state.later(60.0, lambda: state.values.update({mac: state.now().timestamp() - 2}))
    return Raw(status=200)


def _cycle(state: ReplayState, sent: Sent) -> Raw:
    mac = {"2": HALL, "3": CAMERA, "4": ATTIC}[sent.parameters["port"]]
    state.later(60.0, lambda: state.values.update({mac: state.now().timestamp() - 2}))
    return Raw(status=200)


def _manage(state: ReplayState, sent: Sent) -> Json | Raw:
    rows = state.object(USERS)["data"]
    assert isinstance(rows, list)
    for row in rows:
        if isinstance(row, dict) and row["mac"] == sent.fields["mac"]:
            row["blocked"] = sent.fields["cmd"] == "block-sta"
            return wrapped(dict(row))
    return Raw(status=400, body={"meta": {"rc": "error", "msg": "api.err.UnknownStation"}, "data": []})


def _override(state: ReplayState, sent: Sent) -> Json:
    rows = state.values["devices"]
    assert isinstance(rows, list)
    state.values["devices"] = [
        {**row, **sent.fields} if isinstance(row, dict) and row["_id"] == sent.parameters["id"] else row
        for row in rows
    ]
    return wrapped()


async def blocked(lab: Lab) -> None:
    """Block the camera."""
    served: Any = lab.served["unifi"]
    served.state.object(USERS)["data"][0]["blocked"] = True


def listed(mac: str) -> JsonObject:
    """Return a device as the documented API lists it."""
    return {"id": mac.replace(":", "-"), "macAddress": mac, "name": "", "state": "ONLINE"}


PORTS: list[Json] = [port(1), port(2), port(3, name="Camera"), port(4, up=False, speed=0, poe_power="0.00")]
OVERRIDES: list[Json] = [{"port_idx": 3, "name": "Camera", "native_networkconf_id": "n20"}]
DEFAULT: list[Json] = [
    device(1, SWITCH, "usw", "Switch", port_table=[*PORTS], port_overrides=[*OVERRIDES], **uplink(9)),
    device(2, HALL, "uap", "Hall", **uplink(2)),
    device(3, ATTIC, "uap", "Attic", **uplink(1)),
    device(4, ROUTER, "uxg", "Gateway"),
]
BROKEN: list[Json] = [
    device(2, HALL, "uap", "Hall", state=0, **uplink(4)),
    device(1, SWITCH, "usw", "Switch", state=0, port_table=[*PORTS], upgradable=True),
    device(4, ROUTER, "uxg", "Gateway", state=0),
]
FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            INFO: {"applicationVersion": "10.5.66"},
            DEVICES: _aged,
            HEALTH: health(),
            CLIENTS: _clients,
            USERS: wrapped(
                {"mac": CAMERA, "name": "Camera"}, {"mac": LAPTOP, "hostname": "laptop", "blocked": False}
            ),
            f"GET {SITE}/stat/user/{{mac}}": _user,
            NETWORKS: wrapped(
                {"_id": "n1", "name": "Default", "purpose": "corporate"},
                {"_id": "n20", "name": "Cameras", "vlan": 20, "vlan_enabled": True},
                {"_id": "n30", "name": "Guests", "vlan": 30, "vlan_enabled": True},
            ),
            SITES: {
                "offset": 0,
                "count": 1,
                "totalCount": 1,
                "data": [{"id": PLACE, "internalReference": "default"}],
            },
            LISTED: {"totalCount": 4, "data": [listed(one) for one in (SWITCH, HALL, ATTIC, ROUTER)]},
        },
        effects={
            f"POST {OFFICIAL}/sites/{PLACE}/devices/{{device}}/actions": _restart,
            f"POST {OFFICIAL}/sites/{PLACE}/devices/{{device}}/interfaces/ports/{{port}}/actions": _cycle,
            f"POST {SITE}/cmd/stamgr": _manage,
            f"PUT {SITE}/rest/device/{{id}}": _override,
        },
        accepts=header("X-API-KEY", KEY),
        refusal=Raw(status=401, body={"statusCode": 401, "message": "Unauthorized"}),
    ),
    settings=lambda served: {"url": served.url, "api_key": KEY},
    wrong_credentials={"api_key": "wrong"},
    targets={"switch": "Switch"},
    unhealthy={DEVICES: wrapped(*BROKEN), HEALTH: health("error")},
    rounds=(
        *(
            Round(
                action=f"restart_{kind}",
                target=name,
                write=("POST", f"{OFFICIAL}/sites/{PLACE}/devices/{mac.replace(':', '-')}/actions"),
            )
            for kind, name, mac in (
                ("access_point", "Attic", ATTIC),
                ("switch", "Switch", SWITCH),
                ("router", "Gateway", ROUTER),
            )
        ),
        Round(
            action="power_cycle_access_point",
            target="Hall",
            write=(
                "POST",
                f"{OFFICIAL}/sites/{PLACE}/devices/{SWITCH.replace(':', '-')}/interfaces/ports/2/actions",
            ),
        ),
        Round(
            action="power_cycle_port",
            target="Switch, Camera",
            write=(
                "POST",
                f"{OFFICIAL}/sites/{PLACE}/devices/{SWITCH.replace(':', '-')}/interfaces/ports/3/actions",
            ),
        ),
        Round(action="block_client", target="Camera", write=("POST", f"{SITE}/cmd/stamgr")),
        Round(
            action="unblock_client", target="Camera", prepare=blocked, write=("POST", f"{SITE}/cmd/stamgr")
        ),
        Round(
            action="set_port_vlan",
            target="Switch, Camera",
            arguments={"vlan": 30},
            write=("PUT", f"{SITE}/rest/device/64f0a01"),
        ),
    ),
)
