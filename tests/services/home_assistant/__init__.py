"""Home Assistant in the lab: one with a waiting update, an open repair and fresh backups."""

from datetime import timedelta

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.wire import Json, JsonObject
from services.home_assistant.simulator import CALL, HomeAssistantSimulator


def _update(key: str, title: str, installed: str, latest: str) -> JsonObject:
    return {
        "id": f"update.{key}",
        "title": title,
        "installed": installed,
        "latest": latest,
        "is_waiting": installed != latest,
        "in_progress": False,
        "can_install": True,
        "can_backup": key == "core",
        "release_url": f"https://example.org/{key}",
        "failure": None,
        "can_choose_version": key == "core",
        "has_notes": key == "core",
        "is_firmware": key != "core",
        "installs_itself": False,
        "percentage": None,
        "skipped": None,
        "summary": None,
        "integration": "hassio" if key == "core" else "shelly",
        "device": title,
        "model": "Home Assistant Core" if key == "core" else "Plug S",
    }


def _repair(key: str, title: str, *, ignored: bool) -> JsonObject:
    return {
        "id": f"hue/{key}",
        "domain": "hue",
        "severity": "warning",
        "title": title,
        "fixable": True,
        "ignored": ignored,
    }


def _entity(key: str, name: str, state: str, unit: str | None = None) -> JsonObject:
    return {
        "id": key,
        "name": name,
        "domain": key.partition(".")[0],
        "area": "cellar",
        "state": state,
        "unit": unit,
        "device_class": None,
        "available": state != "unavailable",
        "integration": "tasmota",
    }


def _integration(key: str, domain: str, title: str) -> JsonObject:
    return {
        "id": key,
        "domain": domain,
        "title": title,
        "state": "loaded",
        "reason": None,
        "reloaded_at": None,
    }


def _app(key: str, name: str, state: str, *, starts: bool = True) -> JsonObject:
    return {"id": key, "name": name, "state": state, "version": "6.5.2", "starts": starts}


def _simulator(lab: Lab) -> HomeAssistantSimulator:
    simulator = HomeAssistantSimulator(lab.world, lab.faults, {})

    def ago(**span: float) -> str:
        return (simulator.now() - timedelta(**span)).isoformat()

    def entry(source: str, level: str, message: str, minutes: float) -> JsonObject:
        at = ago(minutes=minutes)
        return {
            "level": level,
            "source": source,
            "message": message,
            "count": 3,
            "first_at": at,
            "last_at": at,
        }

    log: list[Json] = [
        entry("hue", "ERROR", "The bridge does not answer", 10),
        entry("mqtt", "WARNING", "The broker is slow", 20),
        entry("zha", "ERROR", "The stick was replugged", 90),
    ]
    simulator.report = {
        "started_at": ago(days=3),
        "version": "2026.11.0",
        "is_running": True,
        "safe_mode": False,
        "recovery_mode": False,
        "allows_actions": True,
        "entity_count": 2,
        "unavailable_count": 1,
        "areas": [{"id": "attic", "name": "Attic"}, {"id": "cellar", "name": "Cellar"}],
        "entities": [_entity("sensor.plug", "Plug", "12", "W"), _entity("light.bulb", "Bulb", "unavailable")],
        "updates": [
            _update("core", "Home Assistant Core", "2026.11.0", "2026.11.1"),
            _update("plug", "Plug firmware", "1.4", "1.4"),
        ],
        "repairs": [
            _repair("bridge", "The bridge is old", ignored=False),
            _repair("scene", "A scene is gone", ignored=True),
        ],
        "log": log,
        "backups": {
            "last_attempt_at": ago(hours=7),
            "last_success_at": ago(hours=6.9),
            "next_at": ago(hours=-17),
            "is_running": False,
            "has_location": True,
            "problems": [],
        },
        "integrations": [_integration("e1", "hue", "Hue"), _integration("e2", "mqtt", "MQTT")],
        "gaps": [],
        "apps": [
            _app("core_mosquitto", "Mosquitto broker", "started"),
            _app("a0d7b954_vpn", "VPN", "stopped", starts=False),
        ],
        "batteries": [
            {"id": "sensor.window_battery", "name": "Window", "level": 71.0, "is_low": None},
            {"id": "binary_sensor.smoke_battery", "name": "Smoke", "level": None, "is_low": False},
        ],
        "database": {"size": 1.5 * 2**30, "keep_days": 10, "disk_free": 20.0 * 2**30, "disk_size": 2.0**35},
        "jobs": [],
        "facts": [],
        "witnesses": [
            _witness("binary_sensor.printer", "Printer", "on", "ping", address="192.0.2.99"),
            _witness("sensor.website", "Website", "up", "uptime_kuma", source="192.0.2.98"),
        ],
    }
    simulator.notes["update.core"] = "## 2026.11.1\n\n- Fix the clock of Zigbee devices"
    simulator.logs["core_mosquitto"] = "New connection from 192.0.2.7\nClient plug closed its connection"
    return simulator


def _witness(key: str, name: str, state: str, integration: str, **own: str) -> JsonObject:
    return {
        "id": key,
        "name": name,
        "domain": key.partition(".")[0],
        "state": state,
        "device_class": "connectivity" if key.startswith("binary_sensor") else "enum",
        "integration": integration,
        "source": own.get("source", ""),
        "device": f"device-{name.lower()}",
        "model": None,
        "serial": "",
        "macs": [],
        "address": own.get("address", ""),
    }


async def _unhealthy(lab: Lab) -> None:
    home = lab.served["home_assistant"]
    assert isinstance(home, HomeAssistantSimulator)
    home.row("updates", "update.core")["failure"] = "The download broke off"
    home.row("repairs", "hue/bridge")["severity"] = "critical"
    home.row("integrations", "e1").update(state="setup_retry", reason="No route to host")
    home.row("apps", "core_mosquitto")["state"] = "error"
    home.row("batteries", "sensor.window_battery")["level"] = 4.0
    home.report["database"].update(size=6.0 * 2**30, disk_free=5.0 * 2**30)
    home.clock_offset = timedelta(minutes=-9)
    home.report["backups"].update(last_attempt_at=home.now().isoformat(), problems=["The disk is full"])


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda _: {},
    rounds=(
        Round(action="restart", write=(CALL, "/restart")),
        Round(action="create_backup", write=(CALL, "/create_backup")),
        Round(action="install_update", write=(CALL, "/install_update"), target="Home Assistant Core"),
        Round(
            action="install_version",
            write=(CALL, "/install_update"),
            target="Home Assistant Core",
            arguments={"version": "2026.11.1"},
        ),
        Round(action="reload_integration", write=(CALL, "/reload_integration"), target="Hue"),
        Round(action="start_app", write=(CALL, "/start_app"), target="VPN"),
        Round(action="stop_app", write=(CALL, "/stop_app"), target="Mosquitto broker"),
        Round(action="restart_app", write=(CALL, "/restart_app"), target="Mosquitto broker"),
        Round(action="purge_database", write=(CALL, "/purge_database")),
        Round(action="ignore_repair", write=(CALL, "/ignore_repair"), target="The bridge is old"),
        Round(action="unignore_repair", write=(CALL, "/unignore_repair"), target="A scene is gone"),
    ),
    arguments={"text": "plug", "area": "cellar", "domain": "sensor", "integration": "tasmota"},
    targets={"app": "Mosquitto broker", "update": "Home Assistant Core"},
    unhealthy=_unhealthy,
    optional={
        "REQUEST /release_notes": "Without them the update is offered later, and then without notes",
        "REQUEST /report updates.percentage": "Few devices show the progress",
        "REQUEST /report updates.skipped": "Nobody skipped a version",
        "REQUEST /report updates.summary": "Few updates have a summary",
        "REQUEST /report updates.failure": "The last installation did not fail",
        "REQUEST /report updates.is_waiting": "The device is unavailable",
        "REQUEST /report backups.last_attempt_at": "No automatic backup was ever started",
        "REQUEST /report backups.last_success_at": "No automatic backup was ever completed",
    },
    timeouts=("steward.api.home_connections.REPORT_TIMEOUT",),
)
