"""Keys of targets: short enough to be stored, and different for different targets."""

from homelab_steward.contract.state import TargetRef
from steward.store.target_keys import LONGEST_KEY, bounded_key, target_key


def test_a_target_is_named_by_instance_kind_and_id() -> None:
    assert target_key(TargetRef(instance_id="pve", kind="lxc", id="7", name="radarr")) == "pve:lxc:7"


def test_long_keys_stay_apart() -> None:
    one, other = "x" * 300 + "1", "x" * 300 + "2"
    assert len(bounded_key(one)) == LONGEST_KEY
    assert bounded_key(one) != bounded_key(other)
    assert bounded_key("x" * LONGEST_KEY) == "x" * LONGEST_KEY
