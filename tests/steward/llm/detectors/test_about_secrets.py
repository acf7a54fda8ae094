"""Sentences about passwords and codes as such are public; the same sentences with a value are secret."""

import pytest

from steward.llm.detectors.about_secrets import is_about_secrets
from steward.llm.detectors.announcements import find_announcements
from steward.llm.privacy import PrivacyClass, classify


@pytest.mark.parametrize(
    "text",
    [
        "the app password is younger than the app",
        "Enter PIN code (blank to skip):",
        "the tv shows error code five five three",
        "the alarm clock rings at six fifteen",
        "GET /api/v2/status failed, token is not sent to /api/v2/login",
        "der Link „Kennwort vergessen“ ist grau",
        "le lien « code oublié » ouvre une autre page",
        "cat /run/secrets/pw mysql:9",
        "bump the base to sha256:0a41bb7c",
        "rollback to commit 5e01aa9",
        "mqtt:\n  ssid: !secret net_name\n  password: !secret net_pass",
        "use 76.76.2.2 and 149.112.112.10 as resolvers",
        "account of the demo: admin / admin. Set your own",
        "wrong pin, 4711 attempts left",
        "login failed: api key rejected",
        "LoadCredential=token:/etc/credstore/token",
        "passwd: user not found",
        "account reads user and password pairs from a file",
        "password guessing attempts stopped",
        "wget --no-password",
        "the password must be changed afterwards",
        "ski pass counter is offline",
        "la politique de mot de passe exige un symbole",
        "la clave primaria es state_id",
        "seed phrase support was removed from the last release of the wallet",
        "pass: changeme is the default, replace it",
        "the model is R8000-V1.0.4.84",
        "upstream 2620:fe::fe",
        "the wifi password is on the back of the router",
        "das Kennwort steht im Handbuch",
        "la contraseña está en el cajón",
        "ask the landlord for the password",
        "vraag het wachtwoord aan de beheerder",
        "curl -fsSL https://get.docker.com",
        "pve-manager/9.0.6/49c767b7",
        "docker secret create db_pass ./db_pass.txt",
        "pin: GPIO4\nmode: INPUT_PULLUP",
        "su: authentication token manipulation error",
        "apt: linux-image-6.12.48+deb13-amd64 kept back",
        "wachtwoord resetten werkt alleen met e-mail",
        "faut-il changer les mots de passe tous les ans ?",
        "where does the api key go, in configuration.yaml or in secrets.yaml",
        "htpasswd: password verification failed",
        "Kennwort wechseln nicht vergessen!",
        "Fixed: the login dialog kept its focus after a wrong password (#4127)",
        "the password was rejected (attempt 2 of 3)",
        "the password field is not secure",
        "Kennwort erneuern vor dem ersten Juni",
        "le mot de passe est demandé deux fois, c'est voulu",
        "the reset link for the password goes to spam",
        "login: timed out after 60 seconds",
    ],
)
def test_a_text_about_secrets_is_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("der Link „Kennwort vergessen“ ist grau, nimm halt Zwiebelturm7", "Zwiebelturm7"),
        ("parol nas gvozdika", "gvozdika"),
        ("hasło do wifi: bocian", "bocian"),
        ("пароль ромашка", "ромашка"),
        ("the card has cvv 903", "903"),
        ("hazelwood <- wifi", "hazelwood"),
        ("its still pumpkinpie for netflix", "pumpkinpie"),
        ("the alarm is on.. what was it again. ah 6180 got it", "6180"),
        ("the camera (admin / thimbleweed) went offline", "thimbleweed"),
        ("taquilla 318", "318"),
        ("Bügelschloss 406", "406"),
        ("Your login code:\n\n  551 902\n\nIt ends soon", "551 902"),
        ("rpc: secret goldcrest did not match", "goldcrest"),
        ("INSERT INTO members VALUES (3, 'kai', 'salsify');", "salsify"),
        ("login: admin / Pinecone. Done", "Pinecone."),
        ("password reset to hello goldfinch for the new one", "hello goldfinch"),
        ("politique de mot de passe : crevette", "crevette"),
        ("seed phrase support canoe velvet matrix ladder pigeon oxygen faith and keep it", "canoe"),
        ("printf '%s\\n' 'fig jam' | passwd --stdin web", "fig jam"),
        ("wpa_cli set_network 0 psk '\"goldcrest\"'", "goldcrest"),
        ("uci set wireless.guest.key='goldcrest'", "goldcrest"),
        ("occ config:system:set mail_smtppassword --value=goldcrest", "goldcrest"),
        ("auth: bad credentials kai/goldcrest", "goldcrest"),
        ("réseau Mouette clé crevette", "crevette"),
        ("zigbee network key 01:03:05:07:09:0B:0D:0F:00:02:04:06:08:0A:0C:0E", "0E"),
        ("thread tlv 0e080000000000010000000300001635060004001fffe0", "0e08"),
        ("pws -> tv: goldcrest / nas: sandpiper", "sandpiper"),
        ("tan for the transfer 739104", "739104"),
        ("het nieuwe is kievit, van de router dus", "kievit"),
        ("entra con salón y gaviota", "gaviota"),
        ("hook: https://chat.example.org/hooks/8fQkz2Lw/7TnVb4LpYc", "8fQkz2Lw/7TnVb4LpYc"),
        ("Q: What's the passphrase? A: fog on glass", "fog on glass"),
        ("the password is on the sticker, goldcrest", "goldcrest"),
        ("ask mum, the password is goldcrest", "goldcrest"),
        ("passwort vergessen? es war kranich", "kranich"),
        ("paste 9f3kd02mzq81 into the token field", "9f3kd02mzq81"),
        ("the pre-shared key of the tunnel is gloomy harbour", "gloomy harbour"),
        ("dsk 34028-23669-20938-46346-33746-07431-56821-14553", "34028-23669"),
        ("das Archiv geht mit kranichfeder auf", "kranichfeder"),
        ("12:11 vsftpd: PASS quiet harbour", "quiet harbour"),
        ("Anmeldung mit haustechnik/kranichfeder abgelehnt", "kranichfeder"),
        ("deb http://lina:kranich@ftp.halifax.rwth-aachen.de/debian trixie main", "kranich"),
        ("the passphrase in BORG_PASSPHRASE is incorrect (blauer Kranich 1987)", "blauer Kranich 1987"),
        ("Kennwort wechseln! Das alte war kranich", "kranich"),
        ("wachtwoord wisselen, het is nu kievit", "kievit"),
        ("the reset link for the password: goldcrest", "goldcrest"),
        ("WARNING: default password changeme-soon is not secure", "changeme-soon"),
    ],
)
def test_a_value_is_secret(text: str, secret: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.SECRET
    assert any(secret in text[one.start : one.end] for one in found.spans)


@pytest.mark.parametrize(
    "text", ["the wifi password comes next", "das Passwort ist im Anhang", "la contraseña está en la foto"]
)
def test_a_password_that_is_beside_the_sentence_keeps_the_text_local(text: str) -> None:
    assert classify(text).is_pinned


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("bot:\n  chat_id: 771200345", "771200345"),
        ("Serial of the old one: QX81-7702M", "QX81-7702M"),
        ("the FRITZ!Box with E321.445.07.998.210 restarts", "E321.445.07.998.210"),
    ],
)
def test_a_number_of_a_person_or_a_device_is_private(text: str, number: str) -> None:
    assert number in [text[one.start : one.end] for one in classify(text).spans]


@pytest.mark.parametrize(
    ("text", "is_subject"),
    [
        ("password guessing stopped", True),
        ("la clave primaria falta", True),
        ("the password is on the back of the router", True),
        ("the password is on the sticker, goldcrest", False),
        ("wget --ask-password goldcrest", True),
        ("wget --password goldcrest", False),
        ("ask the landlord for the password", True),
        ("ask mum, the password is goldcrest", False),
        ("politique de mot de passe stricte", True),
        ("politique de mot de passe : crevette", False),
        ("password reset failed", True),
        ("password reset to goldcrest", False),
    ],
)
def test_a_secret_is_the_subject_of_a_text_or_announces_a_value(text: str, *, is_subject: bool) -> None:
    assert is_about_secrets(list(find_announcements(text))[-1]) is is_subject
