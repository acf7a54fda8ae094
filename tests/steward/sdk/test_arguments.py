"""Arguments and settings are checked before use; webhooks prove where they come from."""

import hmac
from datetime import UTC, datetime

import aiohttp
import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from lab.clock import SteppedClock
from steward.errors import InvalidArgument, InvalidSetting, ServiceMalformed, ServiceUnauthorized
from steward.sdk.access import Access
from steward.sdk.arguments import check_arguments
from steward.sdk.description import Call, Delivery, HeaderToken, HmacSignature
from steward.texts import set_household

from .fakes import TARGET, call

FIELDS = (
    Field(key="memory", kind=SettingKind.NUMBER, name="Memory", minimum=16, maximum=4096),
    Field(key="mode", kind=SettingKind.CHOICE, name="Mode", choices=("soft", "hard"), default="soft"),
    Field(key="force", kind=SettingKind.BOOLEAN, name="Force", default=False),
    Field(key="node", kind=SettingKind.TARGET, name="Node", scope="node", required=False),
    Field(key="note", kind=SettingKind.TEXT, name="Note", required=False),
)


def nodes(kind: str) -> tuple[str, ...]:
    assert kind == "node"
    return tuple(f"pve{number}" for number in range(1, 13))


def test_defaults_are_filled_in_and_whole_numbers_are_whole() -> None:
    checked = check_arguments({"memory": 512.0}, FIELDS, nodes)
    assert checked == {"memory": 512, "mode": "soft", "force": False}
    assert isinstance(checked["memory"], int)
    assert check_arguments({"memory": 16.5, "node": "pve2", "note": "x"}, FIELDS, nodes)["memory"] == 16.5


@pytest.mark.parametrize(
    ("arguments", "key", "text"),
    [
        ({}, "memory", "is missing"),
        ({"memory": None}, "memory", "is missing"),
        ({"memory": 15}, "memory", "at least 16"),
        ({"memory": 4097}, "memory", "at most 4096"),
        ({"memory": "512"}, "memory", "must be a number"),
        ({"memory": True}, "memory", "must be a number"),
        ({"memory": float("nan")}, "memory", "finite"),
        ({"memory": float("inf")}, "memory", "finite"),
        ({"memory": 2.0**60}, "memory", "finite"),
        ({"memory": 512, "mode": "medium"}, "mode", "one of soft, hard"),
        ({"memory": 512, "mode": 1}, "mode", "must be text"),
        ({"memory": 512, "force": 1}, "force", "true or false"),
        ({"memory": 512, "force": "true"}, "force", "true or false"),
        ({"memory": 512, "node": "pve99"}, "node", "one of these: pve1, pve10, pve11"),
        ({"memory": 512, "node": "; rm -rf /"}, "node", "one of these"),
        ({"memory": 512, "other": 1}, "other", "is not an argument"),
    ],
)
def test_what_does_not_fit_is_named(arguments: dict[str, Value], key: str, text: str) -> None:
    with pytest.raises(InvalidArgument, match=text) as caught:
        check_arguments(arguments, FIELDS, nodes)
    assert caught.value.key == key


def test_targets_are_shown_up_to_ten_and_without_any_there_is_none() -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_arguments({"memory": 512, "node": "x"}, FIELDS, nodes)
    assert "pve9" not in caught.value.reason
    with pytest.raises(InvalidArgument, match="one of these: none"):
        check_arguments({"memory": 512, "node": "x"}, FIELDS, lambda _: ())
    assert check_arguments({"memory": 512, "node": "x"}, FIELDS)["node"] == "x"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"memory": 17, "other": 1}, "ist kein Argument dieser Aktion"),
        ({}, "fehlt"),
        ({"memory": 15}, "muss mindestens 16 sein"),
        ({"memory": 5000}, "darf höchstens 4096 sein"),
        ({"memory": 2.0**60}, "muss eine endliche Zahl von sinnvoller Größe sein"),
        ({"memory": 17, "mode": 1}, "muss Text sein"),
        ({"memory": 17, "force": 1}, "muss wahr oder falsch sein"),
        ({"memory": 17, "node": "x"}, "muss eines von diesen sein: keine"),
    ],
)
def test_a_refusal_is_in_the_language_of_the_household(arguments: dict[str, Value], text: str) -> None:
    set_household("de")
    try:
        with pytest.raises(InvalidArgument) as caught:
            check_arguments(arguments, FIELDS, lambda _: ())
    finally:
        set_household(None)
    assert caught.value.reason == text


def test_a_call_reads_its_arguments_by_type() -> None:
    given = call(hours=4, force=True, name="x")
    assert (given.number("hours"), given.text("name"), given.flag("force"), given.flag("name")) == (
        4.0,
        "x",
        True,
        False,
    )
    for key in ("name", "force"):
        with pytest.raises(TypeError, match=key):
            given.number(key)
    assert Call(target=TARGET) == call()


# -- settings --------------------------------------------------------------------------------


def access(**settings: Value) -> Access:
    session: aiohttp.ClientSession = None  # type: ignore[assignment]
    return Access(settings=settings, session=session, clock=SteppedClock())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://nas:80", "http://nas"),
        ("https://nas.example.org/base/ ", "https://nas.example.org/base"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://nas:8443//", "https://nas:8443/"),
    ],
)
def test_addresses(url: str, expected: str) -> None:
    assert str(access(url=url).address).rstrip("/") == expected.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        " ",
        7,
        "nas",
        "ftp://nas",
        "http://",
        "http://nas:99999",
        "http://anna:pw@nas",
        "http://nas:x",
    ],
)
def test_what_is_no_address(url: Value) -> None:
    with pytest.raises(InvalidSetting) as caught:
        _ = access(url=url).address
    assert caught.value.key == "url"
    assert "pw" not in str(caught.value)


def test_settings_by_type() -> None:
    given = access(name=" anna ", empty="", flag=True, number=3, secret="hunter2")
    assert (given.text("name"), given.optional("empty"), given.optional("none")) == ("anna", None, None)
    assert (given.flag("flag", default=False), given.flag("none", default=True)) == (True, True)
    assert (given.number("number", default=1), given.number("none", default=1.5)) == (3.0, 1.5)
    for wrong in (
        lambda: given.text("empty"),
        lambda: given.text("number"),
        lambda: given.flag("name", default=True),
        lambda: given.number("flag", default=1),
        lambda: given.number("name", default=1),
    ):
        with pytest.raises(InvalidSetting):
            wrong()
    assert "hunter2" not in repr(given)


# -- webhooks --------------------------------------------------------------------------------


def delivery(body: bytes = b'{"a":1}', **headers: str) -> Delivery:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(headers=named, body=body, received_at=datetime(2026, 11, 21, tzinfo=UTC))


def test_a_form_has_the_last_value_of_each_field() -> None:
    assert delivery(b"name=disk+1&state=up&state=down&note=").form() == {"name": "disk 1", "state": "down"}
    assert delivery(b"").form() == {}
    with pytest.raises(ServiceMalformed, match="not a form"):
        delivery(b"name=\xff").form()


def signature(body: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(b"key", body, algorithm).hexdigest()


@pytest.mark.parametrize(("algorithm", "prefix"), [("sha256", "sha256="), ("sha1", ""), ("sha512", "v1,")])
def test_a_signed_body(algorithm: str, prefix: str) -> None:
    verify = HmacSignature("X-Signature", "secret", algorithm=algorithm, prefix=prefix)
    good = prefix + signature(b'{"a":1}', algorithm)
    verify(delivery(x_signature=good), {"secret": "key"})
    for wrong, settings in (
        (delivery(b'{"a":2}', x_signature=good), {"secret": "key"}),
        (delivery(x_signature=good[:-1]), {"secret": "key"}),
        (delivery(x_signature=f"x{good}"), {"secret": "key"}),
        (delivery(x_signature="sïgned"), {"secret": "key"}),
        (delivery(), {"secret": "key"}),
        (delivery(x_signature=good), {"secret": "other"}),
        (delivery(x_signature=good), {"secret": ""}),
        (delivery(x_signature=good), {}),
        (delivery(x_signature=good), {"secret": 7}),
    ):
        with pytest.raises(ServiceUnauthorized):
            verify(wrong, settings)


def test_a_signature_with_a_time() -> None:
    verify = HmacSignature("X-Signature", "secret", timestamp="X-Time")
    now = delivery().received_at.timestamp()

    def signed(time: str, sent: str | None = None) -> Delivery:
        made = signature(f"{time}:".encode() + delivery().body)
        return delivery(x_signature=made, x_time=time if sent is None else sent)

    for near in (now, now - 299, now + 299.5):
        verify(signed(f"{near}"), {"secret": "key"})
    verify(delivery(x_signature=signature(delivery().body)), {"secret": "key"})
    for wrong in (
        signed(f"{now - 301}"),
        signed(f"{now + 301}"),
        signed("now"),
        signed(f"{now}", sent=""),
        signed(f"{now}", sent=f"{now + 1}"),
    ):
        with pytest.raises(ServiceUnauthorized):
            verify(wrong, {"secret": "key"})


@pytest.mark.parametrize("secret", ["", None])
def test_a_signature_may_be_optional_until_there_is_a_secret(secret: str | None) -> None:
    verify = HmacSignature("X-Signature", "secret", is_optional=True)
    verify(delivery(), {"secret": secret})
    verify(delivery(), {})
    with pytest.raises(ServiceUnauthorized):
        verify(delivery(), {"secret": "key"})


def test_a_fixed_token() -> None:
    verify = HeaderToken("X-Token", "secret")
    verify(delivery(x_token="key"), {"secret": "key"})
    for wrong, settings in (
        (delivery(x_token="kex"), {"secret": "key"}),
        (delivery(x_token=""), {"secret": "key"}),
        (delivery(), {"secret": ""}),
        (delivery(), {}),
        (delivery(x_token="kéy"), {"secret": "key"}),
    ):
        with pytest.raises(ServiceUnauthorized):
            verify(wrong, settings)
