"""Pools of addresses: ranges, networks, and what is neither."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.errors import ServiceMalformed
from steward.sdk.address_pool import AddressPool


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("192.0.2.100-192.0.2.199", 100),
        (" 192.0.2.1 - 192.0.2.1 \n\n198.51.100.0/24", 257),
        ("192.0.2.100", 1),
        ("", 0),
    ],
)
def test_the_size_of_a_pool(text: str, size: int) -> None:
    assert AddressPool.of(text).size == size


@pytest.mark.parametrize("text", ["192.0.2.100-", "-", "odd", "192.0.2.1/24", "::1-::9"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ServiceMalformed, match="is no range"):
        AddressPool.of(text)


def test_how_much_of_it_is_used() -> None:
    pool = AddressPool.of("192.0.2.100-192.0.2.199\n192.0.2.150-192.0.2.199")
    leases = ["192.0.2.100", "192.0.2.100", "192.0.2.150", "192.0.2.9", "2001:db8::1", "odd"]
    assert pool.used(leases) == 2
    assert AddressPool.of("192.0.2.100-192.0.2.199").share(25) == 25.0
    assert AddressPool.of("").share(0) == 0.0


@given(
    first=st.integers(0, 2**32 - 1),
    length=st.integers(1, 5000),
    leases=st.sets(st.integers(0, 2**32 - 1), max_size=40),
    inside=st.sets(st.integers(0, 4999), max_size=40),
)
def test_no_more_than_its_addresses_are_used(
    first: int, length: int, leases: set[int], inside: set[int]
) -> None:
    last = min(first + length - 1, 2**32 - 1)
    pool = AddressPool.of(f"{IPv4Address(first)}-{IPv4Address(last)}")
    mine = {first + one for one in inside if first + one <= last}
    used = pool.used(str(IPv4Address(one)) for one in leases | mine)
    assert len(mine) <= used <= pool.size == last - first + 1
    assert 0 <= pool.share(used) <= 100
