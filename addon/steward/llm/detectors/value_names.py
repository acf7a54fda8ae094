"""What the name of a value tells: ``password``, ``ssid``, ``latitude``, ``given_name`` and the like."""

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
    """What a value is when its name ends so; ``before`` are words one of which comes before."""

    label: str
    part: Callable[[Pair], Part]
    before: frozenset[str] = frozenset()
    is_secret: bool = False


def find_named(text: str) -> Iterator[Span]:
    """Yield the values of ``text`` whose name says that they are private or secret."""
    for pair in find_pairs(text, _is_revealing):
        for meaning in _meanings(pair):
            part = meaning.part(pair)
            if part and part[0] < part[1]:
                yield Span(start=part[0], end=part[1], label=meaning.label, is_secret=meaning.is_secret)
                break


def _says(
    label: str,
    part: Callable[[Pair], Part],
    words: str,
    before: str = "",
    *,
    is_secret: bool = False,
) -> tuple[tuple[str, ...], _Meaning]:
    meaning = _Meaning(label=label, part=part, before=frozenset(before.split()), is_secret=is_secret)
    return tuple(words.split()), meaning


_HIDDEN: Final = (
    "password passwort kennwort wachtwoord contraseña hasło parola lösenord heslo salasana senha "
    "palavrapasse motdepasse passwd passcode passphrase secret secrets token tokens credential "
    "credentials authorization pass pwd psk apikey accesskey authkey privatekey secretkey userkey "
    "masterkey appkey clientsecret totp otpauth sshpass pgpassword authtoken accesstoken refreshtoken "
    "bindpw rootpw pw"
)
_GLUED: Final = ("password", "passwort", "passwd", "passphrase", "secret", "apikey", "token", "wachtwoord")
_KEYS: Final = (
    "api access auth private preshared shared signing encryption master account client secret app "
    "application user network license licence session service recovery admin write read deploy webhook "
    "storage jwt hmac cookie security link authentication authorization integration consumer"
)
_SAID_TWICE: Final = "hash value new old 1 2"

_STATED: Final = (
    _says("PASSWORD", secrets.secret, _HIDDEN, is_secret=True),
    _says("PASSWORD", secrets.secret, "passe", "de", is_secret=True),
    _says("PASSWORD", secrets.secret, _SAID_TWICE, _HIDDEN, is_secret=True),
    _says("API_KEY", secrets.secret, "key keys", _KEYS, is_secret=True),
    _says("API_KEY", secrets.secret, "code codes", "install recovery backup", is_secret=True),
    _says("API_KEY", secrets.random, "key keys auth bearer webhook license licence", is_secret=True),
    _says("API_KEY", secrets.random, "id", "token secret key webhook", is_secret=True),
    _says("PASSWORD", secrets.secret, "community", "snmp ro rw read write trap", is_secret=True),
    _says("PIN", secrets.code, "pin puk pincode", is_secret=True),
    _says(
        "PIN",
        secrets.code,
        "code codes",
        "alarm door access gate unlock entry setup pairing disarm arm lock verification safe garage 2fa "
        "otp tan pin login security homekit",
        is_secret=True,
    ),
    _says("PIN", secrets.door_code, "code", is_secret=True),
    _says(
        "USERNAME",
        personal.account,
        "user users username usr login logon account owner uid acct ruser logname loginname benutzer "
        "benutzername gebruiker gebruikersnaam utilisateur usuario utente användare bruger uživatel "
        "userid samaccountname uname remoteuser authuser",
    ),
    _says("USERNAME", personal.account, "name id", "user account login principal"),
    _says("USERNAME", personal.account, "failed", "login logon authentication auth signin"),
    _says("HOSTNAME", personal.host, "hostname fqdn nodename servername workstation"),
    _says("HOSTNAME", personal.host, "name", "host server machine computer dns domain"),
    _says("HOSTNAME", personal.host, "host", "dhcp remote target ansible mail ssh"),
    _says("WIFI_SSID", personal.network, "ssid essid"),
    _says("WIFI_SSID", personal.network, "name", "wifi network wlan ssid ap hotspot"),
    _says("WIFI_SSID", personal.network, "network", "wifi wlan wireless"),
    _says("WIFI_SSID", personal.network, "fi", "wi"),
    _says(
        "SERIAL",
        personal.serial,
        "serial serials sn serialno serialnumber seriennummer seriennr serienummer imei meid iccid imsi "
        "eid udid servicetag",
    ),
    _says("SERIAL", personal.serial, "number no nr num id", "serial"),
    _says("SERIAL", personal.serial, "n", "s"),
    _says("SERIAL", personal.serial, "tag", "asset service"),
    _says("GPS", personal.coordinate, "lat lon lng long latitude longitude breitengrad längengrad"),
    _says(
        "PHONE",
        personal.telephone,
        "phone tel telephone mobile cell cellphone telefon telefoon handy mobil mobiel gsm sms msisdn "
        "whatsapp fax telefonnummer telefoonnummer rufnummer phonenumber",
    ),
    _says(
        "PHONE",
        personal.telephone,
        "number nummer no nr",
        "phone telephone mobile cell telefon sms contact fax",
    ),
    _says(
        "CITY",
        personal.place,
        "city town stad stadt woonplaats wohnort ort plaats ville ciudad locality municipality zip "
        "zipcode postcode plz postleitzahl",
    ),
    _says("CITY", personal.place, "code", "zip postal post"),
    _says(
        "STREET_ADDRESS",
        personal.street,
        "address street addr adres adresse anschrift strasse straße straat rue lieferadresse",
    ),
    _says("STREET_ADDRESS", personal.street, "line1 1", "address addr line street"),
    _says("STREET_ADDRESS", personal.street, "to", "deliver ship delivered shipped"),
    _says(
        "PERSON",
        personal.person,
        "fullname firstname lastname surname forename displayname givenname familyname nickname "
        "recipient assignee resident patient tenant landlord attendee attendees organizer organiser "
        "vorname nachname voornaam achternaam empfänger ansprechpartner klant kunde customer visitor "
        "guest cardholder holder",
    ),
    _says(
        "PERSON",
        personal.person,
        "name",
        "full first last given family sur display nick middle contact customer owner recipient sender "
        "person patient guest tenant account holder real legal billing",
    ),
    _says("PERSON", personal.full_name, "sender author contact owner from who user caller wer von"),
    _says("PERSON", personal.person_among_people, "name naam"),
    _says("PERSON", personal.person_among_people, "name", "friendly"),
    _says("PERSON", personal.person, "birthday geburtstag verjaardag"),
    _says("DATE_OF_BIRTH", personal.date, "birthday birthdate dob geburtsdatum geboortedatum born geboren"),
    _says("DATE_OF_BIRTH", personal.date, "date", "birth"),
    _says("MAC", personal.mac, "mac macaddress macaddr hwaddr bssid"),
    _says("MAC", personal.mac, "address addr", "mac hardware hw"),
)


def _by_last_word() -> MappingProxyType[str, tuple[_Meaning, ...]]:
    """Return the meanings by the last word of a name, those that ask for a word before first."""
    found: dict[str, list[_Meaning]] = {}
    for words, meaning in sorted(_STATED, key=lambda one: not one[1].before):
        for word in words:
            found.setdefault(word, []).append(meaning)
    return MappingProxyType({word: tuple(many) for word, many in found.items()})


_MEANINGS: Final = _by_last_word()


def _is_revealing(word: str) -> bool:
    return word in _MEANINGS or word.endswith(_GLUED)


def _meanings(pair: Pair) -> Iterator[_Meaning]:
    last = pair.words[-1] if pair.words[-1] in _MEANINGS else "password"
    for one in _MEANINGS[last]:
        if not one.before or pair.word_before in one.before:
            yield one
