"""Whether independent witnesses agree about an incident, and what people decide about devices."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.devices import Aspect, DevicesQuery, MatchDecision, Verdict, Word
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Alert, AlertStatus, Incident
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd, Instance, InstanceStatus, TargetRef
from rig.agent_rig import open_rig
from rig.inventory import NOW, box, speaker
from rig.toy import SERVICE, Toy
from steward.agent.quorum import Devices
from steward.clock import ManualClock
from steward.inventory.ports import CHECK, OUTAGE, STEWARD_INSTANCE, UNREACHABLE, Seen, Witnessed
from steward.quorum.consensus import Consensus
from steward.sdk.description import AlertSource, AnyService, Outage, Role

from .test_device_book import seen
