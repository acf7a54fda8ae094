"""Encryption in the format of age: a file of the real program, every size, and every wrong key or byte."""

import base64
import os

import pyrage
import pytest

from rig.age_keys import OTHER_PRIVATE, PRIVATE, PUBLIC
from steward.age import CHUNK, TAG_BYTES, AgeError, decrypt, encrypt, private_key, public_key, smallest_size

MADE_BY_AGE = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBCQ2F6SHVFNEpCaXorQzNHMi9IYUlma2liTUdyc0UzMS9Sbz"
    "MyVURuYmpnCklhSE51SklpVlMzWmlpVlllSUYwRVdkOVZVNEJ5S3RqUnlpckF4cmFsSzgKLS0tIGlVKzlLT1NIZmNQ"
    "alVOSGRNSUVTVHNmdzVXSGdQNko4WmRqVVN5QVF1aTAKjwjhmQJtAQ7cuQzgqR6IWIxlizGM1zB206sEiw+/w0phhr"
    "/rA3l7djGWo1Wq93/G20ALR/DKeA=="
)
"""Made by age 1.3.2 for PUBLIC."""


def test_a_file_of_the_real_program_is_decrypted() -> None:
    assert decrypt(MADE_BY_AGE, private_key(PRIVATE)) == b"the rows of the steward"


def test_the_keys_belong_together() -> None:
    assert str(private_key(PRIVATE).to_public()) == str(public_key(PUBLIC)) == PUBLIC
    from_file = private_key(f"# created: today\n# public key: {PUBLIC}\n{PRIVATE}\n")
    assert str(from_file) == PRIVATE


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_every_size(size: int) -> None:
    plain = os.urandom(size)
    data = encrypt(plain, public_key(PUBLIC))
    assert 0 <= len(data) - smallest_size(size) < 1024
    assert plain == decrypt(data, private_key(PRIVATE))
    assert size < CHUNK - 1 or plain[:64] not in data


def test_two_files_of_the_same_content_differ() -> None:
    assert encrypt(b"same", public_key(PUBLIC)) != encrypt(b"same", public_key(PUBLIC))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(AgeError, match="another key, or is damaged"):
        decrypt(encrypt(b"mine", public_key(PUBLIC)), private_key(OTHER_PRIVATE))


def test_no_byte_can_be_changed() -> None:
    data, key = encrypt(b"rows", public_key(PUBLIC)), private_key(PRIVATE)
    for number in range(len(data)):
        changed = bytearray(data)
        changed[number] ^= 1
        with pytest.raises(AgeError):
            decrypt(bytes(changed), key)


def test_no_chunk_can_be_cut_off_or_swapped() -> None:
    data, key = encrypt(os.urandom(3 * CHUNK), public_key(PUBLIC)), private_key(PRIVATE)
    whole = CHUNK + TAG_BYTES
    begin = len(data) - 3 * whole
    first, second, third = (data[begin + n * whole : begin + (n + 1) * whole] for n in range(3))
    for payload in (b"", first, first + second, second + first + third, first + second + third + third):
        with pytest.raises(AgeError):
            decrypt(data[:begin] + payload, key)
    assert len(decrypt(data[:begin] + first + second + third, key)) == 3 * CHUNK


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        PRIVATE,
        PUBLIC[:-1] + "q",
        PUBLIC.replace("p", "P", 1),
        PUBLIC.replace("c", "b", 1),
        # A valid checksum of another length: BIP 173's own example has no data.
        "a12uel5l",
    ],
)
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(AgeError, match="not a public key of age, which begins with age1") as refused:
        public_key(text)
    assert not text or text not in str(refused.value).removesuffix("begins with age1")


def test_what_is_no_key_file() -> None:
    for text in ("", f"{PRIVATE}\n{OTHER_PRIVATE}\n"):
        with pytest.raises(AgeError, match="exactly one key"):
            private_key(text)
    with pytest.raises(AgeError, match="AGE-SECRET-KEY-1"):
        private_key(PUBLIC)


def test_what_is_not_encrypted_for_a_key() -> None:
    with_passphrase = pyrage.passphrase.encrypt(b"rows", "words")
    for data in (b"", b"age-encryption.org/v1\n", os.urandom(300), with_passphrase):
        with pytest.raises(AgeError, match="encrypted for another key, or is damaged"):
            decrypt(data, private_key(PRIVATE))
