"""The spelling of what identifies a device."""

import pytest

from steward.quorum import marks
from steward.quorum.marks import Marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BC:24:11:AA:BB:CC", "bc2411aabbcc"),
        ("bc24.11aa.bbcc", "bc2411aabbcc"),
        ("bc-24-11-aa-bb-cc", "bc2411aabbcc"),
        ("bc:24:11:aa:bb", ""),
        ("zz:24:11:aa:bb:cc", ""),
        ("00:00:5e:00:01:0a", ""),
        ("00:00:5e:00:02:0a", ""),
        ("00:00:5e:00:03:0a", "00005e00030a"),
        ("00:00:00:00:00:00", ""),
        ("01:24:11:aa:bb:cc", ""),
        ("ff:ff:ff:ff:ff:ff", ""),
        ("", ""),
    ],
)
def test_mac(text: str, expected: str) -> None:
    assert marks.mac(text) == expected


@pytest.mark.parametrize(
    ("digits", "local"), [("02aabbccddee", True), ("bc2411aabbcc", False), ("fe0000000001", True)]
)
def test_locally_administered(digits: str, local: bool) -> None:  # noqa: FBT001
    assert marks.is_local(digits) is local


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ABC123 ", "abc123"),
        ("To Be Filled By O.E.M.", ""),
        ("0000-0000", ""),
        ("", ""),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", ""),
        ("03000200-0400-0500-0006-000700080009", ""),
        ("x" * 50 + "y" * 50, "x" * 50 + "y" * 50),
        ("x" * 50 + "y" * 51, ""),
    ],
)
def test_number(text: str, expected: str) -> None:
    assert marks.number(text) == expected


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("192.168.1.20:9100", "192.168.1.20", "9100"),
        ("NAS.example.org.", "nas.example.org", ""),
        ("https://user:pw@nas.example.org/login", "nas.example.org", "443"),
        ("http://nas:5000/x:1", "nas", "5000"),
        ("[2001:DB8::0:1]:443", "2001:db8::1", "443"),
        ("2001:db8::1", "2001:db8::1", ""),
        ("http://nas", "nas", "80"),
        ("nas:abc", "nas", ""),
        ("", "", ""),
    ],
)
def test_host_and_port(address: str, host: str, port: str) -> None:
    assert (marks.host(address), marks.port(address)) == (host, port)


def test_marks_keep_what_identifies() -> None:
    found = marks.marks(
        uuid="none",
        serial="S1",
        macs=["bc:24:11:aa:bb:cc", "x"],
        assigned=["02:24:11:aa:bb:cc"],
        addresses=[
            "10.0.0.5:80",
            "127.0.0.1",
            "nas",
            "nas.example.org",
            "169.254.1.1",
            "0.0.0.0",  # noqa: S104 - an address that is left out
            "x.localhost",
        ],
        sys_name="NAS.example.org.",
    )
    assert found == Marks(
        serial="s1",
        macs=frozenset({"bc2411aabbcc", "022411aabbcc"}),
        assigned=frozenset({"022411aabbcc"}),
        addresses=frozenset({"10.0.0.5", "nas.example.org"}),
        sys_name="nas.example.org",
        name="nas",
    )


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (Marks(name="nas.example.org"), "nas"),
        (Marks(sys_name="nas.lan"), "nas"),
        (Marks(name="10.0.0.5", sys_name="nas"), "nas"),
        (Marks(), ""),
    ],
)
def test_short_name(own: Marks, expected: str) -> None:
    assert own.short_name == expected


def test_a_name_that_is_given_is_kept() -> None:
    assert marks.marks(name=" NAS ", addresses=["other"]).name == "nas"


def test_two_items_of_one_monitor_complete_each_other() -> None:
    first = Marks(serial="S1", macs=frozenset({"a"}), name="nas")
    second = Marks(
        uuid="U", serial="S2", macs=frozenset({"b"}), addresses=frozenset({"10.0.0.5"}), sys_name="n"
    )
    assert first.with_more(second) == Marks(
        uuid="U",
        serial="S1",
        macs=frozenset({"a", "b"}),
        addresses=frozenset({"10.0.0.5"}),
        sys_name="n",
        name="nas",
    )
