"""What a poll says about the versions of items that can be updated."""

from dataclasses import dataclass
from typing import Any

from steward.sdk.categories import GENERAL
from steward.sdk.coverage import Gaps
from steward.sdk.description import Deployed, Deploys, Newer, ResourceKind, Service, Updates
from steward.sdk.item_versions import Deployment, ItemVersion, deployments, versions
from steward.sdk.readings import NotKnown
from steward.sdk.snapshot import DEFECT


@dataclass(frozen=True)
class Box:
    """``latest`` is "" when it cannot be read."""

    id: str
    latest: str


def newer(box: Box) -> Newer | None:
    if not box.latest:
        raise NotKnown(t"{box.id}: no answer")
    if box.latest == "broken":
        raise KeyError(box.id)
    return Newer(version=box.latest, revision=box.latest) if box.latest != "1" else None


def identity(box: Box) -> str:
    if box.id == "broken":
        raise KeyError(box.id)
    return box.id


def deployed(boxes: tuple[Box, ...], box: Box) -> Deployed:
    assert box in boxes
    newer(box)
    return Deployed(sources=(), within=60)


def service(
    updates: Updates[Box] | None, deploys: Deploys[tuple[Box, ...], Box] | None = None
) -> Service[Any, tuple[Box, ...]]:
    async def poll(_: object, __: Gaps) -> tuple[Box, ...]:
        return ()

    kind = ResourceKind[tuple[Box, ...], Box](
        key="box",
        name="Box",
        items=lambda state: state,
        id=identity,
        updates=updates,
        deploys=deploys,
    )
    return Service(
        key="toy",
        name="Toy",
        category=GENERAL,
        settings=(),
        connect=lambda _: None,
        poll=poll,
        version=lambda _: None,
        resources=(kind,),
    )


def test_each_item_has_a_version_or_the_reason_why_not() -> None:
    state = (Box("a", "2"), Box("b", "1"), Box("c", ""), Box("d", "broken"), Box("broken", "2"))
    found = versions(service(Updates(action="update", newer=newer)), state)
    assert found == (
        ItemVersion(kind="box", id="a", newer=Newer(version="2", revision="2")),
        ItemVersion(kind="box", id="b"),
        ItemVersion(kind="box", id="c", unknown="c: no answer"),
        ItemVersion(kind="box", id="d", unknown=DEFECT),
    )


def test_items_that_cannot_be_updated_are_left_out() -> None:
    assert versions(service(None), (Box("a", "2"),)) == ()


def test_each_item_says_how_it_deploys_or_why_that_is_not_known() -> None:
    state = (Box("a", "2"), Box("c", ""), Box("d", "broken"), Box("broken", "2"))
    deploys = Deploys(read=deployed, revision="r", failed="f", healthy=("h", True), action="sync")
    assert deployments(service(None, deploys), state) == (
        Deployment(kind="box", id="a", deployed=Deployed(sources=(), within=60)),
        Deployment(kind="box", id="c", unknown="c: no answer"),
        Deployment(kind="box", id="d", unknown=DEFECT),
    )
    assert deployments(service(None), state) == ()
