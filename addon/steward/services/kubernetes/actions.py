"""What can be done with workloads, pods and nodes."""

from dataclasses import replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk

from ...errors import PreconditionFailed
from ...sdk.answers import NotKnown
from ...sdk.description import Action, Call, Control
from ...sdk.display import MIB, Text, brief, size
from ...sdk.fields import number_field, text_field
from ...sdk.image_names import VERSION, version_of, with_version
from ...sdk.kits import About, Current, DeleteItem, Restart, SetValue, Switch, Turn
from .client import KubernetesClient
from .pods import Pod, quantity
from .revisions import revisions, roll_to
from .workloads import RESTARTED, Workload

ROLLOUT: Final = 240.0
"""Seconds for which a rollout is waited for. Reading a result may take 300 s in all."""

AGAIN: Final = t"What manages it, such as Argo CD or Flux, may set it back."
BLAST: Final = {"workload": "The pods of one workload", "pod": "One pod", "node": "One node"}
PATCH: Final = ("patch deployments.apps", "patch statefulsets.apps", "patch daemonsets.apps")


ABOUT: Final = {
    "restart": ("Restart", "Replaces all pods by new ones.", "mdi:restart", PATCH[0]),
    "redeploy": ("Redeploy", "Makes all pods again from their definition.", "mdi:rocket-launch", PATCH[0]),
    "scale": ("Scale", "Changes the number of pods.", "mdi:resize", PATCH[0]),
    "set_memory": ("Set memory", "Changes the memory limit of its first container.", "mdi:memory", PATCH[0]),
    "set_cpu": ("Set CPU", "Changes the CPU limit of its first container.", "mdi:cpu-64-bit", PATCH[0]),
    "set_image": ("Set image", "Changes the tag of the image of its first container.", "mdi:tag", PATCH[0]),
    "rollback": ("Roll back", "Goes back to the revision before.", "mdi:undo", "list replicasets.apps"),
    "cordon": ("Cordon", "The node takes no new pods.", "mdi:server-off", "patch nodes"),
    "uncordon": ("Uncordon", "The node takes new pods again.", "mdi:server", "patch nodes"),
    "delete_pod": ("Delete pod", "Its workload creates a new one.", "mdi:delete", "delete pods"),
}
ARGUMENTS: Final[dict[str, Field]] = {
    "scale": number_field("replicas", "Pods", least=0, most=100),
    "set_memory": number_field("memory_mib", "Memory", least=16, most=1_048_576, unit="MiB"),
    "set_cpu": number_field("cores", "Cores", least=0.01, most=256),
    "set_image": text_field("tag", "Tag", "Such as 5.2.1, or a digest such as sha256:…"),
}


def _risk(key: str, scope: str) -> Risk:
    if key == "set_image":
        return Risk.HIGH
    return Risk.LOW if scope == "node" or key in ("restart", "redeploy") else Risk.MEDIUM


def _about(key: str, scope: str = "workload") -> About:
    name, description, icon, right = ABOUT[key]
    return {
        "key": key,
        "name": name,
        "description": description,
        "risk": _risk(key, scope),
        "icon": icon,
        "scope": scope,
        "capability": "replace" if scope == "pod" else key,
        "blast_radius": BLAST[scope],
        "interrupts": scope != "node",
        "button": key == "restart",
        "needs": (right,) if scope != "workload" else tuple(sorted({right, PATCH[0]})),
        "arguments": (ARGUMENTS[key],) if key in ARGUMENTS else (),
        # What was read with an older version of the object is refused.
        "deduplicated": key in ("scale", "set_memory", "set_cpu", "set_image", "rollback"),
    }


async def _current(client: KubernetesClient, call: Call, one: Workload, value: Value) -> Current:
    """Return a value of a workload; it is in force once all pods are replaced and ready."""
    return Current(
        value=value, token=str(one.metadata.generation), is_effective=await _is_complete(client, call, one)
    )


async def _is_complete(client: KubernetesClient, call: Call, one: Workload) -> bool | None:
    """Return whether the rollout is complete: None while it is under way, False when pods fail."""
    if one.is_rolled_out:
        return True
    return False if any(pod.fails() for pod in await client.pods(call)) else None


async def _uid(client: KubernetesClient, call: Call) -> str:
    return (await client.workload(call)).metadata.uid


async def _restarted(client: KubernetesClient, call: Call) -> str:
    one = await client.workload(call)
    if not one.wanted:
        raise PreconditionFailed(t"{call.target.name} has no pods")
    return one.restarted


async def _works(client: KubernetesClient, call: Call) -> bool:
    """Return whether all pods are replaced and ready. Raises NotKnown while that is under way."""
    one = await client.workload(call)
    is_complete = await _is_complete(client, call, one)
    if is_complete is None:
        raise NotKnown(t"{one.ready} of {one.wanted} pods are ready, and not all are replaced")
    return is_complete


async def _waits(client: KubernetesClient, call: Call) -> Text | None:
    return (await client.workload(call)).waits_for_person()


async def _restart(client: KubernetesClient, call: Call) -> None:
    stamp = {RESTARTED: f"{client.clock.now():%Y-%m-%dT%H:%M:%SZ}"}
    await client.change(call, await client.workload(call), template={"metadata": {"annotations": stamp}})


async def _replicas(client: KubernetesClient, call: Call) -> Current:
    one = await client.workload(call)
    if one.spec.replicas is None:
        raise PreconditionFailed(t"{call.target.name} runs on every node: it has no number of pods")
    return await _current(client, call, one, one.spec.replicas)


async def _same(client: KubernetesClient, call: Call, current: Current) -> Workload:
    """Return the workload. Raises PreconditionFailed when it is not as it was read."""
    one = await client.workload(call)
    if str(one.metadata.generation) != current.token:
        raise PreconditionFailed(t"{call.target.name} was changed in the meantime")
    return one


async def _scale(client: KubernetesClient, call: Call, value: Value, current: Current) -> None:
    await client.change(call, await _same(client, call, current), replicas=value)


async def _memory(client: KubernetesClient, call: Call) -> Current:
    one = await client.workload(call)
    try:
        return await _current(client, call, one, round(quantity(one.main.resources.limits.memory) / MIB))
    except NotKnown as err:
        raise PreconditionFailed(t"{one.main.name} has no memory limit") from err


async def _memory_refusal(client: KubernetesClient, call: Call, _: Current) -> Text | None:
    one = await client.workload(call)
    reserved = one.main.resources.requests.memory
    is_less = reserved is not None and call.number("memory_mib") * MIB < quantity(reserved)
    return (
        t"{size(quantity(reserved))} are reserved for it: the limit cannot be lower"
        if is_less
        else one.waits_for_person()
    )


async def _set_memory(client: KubernetesClient, call: Call, value: Value, current: Current) -> None:
    one = await _same(client, call, current)
    main = {"name": one.main.name, "resources": {"limits": {"memory": f"{value}Mi"}}}
    await client.change(call, one, template={"spec": {"containers": [main]}})


async def _cores(client: KubernetesClient, call: Call) -> Current:
    one = await client.workload(call)
    try:
        return await _current(client, call, one, round(quantity(one.main.resources.limits.cpu), 3))
    except NotKnown as err:
        raise PreconditionFailed(t"{one.main.name} has no CPU limit") from err


async def _cores_refusal(client: KubernetesClient, call: Call, _: Current) -> Text | None:
    one, wanted = await client.workload(call), call.number("cores")
    reserved = one.main.resources.requests.cpu
    if round(wanted, 3) != wanted:
        return t"Kubernetes counts thousandths of a core"
    is_less = reserved is not None and wanted < quantity(reserved)
    if is_less:
        return t"{reserved} are reserved for it: the limit cannot be lower"
    return one.waits_for_person()


async def _set_cores(client: KubernetesClient, call: Call, value: Value, current: Current) -> None:
    one = await _same(client, call, current)
    main = {"name": one.main.name, "resources": {"limits": {"cpu": f"{value}"}}}
    await client.change(call, one, template={"spec": {"containers": [main]}})


async def _image(client: KubernetesClient, call: Call) -> Current:
    one, pods = await client.workload(call), await client.pods(call)
    main, value = one.main, version_of(one.main.image)
    current = await _current(client, call, one, value)
    own = [pod.container(main.name) for pod in pods]
    is_everywhere = all(found is not None and found.image == main.image for found in own)
    detail = ", ".join(sorted({pod.digest(main.name) or "digest not known" for pod in pods}))
    return replace(
        current,
        is_effective=None if current.is_effective and not is_everywhere else current.is_effective,
        detail=detail,
        text=f"{value} ({detail}), {one.ready} of {one.wanted} pods ready",
    )


async def _image_refusal(client: KubernetesClient, call: Call, _: Current) -> Text | None:
    if not VERSION.fullmatch(call.text("tag")):
        return t"{brief(call.text('tag'), 40)} is no tag"
    return await _waits(client, call)


async def _set_image(client: KubernetesClient, call: Call, value: Value, current: Current) -> None:
    one = await _same(client, call, current)
    main = {"name": one.main.name, "image": with_version(one.main.image, str(value))}
    await client.change(call, one, template={"spec": {"containers": [main]}})


async def _revision(client: KubernetesClient, call: Call) -> Current:
    owner, found = await revisions(client, call)
    return await _current(client, call, owner, found[0].label)


async def _previous(client: KubernetesClient, call: Call) -> Value:
    found = (await revisions(client, call))[1]
    if len(found) == 1:
        raise PreconditionFailed(t"No earlier revision of {call.target.name} is kept")
    return found[1].label


async def _rollback_refusal(client: KubernetesClient, call: Call, _: Current) -> Text | None:
    return await _waits(client, call)


async def _roll_to(client: KubernetesClient, call: Call, value: Value, current: Current) -> None:
    await roll_to(client, call, await _same(client, call, current), str(value))


async def _cordoned(client: KubernetesClient, call: Call) -> bool:
    return (await client.node(call)).spec.is_cordoned


def _cordon(to: bool) -> Turn[KubernetesClient]:  # noqa: FBT001 - the state itself
    async def run(client: KubernetesClient, call: Call) -> None:
        await client.change(call, await client.node(call), unschedulable=to)

    return Turn(to=to, run=run, note=t"Pods that run on it stay there." if to else "")


async def _pod(client: KubernetesClient, call: Call) -> Pod | None:
    return next((one for one in await client.pods(call) if one.metadata.deletion_timestamp is None), None)


def _pod_line(pod: Pod) -> str:
    about = pod.metadata
    return f"{about.namespace}/{about.name} since {about.creation_timestamp:%Y-%m-%d %H:%M}"


def _pod_refusal(pod: Pod) -> Text | None:
    owners = {one.kind for one in pod.metadata.owner_references}
    is_owned = {"ReplicaSet", "StatefulSet", "DaemonSet"} & owners
    return None if is_owned else t"{pod.metadata.name} belongs to no workload that would create it again"


async def _delete_pod(client: KubernetesClient, _: Call, pod: Pod) -> None:
    path = f"api/v1/namespaces/{pod.metadata.namespace}/pods/{pod.metadata.name}"
    await client.send("DELETE", path, {"preconditions": {"uid": pod.metadata.uid}})


CORDON: Final = Switch(
    is_on=_cordoned,
    on=_cordon(True),
    off=_cordon(False),
    words=(t"schedulable", t"cordoned"),
    label=t"New pods",
)
RESTART: Final = Restart(
    started=_restarted,
    request=_restart,
    refusal=_waits,
    identity=_uid,
    works=_works,
    must_work=True,
    away=ROLLOUT,
    note=t"The pods are replaced as the workload's strategy says.",
)
SCALE: Final = SetValue(
    argument="replicas", label=t"Pods", read=_replicas, write=_scale, note=AGAIN, away=ROLLOUT
)
MEMORY: Final = SetValue(
    argument="memory_mib",
    label=t"Memory limit",
    read=_memory,
    write=_set_memory,
    refusal=_memory_refusal,
    unit="MiB",
    note=t"The pods are replaced. What manages it, such as Argo CD or Flux, may set it back.",
    away=ROLLOUT,
)
CORES: Final = SetValue(
    argument="cores",
    label=t"CPU limit",
    read=_cores,
    write=_set_cores,
    refusal=_cores_refusal,
    unit="cores",
    note=t"The pods are replaced. What manages it, such as Argo CD or Flux, may set it back.",
    away=ROLLOUT,
)
VERSION_OF_IMAGE: Final = SetValue(
    argument="tag",
    label=t"Image",
    read=_image,
    write=_set_image,
    refusal=_image_refusal,
    note=t"The pods are replaced. The digest of the new image is known once it is pulled. "
    t"What manages it, such as Argo CD or Flux, may set it back.",
    away=ROLLOUT,
)
ROLLBACK: Final = SetValue(
    goal=_previous,
    label=t"Revision",
    read=_revision,
    write=_roll_to,
    refusal=_rollback_refusal,
    note=AGAIN,
    away=ROLLOUT,
)
DELETE: Final = DeleteItem(
    read=_pod,
    delete=_delete_pod,
    line=_pod_line,
    refusal=_pod_refusal,
    note=t"Its workload creates a new one.",
    settle=120.0,
)


ACTIONS: Final[tuple[Action[KubernetesClient], ...]] = (
    RESTART.action(**_about("restart")),
    # For Kubernetes it is the same: images are pulled as the pull policy says.
    RESTART.action(**_about("redeploy")),
    SCALE.action(**_about("scale")),
    MEMORY.action(**_about("set_memory")),
    CORES.action(**_about("set_cpu")),
    VERSION_OF_IMAGE.action(**_about("set_image")),
    ROLLBACK.action(**_about("rollback")),
    CORDON.turn_on(**_about("cordon", "node")),
    CORDON.turn_off(**_about("uncordon", "node")),
    DELETE.action(**_about("delete_pod", "pod")),
)
CONTROLS: Final = (
    Control.number("scale", "Pods", "wanted", action="scale", argument="replicas", scope="workload"),
    Control.switch("cordon", "Cordoned", "cordoned", on="cordon", off="uncordon", scope="node"),
)
