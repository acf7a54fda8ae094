"""Functions that return fields for settings and arguments, and the settings that many services share."""

from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

VERIFY_TLS: Final = Field(
    key="verify_tls",
    kind=SettingKind.BOOLEAN,
    name="Verify the certificate",
    description="Turn off only for a service that you cannot give a trusted certificate.",
    required=False,
    default=True,
)
CA_CERTIFICATE: Final = Field(
    key="ca_certificate",
    kind=SettingKind.TEXT,
    name="Certificate authority",
    description="Path of a PEM file to trust instead of the system's authorities.",
    required=False,
)
FINGERPRINT: Final = Field(
    key="fingerprint",
    kind=SettingKind.TEXT,
    name="Certificate fingerprint",
    description="SHA-256 fingerprint of a certificate to trust, such as a self-signed one.",
    required=False,
)
TLS_SETTINGS: Final = (VERIFY_TLS, CA_CERTIFICATE, FINGERPRINT)

"""The settings for the check of a service's certificate."""


def url_field(example: str) -> Field:
    """Return the address setting; its description is an example."""
    return Field(key="url", kind=SettingKind.URL, name="Address", description=example)


def secret_field(key: str, name: str, description: str = "", *, required: bool = True) -> Field:
    """Return a setting that is stored encrypted and never shown."""
    return Field(key=key, kind=SettingKind.SECRET, name=name, description=description, required=required)


def text_field(
    key: str, name: str, description: str = "", *, required: bool = True, default: str | None = None
) -> Field:
    """Return a text, which is not required if it has a default."""
    return Field(
        key=key,
        kind=SettingKind.TEXT,
        name=name,
        description=description,
        required=required and default is None,
        default=default,
    )


def number_field(
    key: str,
    name: str,
    description: str = "",
    *,
    least: float,
    most: float,
    default: float | None = None,
    unit: str | None = None,
    required: bool = True,
) -> Field:
    """Return a number, which is not required if it has a default."""
    return Field(
        key=key,
        kind=SettingKind.NUMBER,
        name=name,
        description=description,
        required=required and default is None,
        default=default,
        minimum=least,
        maximum=most,
        unit=unit,
    )


def choice_field(
    key: str, name: str, description: str = "", *, choices: tuple[str, ...], default: str | None = None
) -> Field:
    """Return a choice, which is required if it has no default."""
    return Field(
        key=key,
        kind=SettingKind.CHOICE,
        name=name,
        description=description,
        required=default is None,
        default=default,
        choices=choices,
    )


def target_field(key: str, name: str, scope: str) -> Field:
    """Return an argument that is the id of a resource of the kind ``scope``."""
    return Field(key=key, kind=SettingKind.TARGET, name=name, scope=scope)


CLIENT_TLS_SETTINGS: Final = (
    text_field("client_certificate", "Client certificate", "Path of a PEM file", required=False),
    text_field("client_key", "Key of the client certificate", "Path of a PEM file", required=False),
    *TLS_SETTINGS,
)
"""The same settings for a service that authenticates its clients by certificates."""
