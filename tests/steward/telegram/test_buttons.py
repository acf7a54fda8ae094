"""Callback data survives a round trip and cannot be forged."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.telegram.buttons import (
    ID_BYTES,
    MAX_CALLBACK_BYTES,
    ButtonAction,
    ButtonCodec,
    CallbackData,
    new_short_id,
)

KEY = bytes(range(32))
CHAT = -1002200000042

codes = st.builds(
    CallbackData,
    short_id=st.binary(min_size=ID_BYTES, max_size=ID_BYTES).map(
        lambda raw: base64.urlsafe_b64encode(raw).decode()
    ),
    action=st.sampled_from(ButtonAction),
    option=st.integers(0, 255),
)


def test_the_numbers_of_actions_stay() -> None:
    """Cards in chats keep their buttons through updates of the app."""
    assert {one.name: one.value for one in ButtonAction} == {
        "APPROVE": 1,
        "IGNORE": 2,
        "DETAILS": 3,
        "CANCEL": 4,
        "REJECT": 5,
        "FALSE_ALARM": 6,
        "SAME_DEVICE": 7,
        "OTHER_DEVICE": 8,
    }


@given(codes)
def test_round_trip_within_telegrams_limit(code: CallbackData) -> None:
    codec = ButtonCodec(KEY, CHAT)
    data = codec.encode(code)
    assert len(data.encode()) <= MAX_CALLBACK_BYTES
    assert codec.decode(data) == code


def test_every_flipped_bit_is_rejected() -> None:
    codec = ButtonCodec(KEY, CHAT)
    data = codec.encode(CallbackData(new_short_id(), ButtonAction.APPROVE, 1)).encode()
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        assert codec.decode(flipped.decode("latin-1")) is None, position


@given(codes, st.integers(0, 31), st.integers(1, 255))
def test_every_changed_byte_of_the_content_is_rejected(
    code: CallbackData, position: int, change: int
) -> None:
    codec = ButtonCodec(KEY, CHAT)
    raw = bytearray(base64.urlsafe_b64decode(codec.encode(code)))
    raw[position % len(raw)] ^= change
    assert codec.decode(base64.urlsafe_b64encode(bytes(raw)).decode()) is None


@given(st.text(max_size=70))
def test_any_other_text_is_rejected(text: str) -> None:
    assert ButtonCodec(KEY, CHAT).decode(text) is None


@pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{}A", "A{}"])
def test_data_with_extra_characters_is_rejected(change: str) -> None:
    codec = ButtonCodec(KEY, CHAT)
    data = codec.encode(CallbackData(new_short_id(), ButtonAction.IGNORE))
    assert codec.decode(change.format(data)) is None


def test_standard_base64_alphabet_is_rejected() -> None:
    codec = ButtonCodec(KEY, CHAT)
    data = codec.encode(CallbackData("-_" * 6, ButtonAction.IGNORE))
    assert codec.decode(data) is not None
    assert codec.decode(data.replace("-", "+")) is None
    assert codec.decode(data.replace("_", "/")) is None


def test_another_chat_or_key_is_rejected() -> None:
    data = ButtonCodec(KEY, CHAT).encode(CallbackData(new_short_id(), ButtonAction.APPROVE, 1))
    assert ButtonCodec(KEY, CHAT + 1).decode(data) is None
    assert ButtonCodec(KEY[::-1], CHAT).decode(data) is None


def test_short_ids_do_not_repeat() -> None:
    assert len({new_short_id() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (CallbackData("AAECAwQFBgcI", ButtonAction.APPROVE, 3), "AAECAwQFBgcIAQPU4ZY7pIjACJf4CKGI"),
        (CallbackData("AAECAwQFBgcI", ButtonAction.IGNORE), "AAECAwQFBgcIAgCh87S9Pxh1J0he-oIe"),
        (CallbackData("AAECAwQFBgcI", ButtonAction.DETAILS), "AAECAwQFBgcIAwBkm1HIj4dX2ZPiTz6P"),
    ],
)
def test_buttons_of_sent_messages_stay_valid_after_an_update(code: CallbackData, data: str) -> None:
    codec = ButtonCodec(b"key", -1001)
    assert codec.encode(code) == data
    assert codec.decode(data) == code


def test_the_limit_is_telegrams() -> None:
    assert MAX_CALLBACK_BYTES == 64
