"""Nodes: their conditions, their taints, and what they use."""

from typing import Final

from ...sdk.answers import Item
from ...sdk.display import Text, brief
from .._kubernetes.models import Condition, Meta, condition
from .pods import Amounts, Named

UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
PRESSURES: Final = ("MemoryPressure", "DiskPressure", "PIDPressure")


class NodeUsage(Item):
    """What a node uses."""

    metadata: Named
    usage: Amounts


class Taint(Item):
    """What keeps pods away from a node."""

    key: str


class NodeSpec(Item):
    """A node that is cordoned has the field and, from the cluster, the taint; otherwise both are left out."""

    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()

    @property
    def is_cordoned(self) -> bool:
        """Whether it takes no new pods."""
        return self.unschedulable or any(one.key == UNSCHEDULABLE for one in self.taints)


class NodeInfo(Item):
    """What runs on a node."""

    kubelet_version: str
    os_image: str = ""
    kernel_version: str = ""
    container_runtime_version: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeStatus(Item):
    """How a node is, and how much of it pods may use."""

    conditions: tuple[Condition, ...]
    node_info: NodeInfo
    capacity: Amounts = Amounts()
    allocatable: Amounts = Amounts()


class Node(Item):
    """One node."""

    metadata: Meta
    spec: NodeSpec
    status: NodeStatus

    @property
    def is_ready(self) -> bool:
        """Whether its kubelet reports that it is ready. Raises NotKnown."""
        return condition(self.status.conditions, "Ready").status == "True"

    def not_ready(self) -> Text | None:
        """Return why it is not ready. Raises NotKnown."""
        found = condition(self.status.conditions, "Ready")
        return None if self.is_ready else t"Node {self.metadata.name} is not ready: {brief(found.message)}"

    def pressed(self) -> str | None:
        """Return what it runs out of. Raises NotKnown."""
        found = [condition(self.status.conditions, kind) for kind in PRESSURES]
        return next((f"{one.type}: {brief(one.message)}" for one in found if one.status == "True"), None)

    def cordoned(self) -> Text | None:
        """Return that it takes no new pods."""
        return t"It is cordoned: it takes no new pods" if self.spec.is_cordoned else None
