"""Which process becomes the leader: a table, and what holds for every row."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.store.leader_rules import Claim, StoredLease, claim_of

HELD = StoredLease(owner="other", epoch=7, is_released=False, left=20.0, unclean_age=None)

LEASES = st.builds(
    StoredLease,
    owner=st.sampled_from(["me", "other"]),
    epoch=st.integers(1, 1_000),
    is_released=st.booleans(),
    left=st.floats(-1e6, 1e6),
    unclean_age=st.none() | st.floats(0, 1e6),
)


@pytest.mark.parametrize(
    ("stored", "is_alone", "claim"),
    [
        (None, False, Claim(epoch=1, unclean_age=None)),
        (HELD, False, None),
        (replace(HELD, left=0.001), False, None),
        (replace(HELD, left=0.0), False, Claim(epoch=8, unclean_age=0.0)),
        (replace(HELD, left=-5.0, unclean_age=40.0), False, Claim(epoch=8, unclean_age=0.0)),
        (replace(HELD, is_released=True), False, Claim(epoch=8, unclean_age=None)),
        (replace(HELD, is_released=True, unclean_age=40.0), False, Claim(epoch=8, unclean_age=40.0)),
        (replace(HELD, owner="me"), False, Claim(epoch=8, unclean_age=None)),
        (replace(HELD, owner="me", left=-5.0), False, Claim(epoch=8, unclean_age=None)),
        (replace(HELD, owner="me", unclean_age=40.0), False, Claim(epoch=8, unclean_age=40.0)),
        (HELD, True, Claim(epoch=8, unclean_age=None)),
        (replace(HELD, left=-5.0), True, Claim(epoch=8, unclean_age=None)),
    ],
)
def test_who_becomes_the_leader(stored: StoredLease | None, claim: Claim | None, *, is_alone: bool) -> None:
    assert claim_of(stored, "me", is_alone=is_alone) == claim


@given(stored=LEASES, is_alone=st.booleans())
def test_a_new_leader_has_a_new_epoch_and_no_doubt_is_forgotten(
    *, stored: StoredLease, is_alone: bool
) -> None:
    claim = claim_of(stored, "me", is_alone=is_alone)
    may_be_running = stored.owner != "me" and not stored.is_released and not is_alone
    if claim is None:
        assert may_be_running
        assert stored.left > 0
        return
    assert claim.epoch == stored.epoch + 1
    assert claim.unclean_age == (0.0 if may_be_running else stored.unclean_age)
