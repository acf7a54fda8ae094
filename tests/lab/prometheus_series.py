"""The series that Prometheus would scrape from the simulated homelab."""

from collections.abc import Callable, Iterator

from lab.guest import GuestView
from lab.promql_vectors import Sample
from lab.world import NodeView, World

type Rows = Iterator[tuple[dict[str, str], float]]

_RETENTION_SECONDS = 86400.0


def read_series(world: World, name: str, wall: float) -> list[Sample]:
    """Return all samples of a metric at a wall time, labels sorted; none for an unknown metric."""
    moment = world.moment(wall)
    if name not in METRICS or not world.now() - _RETENTION_SECONDS <= moment <= world.now() + 1.0:
        return []
    rows = METRICS[name](world, moment)
    return [Sample(tuple(sorted({"__name__": name, **labels}.items())), value) for labels, value in rows]


def _up(world: World, _: float) -> Rows:
    yield {"job": "prometheus", "instance": "127.0.0.1:9090"}, 1.0
    for node in world.nodes():
        yield {"job": "pve", "instance": node.name}, float(node.is_online)
        yield {"job": "node", "instance": f"{node.name}:9100"}, float(node.is_online)
    yield {"job": "exportarr", "instance": "radarr:9707"}, float(world.app_is_up(105))
    yield {"job": "exportarr", "instance": "sonarr:9708"}, float(world.app_is_up(106))


def _per_guest(value: Callable[[GuestView], float]) -> Callable[[World, float], Rows]:
    def rows(world: World, moment: float) -> Rows:
        for guest in world.guests(moment):
            yield {"id": f"{guest.kind}/{guest.vmid}", "instance": guest.node, "job": "pve"}, value(guest)

    return rows


def _per_node(value: Callable[[NodeView], float], **more: str) -> Callable[[World, float], Rows]:
    def rows(world: World, moment: float) -> Rows:
        for node in world.nodes(moment):
            yield {"instance": f"{node.name}:9100", "job": "node", **more}, value(node)

    return rows


def _guest_info(world: World, moment: float) -> Rows:
    for guest in world.guests(moment):
        yield {**_described(guest), "type": str(guest.kind)}, 1.0


def _memory_ratio(world: World, moment: float) -> Rows:
    for guest in world.guests(moment):
        yield _described(guest), guest.share


def _guest_up(world: World, moment: float) -> Rows:
    for guest in world.guests(moment):
        yield (
            {"id": f"{guest.kind}/{guest.vmid}", "instance": guest.node, "job": "pve"},
            float(guest.is_running),
        )
    for node in world.nodes(moment):
        yield {"id": f"node/{node.name}", "instance": node.name, "job": "pve"}, float(node.is_online)


def _cpu_seconds(world: World, moment: float) -> Rows:
    since = moment - world.started_at
    for node in world.nodes(moment):
        for mode, share in (("idle", 1 - node.cpu), ("user", node.cpu)):
            labels = {"cpu": "0", "instance": f"{node.name}:9100", "job": "node", "mode": mode}
            yield labels, since * share


def _described(guest: GuestView) -> dict[str, str]:
    return {
        "id": f"{guest.kind}/{guest.vmid}",
        "instance": guest.node,
        "job": "pve",
        "name": guest.name,
        "node": guest.node,
        "vmid": str(guest.vmid),
    }


METRICS: dict[str, Callable[[World, float], Rows]] = {
    "up": _up,
    "pve_up": _guest_up,
    "pve_guest_info": _guest_info,
    "pve_memory_usage_bytes": _per_guest(lambda guest: guest.memory),
    "pve_memory_size_bytes": _per_guest(lambda guest: guest.memory_limit),
    "pve_cpu_usage_ratio": _per_guest(lambda guest: guest.cpu),
    "pve_cpu_usage_limit": _per_guest(lambda guest: guest.cores),
    "pve_disk_usage_bytes": _per_guest(lambda guest: guest.disk),
    "pve_disk_size_bytes": _per_guest(lambda guest: guest.disk_limit),
    "pve_uptime_seconds": _per_guest(lambda guest: guest.uptime),
    "container_memory_usage_ratio": _memory_ratio,
    "node_memory_MemTotal_bytes": _per_node(lambda node: node.memory_limit),
    "node_memory_MemAvailable_bytes": _per_node(lambda node: node.memory_limit - node.memory),
    "node_filesystem_size_bytes": _per_node(lambda node: node.disk_limit, mountpoint="/"),
    "node_filesystem_avail_bytes": _per_node(lambda node: node.disk_limit - node.disk, mountpoint="/"),
    "node_load1": _per_node(lambda node: round(node.cpu * node.cpus, 2)),
    "node_cpu_seconds_total": _cpu_seconds,
}
