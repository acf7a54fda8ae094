"""Secrets and private parts in talk, chats, prompts, and configuration, in any order of words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors.chat_text import without_authors
from steward.llm.detectors.spoken_codes import find_spoken_codes
from steward.llm.privacy import PrivacyClass, classify, mask

SECRETS = {
    # a misspelt word for a password
    "the pasword is bluebottle": "bluebottle",
    "psswd: bluebottle": "bluebottle",
    # near a word, in any order
    "try bluebottle if the old password fails": "bluebottle",
    "gib bluebottle ein, das ist das Passwort": "bluebottle",
    "das pw ist kurz: bluebottle": "bluebottle",
    "it's bluebottle (the nas pw i mean)": "bluebottle",
    "the passphrase was never changed, still blue55bottle": "blue55bottle",
    "enter bluebottle when it wants the master password": "bluebottle",
    "bluebottle is still the password": "bluebottle",
    # accounts and networks
    "the wifi, oh wait, it's blue55bottle": "blue55bottle",
    "log in as lina, I set it to Blue-Bottle": "Blue-Bottle",
    "netflix: lina@berg.example // bluebottle": "bluebottle",
    "Bitwarden master: seven wet badgers": "seven wet badgers",
    "connect to Berghaus using bluebottle as key": "bluebottle",
    "the backup drive unlocks with bluebottle": "bluebottle",
    '"wet badger" should get you into the wlan': "wet badger",
    'the alarm company asks for the word "badger"': "badger",
    "my pass, bluebottle, works": "bluebottle",
    "for the wireless you type in three blind mice, no capitals": "three blind mice",
    # doors, alarms, and codes
    "the alarm wants 5512 then hash": "5512",
    "für den Tresor gilt 77-12-03": "77-12-03",
    "cabin: padlock 8-0-5": "8-0-5",
    "safe 12 right 34 left 8": "12 right 34 left 8",
    "my tablet wants a code and mum said 2 5 8 0": "2 5 8 0",
    "G-482910 is your verification code": "482910",
    "We changed your PIN. It is now 6607.": "6607",
    "the alarm code is four seven one one": "four seven one one",
    "der Türcode ist vier sieben eins eins": "vier sieben eins eins",
    "die kombination vom tresor ist zwölf vierunddreißig acht": "zwölf vierunddreißig acht",
    # chats
    "12.11.26, 18:04 - Lia: pin?\n12.11.26, 18:05 - Papa: 7412": "7412",
    "<finch> the nas pw, it's blue55bottle": "blue55bottle",
    # prompts, commands, and configuration
    "Enter passphrase for key '/data/id': bluebottle": "bluebottle",
    "> login oskar bluebottle": "bluebottle",
    "net use Z: \\\\nas\\media /user:kilian bluebottle": "bluebottle",
    "keystore_password bluebottle": "bluebottle",
    "enable secret bluebottle": "bluebottle",
    "passphrase=wet old badger": "wet old badger",
    'Environment="RESTIC_PASSWORD=wet badger"': "wet badger",
    "MQTT_AUTH=sensor:bluebottle": "bluebottle",
    'secrets:\n  db:\n    content: "bluebottle"': "bluebottle",
    '{"recovery_codes":["7k2m-9xpq"]}': "7k2m-9xpq",
    'if code == "2046": unlock_door()': "2046",
    "the otp seed is GEZDGNBVGY3TQOJQ": "GEZDGNBVGY3TQOJQ",
    "SET PASSWORD FOR 'lina'@'%' = 'bluebottle';": "bluebottle",
    "network key [1, 3, 5, 7, 9, 11, 13, 15, 0, 2] loaded": "1, 3, 5, 7, 9, 11, 13, 15, 0, 2",
}


@pytest.mark.parametrize("text", SECRETS)
def test_the_value_is_masked_for_every_model(text: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.SECRET
    assert SECRETS[text] not in mask([text], secrets_only=True).texts[0]


PRIVATE = {
    "Unsere Tochter Fenja hat angerufen": "Fenja",
    "cleaner Dorota comes at nine": "Dorota",
    "ma belle-mère Solange garde les enfants": "Solange",
    "is the account of Ruprecht still locked": "Ruprecht",
    "My date of birth is 14/03/1981": "14/03/1981",
    "née le 12 avril 1990": "12 avril 1990",
    "the courier has plate M-KL 4821": "M-KL 4821",
    "Ihre Kundennummer lautet 8812-44021": "8812-44021",
    "llamó al 612 907 344": "612 907 344",
    "The serial of my bridge is ECB5FAFFFE1C": "ECB5FAFFFE1C",
    "DHCPACK Leopolds-iPhone": "Leopolds-iPhone",
    "call oh seven seven double oh nine hundred one two": "oh seven seven double oh nine hundred one two",
}


@pytest.mark.parametrize("text", PRIVATE)
def test_the_private_part_is_found(text: str) -> None:
    spans = [text[span.start : span.end] for span in classify(text).spans]
    assert any(PRIVATE[text] in span for span in spans), spans


@pytest.mark.parametrize(
    "text",
    [
        "kids are home alone tonight",
        "were away til the 14th",
        "nous ne serons pas là avant jeudi",
        "we komen pas zondagavond terug",
        "she broke her leg, I am with her",
        "mi madre tiene cáncer",
        "elle a perdu son travail",
        "Urlaub Dänemark",
    ],
)
def test_talk_about_absence_health_and_money_is_private(text: str) -> None:
    found = classify(text)
    assert found.privacy_class is PrivacyClass.PRIVATE
    assert found.is_pinned


@pytest.mark.parametrize(
    "text",
    [
        "The garage door opened 14 times today.",
        "alarm at 0730",
        "TCP-poort, meestal 1883.",
        "Use pass-through for the GPU",
        "token_ttl: 3600",
        "password_hash: argon2id",
        "password: !env_var DB_PASSWORD",
        '$env:PASSWORD = Get-Secret "db"',
        "if not token: raise ValueError",
        "gpio_pin: GPIO17",
        "This PIN layout fits the ESP32-C3",
        "chown root:wheel /etc/x",
        "Das Passwort wurde geändert.",
        "Muss ich das Passwort ändern?",
        "Passwort der Verschlüsselung",
        "Uptime Kuma a refusé le nom d'utilisateur ou le mot de passe",
        "Enter other credentials",
        "Degraded data redundancy",
        "four disks and three fans",
        "Urlaubsmodus an",
        "key: node-role.kubernetes.io/control-plane",
    ],
)
def test_technical_text_is_public(text: str) -> None:
    assert classify(text).privacy_class is PrivacyClass.PUBLIC


@given(st.lists(st.sampled_from(["zero", "eins", "deux", "tres", "vier"]), min_size=3, max_size=9))
def test_digits_as_words_are_one_code(words: list[str]) -> None:
    code = " ".join(words)
    spans = list(find_spoken_codes(f"the pin is {code}."))
    assert [(span.start, span.end) for span in spans] == [(11, 11 + len(code))]


@given(st.text(alphabet="AbP: \n<>[]12.,-?", max_size=80))
def test_a_chat_without_authors_has_the_same_length(text: str) -> None:
    plain = without_authors(text)
    assert len(plain) == len(text)
    assert all(one in (" ", other) for one, other in zip(plain, text, strict=True))
