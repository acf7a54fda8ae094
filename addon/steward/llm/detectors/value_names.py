"""Finds private values by their names, such as ``password``, ``ssid`` or ``given_name``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from . import personal_values as personal
from . import secret_values as secrets
from .detector import Span
from .pairs import Pair, Part, find_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """The kind of a value by the last word of its name; one of ``before``, if any, is the word before."""

    label: str
    part: Callable[[Pair], Part]
    before: frozenset[str] = frozenset()
    is_secret: bool = False


def find_named_values(text: str) -> Iterator[Span]:
    """Yield the values in ``text`` whose names mean that they are private or secret."""
    for pair in find_pairs(text, _is_private_name):
        for meaning in _meanings(pair):
            part = meaning.part(pair)
            if part and part[0] < part[1]:
                yield Span(start=part[0], end=part[1], label=meaning.label, is_secret=meaning.is_secret)
                break


def _meaning(
    label: str,
    part: Callable[[Pair], Part],
    words: str,
    before: str = "",
    *,
    is_secret: bool = False,
) -> tuple[tuple[str, ...], _Meaning]:
    meaning = _Meaning(label=label, part=part, before=frozenset(before.split()), is_secret=is_secret)
    return tuple(words.split()), meaning


_CONFIDENTIAL_NAMES: Final = (
    "password passwort kennwort wachtwoord contraseña hasło parola lösenord heslo salasana senha "
    "palavrapasse motdepasse passwd passcode passphrase secret secrets token tokens credential "
    "credentials authorization pass pwd psk apikey accesskey authkey privatekey secretkey userkey "
    "masterkey appkey clientsecret totp otpauth sshpass pgpassword authtoken accesstoken refreshtoken "
    "bindpw rootpw adminpw dbpw userpw pw ww mdp clave contrasena geheim passkey paßwort"
)
_CONFIDENTIAL_SUFFIXES: Final = (
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "token",
    "wachtwoord",
    "kennwort",
    "passcode",
    "userpass",
    "adminpass",
    "rootpass",
    "dbpass",
    "mailpass",
    "pwd",
    "psk",
    "authkey",
    "secretkey",
    "privatekey",
    "accesskey",
)
_KEY_KINDS: Final = (
    "api access auth private preshared shared signing encryption master account client secret app "
    "application user network license licence session service recovery admin write read deploy webhook "
    "stream wifi wlan zigbee mesh rest bot server tunnel relay pairing root provisioning enrollment "
    "signature "
    "cipher aes crypto session wg wireguard rpc "
    "storage jwt hmac cookie security link authentication authorization integration consumer"
)
_CONFIDENTIAL_QUALIFIERS: Final = (
    "hash value new old 1 2 text plain plaintext cleartext string b64 base64 "
    "raw root admin master main backup db entered typed tried attempted"
)

_ALL_MEANINGS: Final = (
    _meaning("PASSWORD", secrets.secret, _CONFIDENTIAL_NAMES, is_secret=True),
    _meaning("PASSWORD", secrets.secret, "passe", "de", is_secret=True),
    _meaning("PASSWORD", secrets.secret, _CONFIDENTIAL_QUALIFIERS, _CONFIDENTIAL_NAMES, is_secret=True),
    _meaning("API_KEY", secrets.secret, "key keys", _KEY_KINDS, is_secret=True),
    _meaning("API_KEY", secrets.secret, "code codes", "install recovery backup", is_secret=True),
    _meaning("API_KEY", secrets.random, "key keys auth bearer webhook license licence", is_secret=True),
    _meaning("API_KEY", secrets.secret, "id", "webhook", is_secret=True),
    _meaning("API_KEY", secrets.random, "id", "token secret key", is_secret=True),
    _meaning("PASSWORD", secrets.secret, "community", "snmp ro rw read write trap", is_secret=True),
    _meaning("PIN", secrets.code, "pin puk pincode tan otp mtan totp passcode", is_secret=True),
    _meaning(
        "PIN",
        secrets.code,
        "code codes",
        "alarm door access gate unlock entry setup pairing disarm arm lock verification safe garage 2fa "
        "otp tan pin login security homekit",
        is_secret=True,
    ),
    _meaning("PIN", secrets.door_code, "code", is_secret=True),
    _meaning("PIN", secrets.code, "entered used typed submitted tried", "code pin", is_secret=True),
    _meaning(
        "PASSWORD",
        secrets.secret,
        "answer answers antwort antwoord réponse respuesta",
        "security secret sicherheits geheime veiligheids secrète secreta challenge",
        is_secret=True,
    ),
    _meaning(
        "USERNAME",
        personal.account,
        "user users username usr login logon account owner uid acct ruser logname loginname benutzer "
        "benutzername gebruiker gebruikersnaam utilisateur usuario utente användare bruger uživatel "
        "userid samaccountname uname remoteuser authuser",
    ),
    _meaning("USERNAME", personal.account, "name id", "user account login principal"),
    _meaning("USERNAME", personal.account, "failed", "login logon authentication auth signin"),
    _meaning("ID_NUMBER", personal.identity, "id ids", "chat telegram sender recipient"),
    _meaning("HOSTNAME", personal.host, "hostname fqdn nodename servername workstation"),
    _meaning("HOSTNAME", personal.host, "name", "host server machine computer dns domain"),
    _meaning("HOSTNAME", personal.host, "host", "dhcp remote target ansible mail ssh"),
    _meaning("WIFI_SSID", personal.network, "ssid essid"),
    _meaning("WIFI_SSID", personal.network, "name", "wifi network wlan ssid ap hotspot"),
    _meaning("WIFI_SSID", personal.network, "network", "wifi wlan wireless"),
    _meaning("WIFI_SSID", personal.network, "fi", "wi"),
    _meaning(
        "SERIAL",
        personal.serial,
        "serial serials sn serialno serialnumber seriennummer seriennr serienummer imei meid iccid imsi "
        "eid udid servicetag",
    ),
    _meaning("SERIAL", personal.serial, "number no nr num id", "serial"),
    _meaning("SERIAL", personal.serial, "n", "s"),
    _meaning("SERIAL", personal.serial, "tag", "asset service"),
    _meaning("GPS", personal.coordinate, "lat lon lng long latitude longitude breitengrad längengrad"),
    _meaning(
        "PHONE",
        personal.telephone,
        "phone tel telephone mobile cell cellphone telefon telefoon handy mobil mobiel gsm sms msisdn "
        "whatsapp fax telefonnummer telefoonnummer rufnummer phonenumber",
    ),
    _meaning(
        "PHONE",
        personal.telephone,
        "number nummer no nr",
        "phone telephone mobile cell telefon sms contact fax",
    ),
    _meaning(
        "CITY",
        personal.place,
        "city town stad stadt woonplaats wohnort ort plaats ville ciudad locality municipality zip "
        "zipcode postcode plz postleitzahl",
    ),
    _meaning("CITY", personal.place, "code", "zip postal post"),
    _meaning(
        "STREET_ADDRESS",
        personal.street,
        "address street addr adres adresse anschrift strasse straße straat rue lieferadresse",
    ),
    _meaning("STREET_ADDRESS", personal.street, "line1 1", "address addr line street"),
    _meaning("STREET_ADDRESS", personal.street, "to", "deliver ship delivered shipped"),
    _meaning(
        "PERSON",
        personal.person,
        "fullname firstname lastname surname forename displayname givenname familyname nickname "
        "recipient assignee resident patient tenant landlord attendee attendees organizer organiser "
        "vorname nachname voornaam achternaam prénom prenom apellido apellidos empfänger ansprechpartner "
        "klant kunde customer visitor "
        "guest cardholder holder",
    ),
    _meaning(
        "PERSON",
        personal.person,
        "name",
        "full first last given family sur display nick middle contact customer owner recipient sender "
        "person patient guest tenant account holder real legal billing",
    ),
    _meaning("PERSON", personal.full_name, "sender author contact owner from who user caller wer von"),
    _meaning("PERSON", personal.person_in_context, "name naam nom nombre"),
    _meaning("PERSON", personal.person_in_context, "name", "friendly"),
    _meaning("PERSON", personal.person, "birthday geburtstag verjaardag"),
    _meaning(
        "DATE_OF_BIRTH", personal.date, "birthday birthdate dob geburtsdatum geboortedatum born geboren"
    ),
    _meaning("DATE_OF_BIRTH", personal.date, "date", "birth"),
    _meaning("MAC", personal.mac, "mac macaddress macaddr hwaddr bssid"),
    _meaning("MAC", personal.mac, "address addr", "mac hardware hw"),
)


def _by_last_word() -> MappingProxyType[str, tuple[_Meaning, ...]]:
    """Return the meanings by the last word of a name, those with a word before it first."""
    found: dict[str, list[_Meaning]] = {}
    for words, meaning in sorted(_ALL_MEANINGS, key=lambda one: not one[1].before):
        for word in words:
            found.setdefault(word, []).append(meaning)
    return MappingProxyType({word: tuple(many) for word, many in found.items()})


_MEANINGS: Final = _by_last_word()


def _is_private_name(word: str) -> bool:
    return word in _MEANINGS or word.endswith(_CONFIDENTIAL_SUFFIXES)


def _meanings(pair: Pair) -> Iterator[_Meaning]:
    last = pair.words[-1] if pair.words[-1] in _MEANINGS else "password"
    for one in _MEANINGS[last]:
        if not one.before or pair.word_before in one.before:
            yield one
