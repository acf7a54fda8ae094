"""Secrets in tables, in files of credentials, and in named values, and rows that look like them."""

import pytest

from steward.llm.privacy import find_by_rules

SECRETS = {
    "| place | access code |\n|---|---|\n| shed | 60 12 |": "60 12",
    "Gerät;Zugangscode\nTor;6012": "6012",
    "appareil,code d'accès\nbox,blaireau": "blaireau",
    "lugar|clave del wifi\ncasa|tejón": "tejón",
    "nas:5432:*:immich:bluebottle": "bluebottle",
    '{"auth":{"u":"jonah","p":"bluebottle"}}': "bluebottle",
    '{"keypad":"shed","code_entered":"60127"}': "60127",
    '{"password_tried":"bluebottle"}': "bluebottle",
    '{"securityAnswer":"bluebottle"}': "bluebottle",
    "security_answer: bluebottle": "bluebottle",
    "root:bluebottle@10.0.0.5": "bluebottle",
    "Passwords\n1. nas - bluebottle\n2. tv - warm cocoa": "warm cocoa",
    "passwords:\n  - admin: nasser Dachs\n  - guest: tejón": "nasser Dachs",
    "alle wachtwoorden:\n- tv → dassenburcht": "dassenburcht",
    "2FA backup: 6012-7788, 9034-1122": "6012-7788, 9034-1122",
    "voicemail: press 1, then 60127#": "60127#",
    "my locker at the gym is 09-33-15": "09-33-15",
    "het cijferslot van de schuur staat op 814": "814",
    "la combinación de la maleta es 814": "814",
}
HARMLESS = (
    "| error code | meaning |\n|---|---|\n| 6012 | no disk |",
    "12:30:45:07:88 has five parts",
    "ports: 127.0.0.1:5432:5432:tcp",
    "image: web:main@sha256:0521d53c9855c6ce0521d53c9855c6ce",
    "git@forge.example.com",
    "Passwords\n\nThey are stored in the vault.",
    "logins:\n- ssh: disabled",
    "the suitcase weighs 14 kg",
    "channel 814 of the radio",
    '{"state":{"u":"on","p":"off"}}',
    '{"code_version":"60127"}',
    "password_login = disabled",
    "194 Temperature_Celsius 0x0022 064 052 000 Old_age Always",
    "00:00:5e:00:53:af is for documentation",
    "le champ « mot de passe » est obligatoire",
    "el campo contraseña es obligatorio",
)


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_the_secret_of_a_record_is_found(text: str, secret: str) -> None:
    assert secret in [text[one.start : one.end] for one in find_by_rules(text) if one.is_secret]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_records_contain_nothing_private(text: str) -> None:
    assert [text[one.start : one.end] for one in find_by_rules(text)] == []
