"""Secrets can be decrypted only unchanged, with the same key and for the same owner."""

import stat
from pathlib import Path

import pytest

from steward.inventory.secret_vault import SecretsUnreadable, Vault
from steward.secret_file import SecretFileUnusable


def opened(path: Path) -> Vault:
    vault = Vault(path)
    vault.open()
    return vault


def test_sealed_secrets_can_be_unsealed(tmp_path: Path) -> None:
    key = tmp_path / "deep" / "secret.key"
    sealed = opened(key).seal("radarr", {"token": "canary", "other": "ä"})
    assert b"canary" not in sealed
    assert opened(key).unseal("radarr", sealed) == {"token": "canary", "other": "ä"}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert opened(key).seal("radarr", {"token": "canary"}) != opened(key).seal("radarr", {"token": "canary"})


def test_a_key_file_that_others_can_read_gets_stricter_permissions(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    opened(key)
    key.chmod(0o644)
    opened(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_other_owners_keys_and_changed_secrets_are_refused(tmp_path: Path) -> None:
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


def test_a_vault_that_is_not_open_seals_nothing(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnreadable):
        Vault(tmp_path / "secret.key").seal("radarr", {})


@pytest.mark.parametrize("content", ["not base64!", "c2hvcnQ=", "\n"])
def test_an_invalid_key_file_is_named(tmp_path: Path, content: str) -> None:
    key = tmp_path / "secret.key"
    key.write_text(content)
    with pytest.raises(SecretFileUnusable, match=r"secret\.key"):
        Vault(key).open()
