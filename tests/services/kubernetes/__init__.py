"""A cluster in the lab: two nodes, a deployment with two revisions, a database, an exporter on each node."""

from copy import deepcopy
from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, bearer
from lab.wire import Json
from services._kubernetes import (
    CREATED,
    REVIEW,
    TOKEN,
    Answer,
    condition,
    find,
    listed,
    meta,
    patched,
    rules,
    single,
)
from services.kubernetes import snapshots, storage

JOBS = "GET /apis/batch/v1/jobs"
NODES, PODS, EVENTS = "GET /api/v1/nodes", "GET /api/v1/pods", "GET /api/v1/events"
APPS = "/apis/apps/v1"
KINDS = ("deployments", "statefulsets", "daemonsets")
DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS = (f"GET {APPS}/{kind}" for kind in KINDS)
REPLICA_SETS = f"GET {APPS}/namespaces/media/replicasets"
CONTROLLER_REVISIONS = f"GET {APPS}/namespaces/data/controllerrevisions"
POD_USAGE, NODE_USAGE = (f"GET /apis/metrics.k8s.io/v1beta1/{kind}" for kind in ("pods", "nodes"))
RADARR = f"{APPS}/namespaces/media/deployments/radarr"
POSTGRES = f"{APPS}/namespaces/data/statefulsets/postgres"
REVISION = "deployment.kubernetes.io/revision"
DIGEST = f"sha256:{'5d' * 32}"
RUNS: Answer = {"running": {"startedAt": "2026-11-18T08:00:02Z"}}
CLAIMS = {"radarr": ("radarr-config",), "postgres": ("data-postgres-0", "wal-postgres-0")}
"""The volume claims of the pods of each workload."""

ENDS = 5.0
"""Seconds until a pod has ended."""

OWNERS = {"radarr": "ReplicaSet", "postgres": "StatefulSet", "exporter": "DaemonSet"}


def node(name: str) -> Answer:
    """Return a node that is fine."""
    pressures = [condition(f"{one}Pressure", "False") for one in ("Memory", "Disk", "PID")]
    size = {"cpu": "4", "memory": "8Gi"}
    info = {
        "kubeletVersion": "v1.34.1+k3s1",
        "osImage": "Talos (v1.11.0)",
        "kernelVersion": "6.12",
        "containerRuntimeVersion": "containerd://2.1",
        "operatingSystem": "linux",
        "architecture": "arm64",
    }
    status = {"conditions": [*pressures, condition("Ready")], "nodeInfo": info}
    return {"metadata": meta(name), "spec": {}, "status": {**status, "capacity": size, "allocatable": size}}


def pod(
    name: str, namespace: str, app: str, where: str = "w1", state: Answer | None = None, **status: Any
) -> Answer:
    """Return a pod with one container, which runs unless ``state`` says something else."""
    own = {
        "name": app,
        "image": f"{app}:6",
        "imageID": f"docker.io/library/{app}@{DIGEST}",
        "restartCount": 0,
        "state": RUNS if state is None else state,
        **status,
    }
    owner = {"kind": OWNERS[app], "name": app, "uid": f"uid-{app}", "controller": True}
    claims = CLAIMS.get(app, ())
    return {
        "metadata": meta(name, namespace, labels={"app": app}, ownerReferences=[owner]),
        "spec": {**containers(app, 6), "nodeName": where, "volumes": [*map(snapshots.volume, claims)]},
        "status": {
            "phase": "Running",
            "startTime": "2026-11-18T08:00:00Z",
            "conditions": [condition("PodScheduled"), condition("Ready")],
            "containerStatuses": [own],
        },
    }


def containers(app: str, version: int) -> Answer:
    """Return the one container of a pod."""
    amounts = {"limits": {"memory": "512Mi", "cpu": "500m"}, "requests": {"memory": "256Mi", "cpu": "100m"}}
    return {"containers": [{"name": app, "image": f"{app}:{version}", "resources": amounts}]}


def workload(
    name: str, namespace: str, count: int, *, is_daemon: bool = False, revision: str = "1"
) -> Answer:
    """Return a workload whose pods are all ready."""
    numbers = dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas"), count)
    daemon = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    template = {"metadata": {"labels": {"app": name}}, "spec": containers(name, 6)}
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
    return {
        "metadata": meta(name, namespace, generation=1, annotations={REVISION: revision}),
        "spec": spec if is_daemon else {**spec, "replicas": count},
        "status": {"observedGeneration": 1, **(dict.fromkeys(daemon, count) if is_daemon else numbers)},
    }


def revision(number: int, name: str, version: int) -> Answer:
    """Return a revision of the deployment."""
    owner = {"kind": "Deployment", "name": "radarr", "uid": "uid-media-radarr", "controller": True}
    labels = {"app": "radarr", "pod-template-hash": name}
    found = meta(f"radarr-{name}", "media", ownerReferences=[owner], annotations={REVISION: str(number)})
    return {
        "metadata": found,
        "spec": {"template": {"metadata": {"labels": labels}, "spec": containers("radarr", version)}},
    }


def controller_revision(number: int, name: str, version: int) -> Answer:
    """Return a revision of the stateful set."""
    owner = {"kind": "StatefulSet", "name": "postgres", "uid": "uid-data-postgres", "controller": True}
    template = {"metadata": {"labels": {"app": "postgres"}}, "spec": containers("postgres", version)}
    return {
        "metadata": meta(f"postgres-{name}", "data", ownerReferences=[owner]),
        "data": {"spec": {"template": {**template, "$patch": "replace"}}},
        "revision": number,
    }


def usage(name: str, namespace: str, container: str = "", memory: str = "256Mi") -> Answer:
    """Return what a pod or a node uses."""
    amounts = {"cpu": "200m", "memory": memory}
    own: Answer = {"containers": [{"name": container, "usage": amounts}]} if container else {"usage": amounts}
    return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {})}, **own}


RUNNING = (
    pod("radarr-6d5f-x2x7k", "media", "radarr"),
    pod("postgres-0", "data", "postgres", "cp1"),
    pod("exporter-aaaaa", "monitoring", "exporter"),
    pod("exporter-bbbbb", "monitoring", "exporter", "cp1"),
)


def job(name: str, *conditions: Answer, at: str = CREATED, of: str = "backup") -> Answer:
    """Return a run of a cron job, which succeeded unless there are conditions."""
    owner = {"kind": "CronJob", "name": of, "uid": f"uid-{of}", "controller": True}
    found = meta(name, "data", ownerReferences=[owner]) | {"creationTimestamp": at}
    return {"metadata": found, "status": {"conditions": [*(conditions or (condition("Complete"),))]}}


def event(name: str, reason: str, message: str, kind: str = "Warning") -> Answer:
    """Return an event of the last hour."""
    about = {"kind": "Pod", "namespace": "media", "name": name, "uid": f"uid-media-{name}"}
    when = {"lastTimestamp": "2026-11-18T11:50:00Z", "count": 12}
    return {"type": kind, "reason": reason, "message": message, "involvedObject": about, **when}


def _deployment() -> Answer:
    found = workload("radarr", "media", 1, revision="2")
    found["status"]["conditions"] = [condition("Progressing"), condition("Available")]
    return found


def _stateful_set() -> Answer:
    found = workload("postgres", "data", 1)
    found["status"]["updateRevision"] = "postgres-b2"
    found["spec"]["updateStrategy"] = {"type": "RollingUpdate"}
    return found


ANSWERS: dict[str, Any] = {
    "GET /version": {"major": "1", "minor": "34", "gitVersion": "v1.34.1+k3s1"},
    NODES: listed(node("cp1"), node("w1")),
    PODS: listed(*RUNNING),
    EVENTS: listed(
        event("radarr-6d5f-x2x7k", "BackOff", "Back-off restarting failed container radarr"),
        event("postgres-0", "Pulled", "Container image already present", "Normal"),
    ),
    DEPLOYMENTS: listed(_deployment()),
    STATEFUL_SETS: listed(_stateful_set()),
    DAEMON_SETS: listed(workload("exporter", "monitoring", 2, is_daemon=True)),
    JOBS: listed(job("backup-1"), job("backup-2"), job("prune-1", of="prune")),
    REPLICA_SETS: listed(revision(1, "58c9", 5), revision(2, "6d5f", 6)),
    CONTROLLER_REVISIONS: listed(controller_revision(1, "a1", 5), controller_revision(2, "b2", 6)),
    POD_USAGE: listed(
        *(
            usage(one["metadata"]["name"], one["metadata"]["namespace"], one["metadata"]["labels"]["app"])
            for one in RUNNING
        )
    ),
    NODE_USAGE: listed(usage("cp1", ""), usage("w1", "")),
    REVIEW: rules(
        ("", "nodes,pods,events,pods/log", "get,list,watch"),
        ("apps", "*", "get,list,watch,patch"),
        ("batch", "jobs", "list"),
        ("metrics.k8s.io", "pods,nodes", "list"),
        ("", "nodes", "patch"),
        ("", "pods", "delete"),
        ("", "persistentvolumeclaims", "get,create,delete"),
        ("", "persistentvolumes", "get,patch"),
        (snapshots.GROUP, "volumesnapshots,volumesnapshotclasses", "get,list,create,delete"),
    ),
    f"{PODS}?watch=true": Raw(text=""),
    "GET /api/v1/namespaces/{namespace}/pods/{name}/log": Raw(
        text="2026-11-18T11:49:58Z starting\n2026-11-18T11:49:59Z cannot open the database\n"
    ),
    "GET /api/v1/nodes/{name}": single(NODES),
    f"GET {APPS}/namespaces/{{namespace}}/replicasets/{{name}}": single(REPLICA_SETS),
    f"GET {APPS}/namespaces/{{namespace}}/controllerrevisions/{{name}}": single(CONTROLLER_REVISIONS),
    **snapshots.answers({"media": CLAIMS["radarr"], "data": CLAIMS["postgres"]}),
    **{
        f"GET {APPS}/namespaces/{{namespace}}/{kind}/{{name}}": single(f"GET {APPS}/{kind}") for kind in KINDS
    },
}


def _control(state: ReplayState, one: Answer) -> None:
    """Do what the controller of a deployment does: replace its pods, and number its revisions."""
    image = one["spec"]["template"]["spec"]["containers"][0]["image"]
    sets: Any = state.object(REPLICA_SETS)["items"]
    number = max(int(own["metadata"]["annotations"][REVISION]) for own in sets)
    current = next((own for own in sets if _image_of(own["spec"]) == image), None)
    if current is None:
        version = int(image.rpartition(":")[2])
        current = revision(number, f"new{version}", version)
        sets.append(current)
        number += 1
        current["metadata"]["annotations"][REVISION] = one["metadata"]["annotations"][REVISION] = str(number)
    elif current["metadata"]["annotations"][REVISION] != str(number):
        for own in (current, one):
            own["metadata"]["annotations"][REVISION] = str(number + 1)
    _replace_pods(state, one, "media")


def _control_set(state: ReplayState, one: Answer) -> None:
    """Do what the controller of a stateful set does."""
    image = _image_of(one["spec"])
    found: Any = state.object(CONTROLLER_REVISIONS)["items"]
    current = next(own for own in found if _image_of(own["data"]["spec"]) == image)
    number = max(own["revision"] for own in found)
    if current["revision"] != number:
        current["revision"] = number + 1
    one["status"]["updateRevision"] = current["metadata"]["name"]
    _replace_pods(state, one, "data")


def _image_of(spec: Answer) -> str:
    found: str = spec["template"]["spec"]["containers"][0]["image"]
    return found


def _replace_pods(state: ReplayState, one: Answer, namespace: str) -> None:
    count, generation, app = one["spec"]["replicas"], one["metadata"]["generation"], one["metadata"]["name"]
    one["status"] |= {"observedGeneration": generation}
    one["status"] |= dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas"), count)
    one["status"]["conditions"] = [condition("Progressing"), condition("Available")]
    pods: Any = state.object(PODS)["items"]
    if not count:
        _end_pods(state, app)
        return
    pods[:] = [own for own in pods if own["metadata"]["labels"]["app"] != app]
    for place in range(count):
        new = pod(f"{app}-{generation}-{place}", namespace, app)
        new["spec"]["containers"][0]["image"] = _image_of(one["spec"])
        new["metadata"]["creationTimestamp"] = state.stamp()
        pods.append(new)


def _end_pods(state: ReplayState, app: str) -> None:
    """End all pods of an app; each is there until its containers have ended."""
    pods: Any = state.object(PODS)["items"]
    ending = [own for own in pods if own["metadata"]["labels"]["app"] == app]
    for own in ending:
        own["metadata"]["deletionTimestamp"] = state.stamp()

    def end() -> None:
        pods[:] = [own for own in pods if own not in ending]
        storage.settle(state)

    state.later(ENDS, end)


def cordoned() -> Answer:
    """Return the spec of a node that takes no pods, a new one each time: effects change it."""
    return {"unschedulable": True, "taints": [{"key": "node.kubernetes.io/unschedulable"}]}


def _taint(_: ReplayState, one: Answer) -> None:
    is_cordoned = one["spec"].pop("unschedulable", False)
    one["spec"] = cordoned() if is_cordoned else {}


def _delete(state: ReplayState, sent: Sent) -> Json | Raw:
    found, wanted = find(state, PODS, sent), sent.fields["preconditions"]
    if found is None or wanted != {"uid": found["metadata"]["uid"]}:
        return Raw(status=409, body={"message": "the uid in the precondition does not match"})
    items: Any = state.object(PODS)["items"]
    items[items.index(found)] = pod("radarr-6d5f-9qqqq", "media", "radarr")
    return found


def _ill() -> dict[str, Any]:
    """Return the answers of a cluster in which everything is wrong."""
    nodes, deployments = deepcopy(ANSWERS[NODES]), deepcopy(ANSWERS[DEPLOYMENTS])
    conditions = [
        condition("MemoryPressure", message="too little memory"),
        condition("DiskPressure", "False"),
    ]
    gone = condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
    nodes["items"][1]["status"]["conditions"] = [*conditions, condition("PIDPressure", "False"), gone]
    nodes["items"][1]["spec"] = cordoned()
    late = condition(
        "Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet has timed out progressing."
    )
    deployments["items"][0]["status"] |= {"readyReplicas": 0, "conditions": [late]}
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-20T11:59:00Z"}
    looping = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}}
    pulling = {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image exporter:6"}}
    wrong = {"waiting": {"reason": "CreateContainerConfigError", "message": "secret exporter not found"}}
    unscheduled = pod("postgres-0", "data", "postgres", "", {})
    unscheduled["status"] = {
        "phase": "Pending",
        "conditions": [condition("PodScheduled", "False", "Unschedulable", "0/2 nodes are available")],
    }
    pods = listed(
        pod(
            "radarr-6d5f-x2x7k",
            "media",
            "radarr",
            state=looping,
            restartCount=9,
            lastState={"terminated": ended},
        ),
        unscheduled,
        pod("exporter-aaaaa", "monitoring", "exporter", state=pulling),
        pod("exporter-bbbbb", "monitoring", "exporter", "cp1", wrong),
    )
    over = condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    full = listed(
        usage("radarr-6d5f-x2x7k", "media", "radarr", "500Mi"), usage("postgres-0", "data", "postgres")
    )
    jobs = listed(job("backup-1"), job("backup-2", over, at="2026-11-18T10:00:00Z"))
    return {NODES: nodes, DEPLOYMENTS: deployments, PODS: pods, JOBS: jobs, POD_USAGE: full}


UNHEALTHY = _ill()
_ABSENT = "The API leaves out what is 0"
FIXTURE = ServiceFixture(
    simulator=Replay(
        answers=ANSWERS,
        effects={
            f"PATCH {APPS}/namespaces/{{namespace}}/deployments/{{name}}": patched(DEPLOYMENTS, _control),
            f"PATCH {APPS}/namespaces/{{namespace}}/statefulsets/{{name}}": patched(
                STATEFUL_SETS, _control_set
            ),
            "PATCH /api/v1/nodes/{name}": patched(NODES, _taint),
            "DELETE /api/v1/namespaces/{namespace}/pods/{name}": _delete,
            **snapshots.EFFECTS,
            **storage.EFFECTS,
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "wrong"},
    targets={"node": "w1", "workload": "radarr", "pod": "radarr-6d5f-x2x7k"},
    unhealthy=UNHEALTHY,
    optional={
        **{f"{one}?limit=250 items.status.readyReplicas": _ABSENT for one in (DEPLOYMENTS, STATEFUL_SETS)},
        **{
            f"{DEPLOYMENTS}?limit=250 items.spec.template.spec.containers.{one}": "It has no limit"
            for one in ("resources", "resources.limits", "resources.limits.memory")
        },
    },
    rounds=(
        Round(action="restart", target="radarr", write=("PATCH", RADARR)),
        Round(action="redeploy", target="radarr", write=("PATCH", RADARR)),
        Round(action="scale", target="radarr", arguments={"replicas": 3}, write=("PATCH", RADARR)),
        Round(action="set_memory", target="radarr", arguments={"memory_mib": 768}, write=("PATCH", RADARR)),
        Round(action="set_cpu", target="radarr", arguments={"cores": 1.5}, write=("PATCH", RADARR)),
        Round(action="set_image", target="radarr", arguments={"tag": "7"}, write=("PATCH", RADARR)),
        Round(action="rollback", target="radarr", write=("PATCH", RADARR)),
        Round(action="rollback", target="postgres", write=("PATCH", POSTGRES)),
        Round(action="snapshot_volumes", target="radarr", write=("POST", snapshots.of("media"))),
        Round(
            action="restore_volumes",
            target="radarr",
            before=(
                ("PATCH", "/api/v1/persistentvolumes/pvc-radarr-config"),
                ("DELETE", f"{storage.path('media')}/radarr-config"),
            ),
            write=("POST", storage.path("media")),
            undo_writes=4,
            prepare=lambda lab: _stopped(lab.served["kubernetes"].state),  # type: ignore[attr-defined]
        ),
        Round(action="cordon", target="w1", write=("PATCH", "/api/v1/nodes/w1")),
        Round(
            action="uncordon",
            target="w1",
            write=("PATCH", "/api/v1/nodes/w1"),
            prepare=lambda lab: _cordoned(lab.served["kubernetes"].state),  # type: ignore[attr-defined]
        ),
        Round(
            action="delete_pod",
            target="radarr-6d5f-x2x7k",
            write=("DELETE", "/api/v1/namespaces/media/pods/radarr-6d5f-x2x7k"),
        ),
    ),
)


async def _cordoned(state: ReplayState) -> None:
    items: Any = state.object(NODES)["items"]
    items[1]["spec"] = cordoned()


async def _stopped(state: ReplayState) -> None:
    """Let the deployment have a snapshot of its claim, and no pods."""
    one: Any = state.object(DEPLOYMENTS)["items"]
    items: Any = state.object(snapshots.SNAPSHOTS)["items"]
    items.append(snapshots.taken("radarr", "media", "radarr-config"))
    one[0]["spec"]["replicas"] = 0
    _replace_pods(state, one[0], "media")
    pods: Any = state.object(PODS)["items"]
    pods[:] = [own for own in pods if own["metadata"]["labels"]["app"] != "radarr"]
