"""Sealed secrets open with their own key, for their own owner, unchanged, or not at all."""

import stat
from pathlib import Path

import pytest

from steward.inventory.secret_vault import SecretsUnreadable, Vault
from steward.secret_file import SecretFileUnusable


def opened(path: Path) -> Vault:
    vault = Vault(path)
    vault.open()
    return vault


def test_what_is_sealed_opens_again(tmp_path: Path) -> None:
    key = tmp_path / "deep" / "secret.key"
    sealed = opened(key).seal("radarr", {"token": "canary", "other": "ä"})
    assert b"canary" not in sealed
    assert opened(key).unseal("radarr", sealed) == {"token": "canary", "other": "ä"}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert opened(key).seal("radarr", {"token": "canary"}) != opened(key).seal("radarr", {"token": "canary"})


def test_a_key_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    opened(key)
    key.chmod(0o644)
    opened(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_opens_for_nobody_else(tmp_path: Path) -> None:
    vault = opened(tmp_path / "one.key")
    sealed = vault.seal("radarr", {"token": "canary"})
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for owner, content, box in (
        ("sonarr", sealed, vault),
        ("radarr", broken, vault),
        ("radarr", b"", vault),
        ("radarr", b"\x02" + sealed[1:], vault),
        ("radarr", sealed[:5], vault),
        ("radarr", sealed, opened(tmp_path / "two.key")),
    ):
        with pytest.raises(SecretsUnreadable) as caught:
            box.unseal(owner, content)
        assert "canary" not in str(caught.value)


def test_a_vault_must_be_opened_first(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnreadable):
        Vault(tmp_path / "secret.key").seal("radarr", {})


@pytest.mark.parametrize("content", ["not base64!", "c2hvcnQ=", "\n"])
def test_a_wrong_key_file_is_named(tmp_path: Path, content: str) -> None:
    key = tmp_path / "secret.key"
    key.write_text(content)
    with pytest.raises(SecretFileUnusable, match=r"secret\.key"):
        Vault(key).open()
