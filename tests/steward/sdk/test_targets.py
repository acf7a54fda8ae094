"""The target of a call is found in a list, or it is said that it is gone."""

import pytest

from homelab_steward.contract.state import TargetRef
from steward.errors import PreconditionFailed
from steward.sdk.description import Call
from steward.sdk.targets import target

CALL = Call(target=TargetRef(instance_id="i", kind="port", id="2", name="Port 2"))


def test_the_target_is_the_item_with_its_id() -> None:
    assert target([1, 2, 3], CALL, lambda item: item) == 2


def test_a_target_that_is_not_listed_is_gone() -> None:
    with pytest.raises(PreconditionFailed, match="Port 2 is not there any more"):
        target([1, 3], CALL, lambda item: item)
    with pytest.raises(PreconditionFailed, match="Port 2 does not fire any more"):
        target([], CALL, str, "does not fire any more")
