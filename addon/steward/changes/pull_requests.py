"""Source: pull requests of update bots, with what deploys them and how that is waited for."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.changes import ChangeSource, PackageChange
from homelab_steward.contract.plain_text import quoted
from homelab_steward.contract.state import CoverageStatus, Instance, InstanceStatus, TargetRef
from homelab_steward.contract.step_parts import PlannedWait

from ..agent.plans.change_plans import WaitStep
from ..agent.requests.request_plan import PlanStep, bounded
from ..inventory.ports import INSTANCE, Inventory
from ..sdk.description import Deployed, Deploys, Installs, Newer, PullRequestOffer, Updates
from ..sdk.item_versions import ItemVersion
from ..texts import Text, household, translate
from .found import Found, Offers
from .git_sources import deployers
from .pull_request_text import PullRequest, PullRequestUpdates, read_pull_request

NAME: Final = "pull_requests"
LONGEST_TITLE: Final = 120
COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
BOTS: Final = re.compile(r"renovate|dependabot|updatecli|\[bot\]$", re.IGNORECASE)
LABELS: Final = frozenset({"dependencies", "dependency", "deps", "renovate", "update", "updates"})
BRANCHES: Final = ("renovate/", "dependabot/", "updatecli_", "steward/")
REQUESTED: Final = ("steward/deploy-", "steward/change-")
"""What the branches of pull requests begin with that a person requested, from a template."""

REVERTS: Final = re.compile(r"(?:steward/)?revert-\d+")
"""The branches of pull requests that take one back."""

MOST_DEPLOYERS: Final = 5
"""What deploys the files of one pull request and is waited for."""

SETTLE: Final = 15.0
"""Seconds between two reads of what is waited for, by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployer:
    """One item that deploys what is declared in Git. ``service`` is the name of its service."""

    target: TargetRef
    deploys: Deploys[object, object]
    deployed: Deployed
    service: str


@dataclass(frozen=True, slots=True)
class PullRequests:
    """Reads what the last poll of each forge says. Nothing is asked of a service here."""

    inventory: Inventory
    settle: float = SETTLE

    @property
    def name(self) -> str:
        """Return the name of the source."""
        return NAME

    async def find(self) -> Offers:
        """Return the open pull requests that update something."""
        found: list[Found] = []
        unknown: set[str] = set()
        unread: set[str] = set()
        known, missing = self._deployers()
        for instance in self.inventory.instances():
            if not self._is_read(instance):
                unread.add(instance.id)
            for item in self.inventory.versions(instance.id):
                if item.unknown is not None:
                    unknown.add(f"{instance.id}/{item.id}")
                target = self.inventory.target(instance.id, item.kind, item.id)
                if target is not None and item.newer is not None and _is_update(item.newer):
                    # Texts from outside may take long to read: the event loop goes on meanwhile.
                    updates = await asyncio.to_thread(_read, item.newer)
                    found.append(self._found(target, item, item.newer, updates, (known, missing)))
        return Offers(found=found, unknown=frozenset(unknown), unread=frozenset(unread))

    def _is_read(self, instance: Instance) -> bool:
        """Return whether a pull request that an instance does not list is not open."""
        snapshot = self.inventory.snapshot(instance.id)
        return (
            snapshot is not None
            and snapshot.coverage.status is CoverageStatus.COMPLETE
            and instance.status is InstanceStatus.OK
        )

    def _deployers(self) -> tuple[dict[TargetRef, Deployer], tuple[str, ...]]:
        """Return what deploys from Git, and the names of what cannot be read about it."""
        found: dict[TargetRef, Deployer] = {}
        missing: list[str] = []
        for instance in self.inventory.instances():
            service = self.inventory.service(instance.id)
            kinds = {one.key: one.deploys for one in service.resources if one.deploys} if service else {}
            if service is not None and kinds and not self._is_read(instance):
                missing.append(instance.name)
            for one in self.inventory.deployments(instance.id):
                target = self.inventory.target(instance.id, one.kind, one.id)
                deploys = kinds.get(one.kind)
                if target is None or deploys is None or service is None:
                    continue
                if one.deployed is None:
                    missing.append(target.name)
                else:
                    found[target] = Deployer(
                        target=target, deploys=deploys, deployed=one.deployed, service=service.name
                    )
        return found, tuple(dict.fromkeys(missing))

    def _found(
        self,
        target: TargetRef,
        item: ItemVersion,
        newer: Newer,
        updates: PullRequestUpdates,
        deploying: tuple[Mapping[TargetRef, Deployer], Sequence[str]],
    ) -> Found:
        offer, (known, missing) = _offer(newer), deploying
        keys = deployers(offer, {key: one.deployed.sources for key, one in known.items()})
        used = [known[key] for key in keys[:MOST_DEPLOYERS]]
        left_out = self._left_out(target, newer, updates, used)
        texts = (translate(newer.way_back_text), _said(offer, keys, known, missing))
        packages, watched = _packages(updates), tuple(self._watched(used))
        return Found(
            id=f"{target.instance_id}/{item.id}",
            source=ChangeSource.PULL_REQUEST,
            target=target,
            title=newer.title or target.name,
            label=_label(packages, watched) or _quoted(target, newer),
            packages=packages,
            revision=newer.revision,
            notes=newer.notes,
            published_at=newer.published_at,
            url=newer.url,
            steps=() if left_out else (*self._merge(target, newer), *_waits(used, self.settle)),
            left_out=left_out,
            watched=watched,
            way_back=newer.way_back,
            way_back_text=" ".join(texts),
            labels={"repository": target.name.rpartition("#")[0], "author": offer.author, **newer.labels},
            requested=offer.branch.startswith(REQUESTED) and not offer.is_fork,
        )

    def _left_out(
        self, target: TargetRef, newer: Newer, updates: PullRequestUpdates, used: Sequence[Deployer]
    ) -> str:
        """Return why it is only shown, "" when it can be asked about."""
        updating = self._updates(target)
        stopped = next((one.deployed.stopped for one in used if one.deployed.stopped), None)
        reasons: tuple[tuple[bool, Text], ...] = (
            (_offer(newer).is_draft, t"It is a draft."),
            (updates.merges_itself, t"The bot merges it by itself when its checks have passed."),
            (COMMIT.fullmatch(newer.revision) is None, t"Its newest commit is not known."),
            (stopped is not None, t"What is merged would not be deployed: {translate(stopped or '')}."),
        )
        reason = next((translate(text) for is_so, text in reasons if is_so), "")
        key = f"action.{updating.action}" if updating else ""
        return reason or self.inventory.unavailable(target.instance_id).get(key, "")

    def _updates(self, target: TargetRef) -> Updates[object] | None:
        service = self.inventory.service(target.instance_id)
        kind = service.kind(target.kind) if service else None
        return kind.updates if kind else None

    def _merge(self, target: TargetRef, newer: Newer) -> Iterator[PlanStep]:
        updates = self._updates(target)
        if updates is not None:
            values = {Installs.VERSION: newer.version, Installs.REVISION: newer.revision}
            arguments = {key: values[installs] for key, installs in updates.arguments.items()}
            yield PlanStep(target=target, action=updates.action, arguments=arguments)

    def _watched(self, used: Sequence[Deployer]) -> Iterator[TargetRef]:
        """Yield what deploys it, what that deploys, and the application that runs in it, each once."""
        seen: set[TargetRef] = set()
        for one in used:
            located = [self.inventory.locate(labels) for labels in one.deployed.objects]
            running = [self.inventory.application(each) for each in located if each is not None]
            for target in (one.target, *located, *running):
                if target is not None and target not in seen:
                    seen.add(target)
                    yield target


def _offer(newer: Newer) -> PullRequestOffer:
    if newer.pull_request is None:
        raise ValueError("it is no pull request")
    return newer.pull_request


def _read(newer: Newer) -> PullRequestUpdates:
    offer = _offer(newer)
    return read_pull_request(
        PullRequest(title=newer.title, body=newer.notes, branch=offer.branch, files=offer.files or ())
    )


def _is_update(newer: Newer) -> bool:
    """Return whether a pull request is one of an update bot or of ours, and takes nothing back."""
    offer = newer.pull_request
    if offer is None or REVERTS.match(offer.branch):
        return False
    # In a fork anybody can choose a name and a branch, but no label.
    is_ours = not offer.is_fork
    is_labelled = not LABELS.isdisjoint(one.casefold() for one in offer.labels)
    is_named = BOTS.search(offer.author) is not None or offer.branch.startswith(BRANCHES)
    return offer.is_bot or is_labelled or (is_ours and is_named)


def _packages(updates: PullRequestUpdates) -> tuple[PackageChange, ...]:
    return tuple(
        PackageChange(name=one.new_name or one.name, old=one.old, new=one.new, distance=one.distance)
        for one in updates.updates
    )


def _label(packages: Sequence[PackageChange], watched: Sequence[TargetRef]) -> str:
    """Return how people know what a pull request updates, "" when that is not known.

    Bots title pull requests for developers. One package is named as the application that it is deployed
    as, if that is certain.
    """
    apps = [one.name for one in watched if one.kind == INSTANCE]
    names = apps if len(apps) == len(packages) == 1 else [_short(one.name) for one in packages]
    lines = [
        " ".join(filter(None, (name, f"{_version(one.old)} →" if one.old else "", _version(one.new))))
        for name, one in zip(names, packages, strict=True)
    ]
    return bounded([*dict.fromkeys(lines)], household())


def _quoted(target: TargetRef, newer: Newer) -> str:
    """Return the title of a pull request in quotation marks: it cannot be taken for our own words."""
    if not newer.title:
        return target.name
    return f"{target.name}: {quoted(newer.title, LONGEST_TITLE, household().language)}"


def _short(package: str) -> str:
    """Return the last part of the name of a package (``ghcr.io/home-operations/sonarr``: sonarr)."""
    return package.rstrip("/").rpartition("/")[2] or package


def _version(version: str) -> str:
    """Return a version without the letter of its tag (v4.0.2: 4.0.2)."""
    return version[1:] if version[:1] in ("v", "V") and version[1:2].isdigit() else version


def _said(
    offer: PullRequestOffer,
    keys: Sequence[TargetRef],
    known: Mapping[TargetRef, Deployer],
    missing: Sequence[str],
) -> str:
    """Return what deploys it, or why that is not known."""
    texts = household()
    if keys:
        named = [f"{key.name} ({known[key].service})" for key in keys]
        return texts(t"{texts.listed(named)} deploys it.")
    if offer.files is None:
        return texts(t"What deploys it is not known, because not all of its files are.")
    if missing:
        return texts(t"What deploys it is not known, because {texts.listed(missing)} cannot be read.")
    return texts(t"Nothing is known to deploy it: it is merged and not watched.")


def _waits(used: Sequence[Deployer], settle: float) -> Iterator[PlanStep | WaitStep]:
    """Yield the steps after the merge: what is deployed by hand, then the waits."""
    for one in used:
        if one.deployed.by_hand:
            yield PlanStep(target=one.target, action=one.deploys.action)
    for one in used:
        name, minutes = one.target.name, round(one.deployed.within / 60)
        yield WaitStep(
            target=one.target,
            wait=PlannedWait(
                name=translate(t"the sync of {name}"),
                reading=one.deploys.revision,
                failed=one.deploys.failed,
                made=True,
                within=one.deployed.within,
                settle=settle,
                failure=translate(t"Merged, but the sync of {name} failed"),
                late=translate(t"Merged, but {one.service} has not synced {name} for {minutes} minutes"),
            ),
        )
    for one in used:
        name, minutes = one.target.name, round(one.deployed.within / 60)
        reading, value = one.deploys.healthy
        yield WaitStep(
            target=one.target,
            wait=PlannedWait(
                name=translate(t"the health of {name}"),
                reading=reading,
                equals=value,
                within=one.deployed.within,
                settle=settle,
                late=translate(t"Merged and synced, but {name} was not healthy for {minutes} minutes"),
            ),
        )
