"""MQTT in the lab: a Mosquitto with some clients."""

from lab.fixtures import ServiceFixture
from lab.lab import Lab
from lab.wire import JsonObject
from services.mqtt.simulator import PASSWORD, USER, BrokerSimulator

ROUTE = "GET /$SYS"
STATISTICS: JsonObject = {
    "broker/version": "mosquitto version 2.0.18",
    "broker/uptime": "86400 seconds",
    "broker/clients/connected": "9",
    "broker/clients/total": "12",
    "broker/subscriptions/count": "31",
    "broker/retained messages/count": "204",
    "broker/load/messages/received/1min": "81.20",
    "broker/load/messages/sent/1min": "120.02",
    "broker/load/publish/dropped/1min": "0.00",
    "broker/heap/current": "4194304",
}


def _simulator(lab: Lab) -> BrokerSimulator:
    return BrokerSimulator("mqtt", lab.world, lab.faults, {ROUTE: STATISTICS})


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {**served.settings(), "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Grey heron 43"},
    unhealthy={
        ROUTE: {
            **STATISTICS,
            "broker/clients/connected": "0",
            "broker/load/publish/dropped/1min": "3.50",
        }
    },
    timeouts=("steward.sdk.tcp.ANSWER",),
)
