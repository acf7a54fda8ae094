"""What happens to the workloads and nodes of a cluster."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario, replayed
from services._kubernetes import Answer, condition
from services.kubernetes import DEPLOYMENTS, NODES, PODS, cordoned, node, pod

POD = "radarr-6d5f-x2x7k"
LABELS = {"namespace": "media", "pod": POD, "job": "kube-state-metrics"}
ENDED = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-18T11:06:00Z"}}


def waits(reason: str) -> Answer:
    """Return the state of a container that waits."""
    return {"waiting": {"reason": reason, "message": f"the message of {reason}"}}


def _radarr(**changed: Any) -> Callable[[Lab], Any]:
    """Return what replaces the pod of the deployment, so that none of its pods is ready."""

    async def change(lab: Lab) -> None:
        state = replayed(lab, "kubernetes")
        pods: Any = state.object(PODS)["items"]
        own = next(one for one in pods if one["metadata"]["labels"]["app"] == "radarr")
        new = pod(
            own["metadata"]["name"],
            "media",
            "radarr",
            state=changed.get("state"),
            **changed.get("status", {}),
        )
        new["status"] |= changed.get("whole", {})
        pods[pods.index(own)] = new
        deployments: Any = state.object(DEPLOYMENTS)["items"]
        deployments[0]["status"] |= {"readyReplicas": 0, **changed.get("deployment", {})}

    return change


def _w1(one: Answer) -> Callable[[Lab], Any]:
    """Return what replaces the second node, and keeps whether it is cordoned."""

    async def change(lab: Lab) -> None:
        nodes: Any = replayed(lab, "kubernetes").object(NODES)["items"]
        made = deepcopy(one)
        nodes[1] = {**made, "spec": made["spec"] or nodes[1]["spec"]}

    return change


def _not_ready() -> Answer:
    found = node("w1")
    found["status"]["conditions"][-1] = condition(
        "Ready", "Unknown", message="Kubelet stopped posting node status."
    )
    return found


FAILED = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": "2026-11-18T11:06:00Z"}}
LOOPS = _radarr(state=waits("CrashLoopBackOff"), status={"restartCount": 9, "lastState": FAILED})
OOM = _radarr(status={"restartCount": 1, "lastState": ENDED})
PULLS = _radarr(state=waits("ImagePullBackOff"))
PENDS = _radarr(
    whole={
        "phase": "Pending",
        "containerStatuses": [],
        "conditions": [condition("PodScheduled", "False", "Unschedulable", "0/2 nodes are available")],
    }
)
STUCK = _radarr(deployment={"conditions": [condition("Progressing", "False", message="has timed out")]})


def _both(
    runbook: str, check: str, alert: str, breaks: Any, *recipes: str, evidence: str = ""
) -> list[Scenario]:
    """Return a scenario with a check for each recipe, and one with an alert about the pod."""
    about: Any = {"runbook": runbook, "services": ("kubernetes",), "breaks": breaks, "evidence": evidence}
    return [
        *Scenario.each(*recipes, **about, check=check, target="radarr"),
        Scenario(**about, alert=FiringAlert(name=alert, labels=LABELS), recipe=recipes[0], target=POD),
    ]


SCENARIOS = (
    *_both(
        "pod-crash-looping",
        "pod_crash_loop",
        "KubePodCrashLooping",
        LOOPS,
        "rollback",
        "restart",
        evidence="cannot open the database",
    ),
    *_both(
        "pod-out-of-memory", "pod_out_of_memory", "KubeContainerOOMKilled", OOM, "increase-memory", "restart"
    ),
    *_both(
        "image-cannot-be-pulled",
        "pod_image",
        "KubePodImagePullBackOff",
        PULLS,
        "rollback",
        "restart",
        evidence="ImagePullBackOff",
    ),
    *_both("pod-cannot-be-scheduled", "pod_unschedulable", "KubePodNotScheduled", PENDS, "rollback"),
    *_both("rollout-stuck", "rollout_stuck", "KubeDeploymentRolloutStuck", STUCK, "rollback", "restart"),
    Scenario(
        runbook="node-not-ready",
        services=("kubernetes",),
        breaks=_w1(_not_ready()),
        check="node_not_ready",
        recipe="cordon",
        target="w1",
        helps=_w1(node("w1")),
        passes=120.0,
    ),
    Scenario(
        runbook="node-cordoned",
        services=("kubernetes",),
        breaks=_w1({**node("w1"), "spec": cordoned()}),
        check="node_cordoned",
        recipe="uncordon",
        target="w1",
    ),
)
