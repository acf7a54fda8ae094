"""Which signed webhook requests are new."""

from steward.inventory.deliveries import MOST, Deliveries


def test_a_request_that_is_sent_again_is_not_new_and_the_memory_is_bounded() -> None:
    seen = Deliveries()
    assert [seen.is_new(one) for one in (b"a", b"b", b"a")] == [True, True, False]
    assert all(seen.is_new(str(one).encode()) for one in range(MOST))
    assert len(seen._seen) == MOST
    assert seen.is_new(b"a"), "the oldest is forgotten"
