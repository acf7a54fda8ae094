"""The target of a call is found in a list, or it is said that it is gone."""

import pytest

from homelab_steward.contract.state import TargetRef
from steward.errors import PreconditionFailed, ServiceMalformed, ServiceUnreachable
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.readings import NotKnown
from steward.sdk.targets import target, target_if_there

CALL = Call(target=TargetRef(instance_id="i", kind="port", id="2", name="Port 2"))


def test_the_target_is_the_item_with_its_id() -> None:
    assert target([1, 2, 3], CALL, lambda item: item) == 2


def test_a_target_that_is_not_listed_is_gone() -> None:
    with pytest.raises(PreconditionFailed, match="Port 2 is not there any more"):
        target([1, 3], CALL, lambda item: item)
    with pytest.raises(PreconditionFailed, match="Port 2 does not fire any more"):
        target([], CALL, str, "does not fire any more")


async def test_a_target_is_gone_only_if_the_whole_list_is_known() -> None:
    async def items(gaps: Gaps, *, found: tuple[int, ...], gap: str = "") -> tuple[int, ...]:
        if gap:
            gaps.add("items", gap)
        return found

    async def unknown(_: Gaps) -> tuple[int, ...]:
        raise NotKnown("It is starting")

    assert await target_if_there(lambda gaps: items(gaps, found=(1, 2), gap="odd"), CALL, str) == 2
    assert await target_if_there(lambda gaps: items(gaps, found=(1,)), CALL, str) is None
    with pytest.raises(ServiceMalformed, match="an item is odd"):
        await target_if_there(lambda gaps: items(gaps, found=(1,), gap="an item is odd"), CALL, str)
    with pytest.raises(ServiceUnreachable, match="It is starting"):
        await target_if_there(unknown, CALL, str)
