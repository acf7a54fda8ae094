"""MQTT: what a Mosquitto broker says of its clients and messages."""

from typing import Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, known, one
from ...sdk.description import INFRASTRUCTURE, Call, Gaps, Sensor, Service, Versions
from ...sdk.display import Text, count, duration, list_tool, memory_used, served, warning
from ...sdk.tcp import tcp_settings
from .client import PORT, STATISTICS, MqttClient

_HELP: Final = "A user who may read $SYS/#. The tool for retained messages also needs to read #."


class Broker(Item, rename=None):
    """The statistics of Mosquitto, from mosquitto(8). Loads are per minute."""

    version: str = msgspec.field(name="broker/version")
    uptime: str | None = msgspec.field(default=None, name="broker/uptime")
    connected: int | None = msgspec.field(default=None, name="broker/clients/connected")
    total: int | None = msgspec.field(default=None, name="broker/clients/total")
    subscriptions: int | None = msgspec.field(default=None, name="broker/subscriptions/count")
    retained: int | None = msgspec.field(default=None, name="broker/retained messages/count")
    received: float | None = msgspec.field(default=None, name="broker/load/messages/received/1min")
    sent: float | None = msgspec.field(default=None, name="broker/load/messages/sent/1min")
    dropped: float | None = msgspec.field(default=None, name="broker/load/publish/dropped/1min")
    heap: int | None = msgspec.field(default=None, name="broker/heap/current")

    @property
    def number(self) -> str:
        """The version without the name."""
        return self.version.rpartition(" ")[2]


class MqttState(State):
    """The broker."""

    broker = one(STATISTICS, Broker)


def _seconds(broker: Broker) -> float:
    text = known(broker.uptime).partition(" ")[0]
    return known(float(text) if text.replace(".", "").isdecimal() else None)


def _dropped(state: MqttState) -> Text | None:
    dropped = known(state.broker.dropped)
    return t"{dropped:g} messages a minute are dropped: clients are too slow" if dropped > 0 else None


def _nobody(state: MqttState) -> Text | None:
    connected = known(state.broker.connected)
    if connected == 1:
        raise NotKnown(t"The one client may be the steward itself")
    return None if connected else t"No client is connected"


_SENSORS: Final[tuple[Sensor[MqttState], ...]] = (
    served("clients", "Clients", lambda s: s.broker.connected, "mdi:connection"),
    served("clients_known", "Clients known", lambda s: s.broker.total, "mdi:account-multiple"),
    served("retained", "Retained messages", lambda s: s.broker.retained, "mdi:message-lock"),
    served("subscriptions", "Subscriptions", lambda s: s.broker.subscriptions, "mdi:rss"),
    served("received", "Messages received per minute", lambda s: s.broker.received, "mdi:message-arrow-left"),
    served("sent", "Messages sent per minute", lambda s: s.broker.sent, "mdi:message-arrow-right"),
    count("dropped", "Messages dropped per minute", lambda s: s.broker.dropped, "mdi:message-alert"),
    memory_used(lambda s: s.broker.heap, enabled=False),
    duration("uptime", "Uptime", lambda s: _seconds(s.broker), diagnostic=True, enabled=False),
)


@list_tool("mqtt_status", "Status", "Clients and messages.", capability="status")
async def _status(client: MqttClient, gaps: Gaps, _: Call) -> list[str]:
    broker = (await MqttState.poll(client, gaps)).broker
    named = {
        "Clients, with the steward": broker.connected,
        "Subscriptions": broker.subscriptions,
        "Retained messages": broker.retained,
        "Messages received per minute": broker.received,
        "Messages dropped per minute": broker.dropped,
        "Uptime": broker.uptime,
    }
    return [f"{name}: {'not known' if value is None else value}" for name, value in named.items()]


@list_tool(
    "retained", "Retained messages", "How many messages are retained below each first part of a topic."
)
async def _retained(client: MqttClient, _: Gaps, __: Call) -> list[str]:
    return [f"{topic}/: {number}" for topic, number in (await client.topics()).most_common()]


SERVICE: Final = Service(
    key="mqtt",
    name="MQTT broker",
    category=INFRASTRUCTURE,
    manufacturer="Eclipse Mosquitto",
    icon="mdi:swap-horizontal",
    settings=tcp_settings(PORT, "Such as mosquitto.example.org", _HELP),
    connect=MqttClient,
    poll=MqttState.poll,
    version=lambda state: state.broker.number,
    sensors=_SENSORS,
    checks=(
        warning("mqtt_dropped", "MQTT messages dropped", _dropped),
        warning("mqtt_no_clients", "No MQTT clients", _nobody),
    ),
    tools=(_status, _retained),
    understood=Versions("1.6", "2.0", name="Mosquitto"),
    tested="Mosquitto 2.0.11",
)
