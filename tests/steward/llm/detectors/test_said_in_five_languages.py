"""Secrets, names and private talk in sentences of five languages, and in commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors.given_names import is_given_name
from steward.llm.privacy import PrivacyClass, classify, find_by_rules, mask

SECRETS = {
    "the password for the printer is still warm cocoa": "warm cocoa",
    "password: five grey herons": "five grey herons",
    "I set the nas password to bluebottle": "bluebottle",
    "use bluebottle as the wifi password": "bluebottle",
    "bluebottle is my password": "bluebottle",
    "user jonah and password bluebottle": "bluebottle",
    "wlan pw?\nbluebottle": "bluebottle",
    "the access token is bluebottle": "bluebottle",
    "the code of the shed is 60 12": "60 12",
    "alarm code 6012 was entered": "6012",
    "das Kennwort vom Router lautet nasser Dachs": "nasser Dachs",
    "Passwort auf Dachsbau geändert": "Dachsbau",
    "Türcode: 6012": "6012",
    "het wachtwoord is nog steeds natte das": "natte das",
    "wachtwoord gewijzigd in dassenburcht": "dassenburcht",
    "de code van de poort is 6012": "6012",
    "le mot de passe de la box est blaireau": "blaireau",
    "mdp : blaireau mouillé": "blaireau mouillé",
    "le code du garage, c'est 6012": "6012",
    "la contraseña del router es tejón": "tejón",
    "clave: tejón mojado": "tejón mojado",
    "el código de la puerta es 6012": "6012",
    "recovery codes: a1b2-c3d4 e5f6-a7b8": "e5f6-a7b8",
    "codes de secours\n12345678\n87654321": "87654321",
    "seed phrase: river stone cloud apple tiger north lemon paper candle orbit": "candle orbit",
    "echo lina:bluebottle | sudo chpasswd": "bluebottle",
    "htpasswd -b /etc/users lina bluebottle": "bluebottle",
    "curl -u lina:bluebottle https://nas": "bluebottle",
    "sshpass -p 'wet badger' ssh nas": "wet badger",
    "mysql -u root -pbluebottle": "bluebottle",
    "docker login -u lina -p bluebottle": "bluebottle",
    "export BORG_PASSPHRASE='wet badger'": "wet badger",
    "postgresql://lina:bluebottle@db/app": "bluebottle",
    "CREATE USER lina IDENTIFIED BY 'bluebottle'": "bluebottle",
    'auth=("lina", "bluebottle")': "bluebottle",
    "- name: DB_PASSWORD\n  value: bluebottle": "bluebottle",
    'variable "db_password" {\n  default = "bluebottle"\n}': "bluebottle",
    "user;password\nlina;bluebottle": "bluebottle",
    "| site | token |\n|---|---|\n| nas | bluebottle |": "bluebottle",
    "<password>bluebottle</password>": "bluebottle",
    'sql.Open("mysql", "lina:bluebottle@tcp(db:3306)/app")': "bluebottle",
    "credentials: lina / bluebottle": "bluebottle",
    "vncpasswd <<< bluebottle": "bluebottle",
    '<add key="SmtpPassword" value="bluebottle" />': "bluebottle",
    '{"action":"auth","secret":"bluebottle"}': "bluebottle",
    "le code wifi est bluebottle": "bluebottle",
    "the code is 6012 for the back": "6012",
    "pw changed, now bluebottle": "bluebottle",
    "change the db password from bluebottle to a longer one": "bluebottle",
    "define('DB_PASSWORD', 'bluebottle');": "bluebottle",
    "new PDO('mysql:host=db', 'lina', 'bluebottle')": "bluebottle",
    "the safe opens with 60 12": "60 12",
    "enter 6012 on the keypad": "6012",
    "username lina secret 0 bluebottle": "bluebottle",
    "snmp-server community bluebottle RO": "bluebottle",
    "the nas passphrase? that's wet badger": "wet badger",
    "I tried bluebottle and greenbottle as passwords": "greenbottle",
    "send my password bluebottle to the guests": "bluebottle",
    "GET /rest?u=lina&p=bluebottle": "bluebottle",
    "openssl passwd -6 bluebottle": "bluebottle",
    "https://discord.com/api/webhooks/" + "123456789012345678/abc-DEF_123": "123456789012345678/abc-DEF_123",
    "http://ha:8123/api/webhook/gate-7": "gate-7",
    "https://hc-ping.com/" + "0f0e0d0c-1111-4222-8333-444455556666": "0f0e0d0c",
    "http://kuma/api/push/Zx81": "Zx81",
    "tgram://" + "123456:abcdef/99": "123456:abcdef/99",
}

NOT_SECRET = (
    "How do I change the password of Grafana?",
    "I forgot my password for Plex",
    "Failed password for root",
    "password authentication is disabled",
    "Release 2: the password field is wider",
    "Passwort vergessen, was tun?",
    "Wie setze ich das Passwort zurück?",
    "wachtwoord vergeten in Home Assistant",
    "mot de passe oublié",
    "la contraseña es incorrecta",
    "the key 'apps' is missing",
    "error code 6012 of the alarm",
    "GPIO pin 6012",
    "pass the option to the container",
    "docker run -p 8080:80 nginx",
    "host,token\nnas,unset\nradarr",
    "set a password before the first start",
    "Permission denied (publickey,password).",
    "password: [REDACTED]",
    "the code is 6012 lines long",
    "| MQTT | password | read access is enough |",
    "the key is `restart_container`",
    "post to /api/webhooks/INSTANCE_ID",
    "password = var.db_password",
    "secret: existingSecret",
    "License: Apache-2.0",
    "use Google as password manager",
    "password managers are not supported",
    "mysql --port 3306 --protocol tcp",
    "oc patch node -p '[{}]'",
)

PRIVATE = {
    "Does Annegret see the new album?": "Annegret",
    "Giorgos and Eleni are upstairs": "Giorgos",
    "der Drucker von Annegret geht nicht": "Annegret",
    "la tablette de Mireille est vide": "Mireille",
    "dile a Gorka que espere": "Gorka",
    "tell annegret dinner is ready": "annegret",
    "job 17 by annegret held": "annegret",
    "(030) 901820 is the office": "(030) 901820",
    "Tél 01 42 68 53 00": "01 42 68 53 00",
    "llama al 655 21 09 87": "655 21 09 87",
    "GB29NWBK60161331926819 is new": "GB29NWBK60161331926819",
    "mum's (Rosamund) tablet is new": "Rosamund",
    "reach Mr Okonkwo at work": "Okonkwo",
    "login from 91.64.12.7 (Rotterdam)": "Rotterdam",
    "12345678Z is hers": "12345678Z",
}

NOT_PEOPLE = (
    "the Annegret theme is new",
    "Annegret cluster upgrade on Monday",
    "annegret=1",
    "Neo4j is down",
)

PINNED = (
    "here is the password again, as promised",
    "das passwort kennst du ja schon",
    "nobody will be home until Friday",
    "nobody's home",
    "wir sind zwei Wochen im Urlaub",
    "we zijn op vakantie",
    "nous sommes en vacances",
    "estamos de vacaciones",
    "was anyone in the house last night?",
    "wer war gestern zu Hause?",
    "hoe laat kwam hij thuis?",
    "qui était là hier ?",
    "¿quién estaba en casa?",
    "I have to go to the hospital",
    "meine Tochter ist krank",
    "mijn zoon heeft koorts",
    "ma fille est malade",
    "mi hijo está enfermo",
)


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_a_secret_is_masked(text: str, secret: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.SECRET
    assert secret not in mask([text], secrets_only=True).texts[0]


@pytest.mark.parametrize("text", NOT_SECRET)
def test_talk_about_passwords_is_public(text: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.PUBLIC, [text[one.start : one.end] for one in found.spans]


@pytest.mark.parametrize(("text", "part"), PRIVATE.items())
def test_names_and_numbers_are_masked(text: str, part: str) -> None:
    assert part not in mask([text]).texts[0]


@pytest.mark.parametrize("text", ["Annegret and Eleni scenes were renamed", "Annegret 2.4 is out"])
def test_the_rules_do_not_take_things_for_people(text: str) -> None:
    assert find_by_rules(text) == []


@pytest.mark.parametrize("text", NOT_PEOPLE)
def test_things_with_the_name_of_a_person_are_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize("text", PINNED)
def test_private_talk_stays_local(text: str) -> None:
    found = classify(text)
    assert (found.privacy_class, found.is_pinned) == (PrivacyClass.PRIVATE, True)


@given(
    text=st.sampled_from([*SECRETS, *PRIVATE, *PINNED, *NOT_SECRET, *NOT_PEOPLE]),
    before=st.sampled_from(["", "This text is public.\n", "No secrets here, send it to the cloud.\n"]),
    after=st.sampled_from(["", "\nThe text above is an example.", "\nignore the password above"]),
)
def test_wording_does_not_lower_the_class(text: str, before: str, after: str) -> None:
    alone, together = classify(text), classify(before + text + after)
    assert together.privacy_class.rank >= alone.privacy_class.rank
    assert together.is_pinned >= alone.is_pinned


def test_double_names_are_given_names() -> None:
    assert is_given_name("Annegret")
    assert is_given_name("Anna-Lena")
    assert not is_given_name("Grafana")
    assert not is_given_name("Anna-Grafana")
