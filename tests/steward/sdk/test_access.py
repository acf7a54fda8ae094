"""The settings as a client reads them."""

from .conftest import MakeAccess


def test_a_setting_may_list_names(access: MakeAccess) -> None:
    given = access(names=" nas, , router,nas ", none="")
    assert given.names("names") == ("nas", "router")
    assert (given.names("none"), given.names("missing")) == ((), ())
