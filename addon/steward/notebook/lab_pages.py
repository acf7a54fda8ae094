"""Pages of the notebook about the homelab as it is: inventory, topology, and runbooks. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.state import CoverageStatus, Instance, Snapshot, TargetRef

from ..inventory.ports import Inventory
from ..runbooks.model import Runbook
from ..sdk.description import AnyService
from ..texts import translate
from .masking import Shield
from .pages import slug

MOST_LISTED: Final = 500
"""Items of one kind; more are not listed."""

type Parents = Callable[[TargetRef], Sequence[TargetRef]]


@dataclass(frozen=True, slots=True)
class Known:
    """An instance with its service, its last complete snapshot, and what is listed of it."""

    instance: Instance
    service: AnyService
    snapshot: Snapshot | None

    @property
    def items(self) -> list[TargetRef]:
        """What is inside it and has an identity that people know; pods and jobs come and go."""
        kinds = [one.key for one in self.service.resources if one.is_device or one.role is not None]
        found = self.snapshot.resources if self.snapshot else ()
        return sorted(
            (
                TargetRef(instance_id=self.instance.id, kind=one.kind, id=one.id, name=one.name)
                for one in found
                if one.kind in kinds
            ),
            key=lambda one: (kinds.index(one.kind), one.name, one.id),
        )


def complete(snapshot: Snapshot | None) -> Snapshot | None:
    """Return a snapshot that shows everything: of another one, what is missing may be there all the same."""
    is_complete = snapshot is not None and snapshot.coverage.status is CoverageStatus.COMPLETE
    return snapshot if is_complete else None


def known_instances(inventory: Inventory) -> list[Known]:
    """Return the instances with their last complete snapshots."""
    found = ((one, inventory.service(one.id)) for one in inventory.instances())
    return [Known(one, service, complete(inventory.snapshot(one.id))) for one, service in found if service]


def instance_path(instance: Instance) -> str:
    """Return the path of the page of an instance."""
    return f"inventory/{slug(instance.id)}.md"


def instance_pages(found: Sequence[Known], parents: Parents, safe: Shield) -> dict[str, str]:
    """Return the page of each instance that was read completely, by the id of the instance."""
    return {one.instance.id: _instance_page(one, parents, safe) for one in found if one.snapshot is not None}


def lab_pages(found: Sequence[Known], parents: Parents, safe: Shield) -> dict[str, str]:
    """Return the pages about the instances that were read completely, by path; others stay as they are."""
    texts = instance_pages(found, parents, safe)
    pages = {instance_path(one.instance): texts[one.instance.id] for one in found if one.snapshot is not None}
    if found and all(one.snapshot is not None for one in found):
        pages["topology.md"] = _topology(found, parents, safe)
        pages["inventory/README.md"] = _overview(found, safe)
    return pages


def _instance_page(known: Known, parents: Parents, safe: Shield) -> str:
    version = known.snapshot.version if known.snapshot else None
    lines = [f"# {safe(known.instance.name)}", "", f"{known.service.name} {version or ''}".rstrip(), ""]
    names = {one.key: one.name for one in known.service.resources}
    items = known.items
    for kind in dict.fromkeys(one.kind for one in items):
        same = [one for one in items if one.kind == kind]
        lines += [
            f"## {names[kind]}",
            "",
            f"| {translate('name')} | id | {translate('runs in')} |",
            "|---|---|---|",
        ]
        for one in same[:MOST_LISTED]:
            above = ", ".join(safe(parent.name) for parent in parents(one)[:1])
            lines.append(f"| {safe(one.name)} | {safe(one.id)} | {above} |")
        lines.append("")
    return "\n".join(lines)


def _overview(found: Sequence[Known], safe: Shield) -> str:
    lines = [f"# {translate('Inventory')}", ""]
    for one in sorted(found, key=lambda each: (each.instance.name, each.instance.id)):
        version = one.snapshot.version if one.snapshot else None
        link = f"[{safe(one.instance.name)}]({slug(one.instance.id)}.md)"
        lines.append(f"* {link}: {one.service.name} {version or ''}".rstrip())
    return "\n".join(lines) + "\n"


def _topology(found: Sequence[Known], parents: Parents, safe: Shield) -> str:
    """Return a diagram of what runs in what."""
    edges: set[tuple[str, str]] = set()
    names: dict[str, str] = {}
    for known in found:
        one = known.instance
        itself = TargetRef(instance_id=one.id, kind="instance", id=one.id, name=one.name)
        for item in (itself, *known.items):
            for parent in parents(item)[:1]:
                names |= {_node(item): safe(item.name), _node(parent): safe(parent.name)}
                edges.add((_node(parent), _node(item)))
    numbers = {key: f"n{number}" for number, key in enumerate(sorted(names), 1)}
    lines = [f"# {translate('Topology')}", "", "```mermaid", "graph TD"]
    lines += [f'    {numbers[key]}["{_quoted(names[key])}"]' for key in sorted(names)]
    lines += [f"    {numbers[above]} --> {numbers[below]}" for above, below in sorted(edges)]
    return "\n".join([*lines, "```", ""])


def _node(target: TargetRef) -> str:
    return "\x1f".join(target.key)


def _quoted(name: str) -> str:
    return name.replace('"', "'").replace("`", "'").replace("\\", "")


def runbook_pages(
    library: Mapping[str, Runbook], own: Mapping[str, str], clean: Callable[[str], str]
) -> dict[str, str]:
    """Return the list of runbooks, and own ones as they are written (``own``, by id), by path."""
    lines = [f"# {translate('Runbooks')}", ""]
    for key, one in sorted(library.items(), key=lambda each: (each[1].title.casefold(), each[0])):
        name = f"[{one.title}]({key}.md)" if key in own else one.title
        lines.append(f"* {name} (`{key}`, {translate('version')} {one.version})")
    return {f"runbooks/{key}.md": clean(text) for key, text in own.items()} | {
        "runbooks/README.md": "\n".join(lines) + "\n"
    }
