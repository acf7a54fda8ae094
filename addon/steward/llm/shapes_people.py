"""What names a person, their street or their telephone: the words around it tell."""

import re
from collections.abc import Callable
from typing import Final

from .shapes import Shape

_I: Final = re.IGNORECASE

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΫА-Я]"
_LETTER: Final = r"[^\W\d_]"
_WORD: Final = rf"{_CAPITAL}(?:{_LETTER}|['\u2019-](?={_LETTER})){{1,30}}"
_INITIAL: Final = rf"{_CAPITAL}\.?"
_LINK: Final = r"(?:van|von|de|der|den|da|di|del|la|le|bin|al|el|zu|dos|du)"
_FULL: Final = rf"{_WORD}(?:[ ](?:(?:{_LINK}[ ]){{0,2}}{_WORD}|{_INITIAL}(?=[ ]))){{1,3}}"
_ONE_OR_MORE: Final = rf"{_WORD}(?:[ ](?:(?:{_LINK}[ ]){{0,2}}{_WORD}|{_INITIAL}(?=[ ]))){{0,3}}"

_USUAL_WORDS: Final = (
    "a an and any are at be but can could did do does for from get give had has have he her here his how "
    "i if in is it its just let list make may me my no not of on one or our please put she should show so "
    "some tell that the their them then there these they this those to try turn two use was we were what "
    "when where which while who why will with would you your also after before both each every everybody "
    "everyone nobody somebody someone people still until since because however maybe yes ok okay thanks "
    "hello hi dear bot user monday tuesday wednesday thursday friday saturday sunday january february "
    "march april june july august september october november december today tomorrow yesterday nothing "
    "something everything error warning failed restart stop start check update upgrade delete remove add "
    "run open close read write send call text explain compare draft summarise summarize extract classify "
    "answer design review between pods log logs last first next same only even home assistant docker "
    "compose kubernetes proxmox radarr sonarr prowlarr lidarr readarr bazarr jellyfin plex emby grafana "
    "prometheus loki alertmanager traefik nginx caddy pihole adguard nextcloud immich paperless "
    "vaultwarden bitwarden zigbee mqtt mosquitto frigate gitea forgejo gitlab github uptime kuma "
    "portainer truenas synology qnap unraid opnsense pfsense unifi openwrt wireguard tailscale cloudflare "
    "python linux ubuntu debian alpine windows macos android ios iphone ipad apple google amazon "
    "microsoft alexa siri telegram whatsapp discord slack matrix redis postgres postgresql mysql mariadb "
    "sqlite influxdb victoria metrics node exporter authelia authentik keycloak renovate argocd ansible "
    "terraform helm raspberry pi intel amd nvidia ollama openai gemini claude bad gateway client server "
    "service container application app backup router switch network storage raid zfs disk cpu gpu ram "
    "memory ups nas vm host cluster dns dhcp ip vlan vpn wifi lan ssh http https api url json yaml "
    "certificate sensor light lights kitchen office garage bedroom bathroom garden hall living room theme "
    "scene scenes automation dashboard notification device firmware version release enabled disabled "
    "internal external local remote unauthorized forbidden connection timeout refused exception traceback "
    "steward status code studio visual music media bluetooth thread matter ethernet wake "
)
"""Beginnings of sentences, days, months, programs and things of a homelab."""

_NO_PEOPLE: Final = frozenset(_USUAL_WORDS.split())


def _is_introduced(match: re.Match[str]) -> bool:
    """The words around it announce a name: one unusual word in it is enough."""
    return not all(_is_usual(word) for word in match["name"].split(" "))


def _names_a_person(match: re.Match[str]) -> bool:
    """No part of it is a usual word or a program."""
    return not any(_is_usual(word) for word in match["name"].split(" ") if len(word.strip(".")) > 1)


def _is_usual(word: str) -> bool:
    return word.casefold().strip(".'\u2019") in _NO_PEOPLE


_PERSONAL_WORDS: Final = re.compile(
    r"\b(?:i|we|our|my|me|he|she|his|her|him|wife|husband|kid|son|daughter|mother|father|friend|boss"
    r"|colleague|neighbour|"
    r"neighbor|mr|mrs|ms|dr|herr|frau|says|said|born|lives|account|card|meeting|speaker|dear|player"
    r"|points out|"
    r"singer|author|beneficiary|follow up|heard|reliable)\b",
    _I,
)
_AROUND: Final = 160


def _is_among_people(match: re.Match[str]) -> bool:
    if not _names_a_person(match):
        return False
    near = match.string[max(0, match.start() - _AROUND) : match.end() + _AROUND]
    return _PERSONAL_WORDS.search(near) is not None


def _has_digit(match: re.Match[str]) -> bool:
    return any(one.isdigit() for one in match["place"])


_FEWEST_DIGITS: Final = 7
_MOST_DIGITS: Final = 20
_CALLED: Final = re.compile(
    r"\b(?:call|text|phone|tel|telephone|mobile|mob|cell|sms|ring|whatsapp|signal|fax|dial|reach|contact"
    r"|number|"
    r"registered|anrufen|telefon|handy|nummer|t[ée]l[ée]phone|bel|bellen)\b[^\n]{0,40}\Z",
    _I,
)


def _is_a_telephone(match: re.Match[str]) -> bool:
    text = match["number"]
    digits = sum(one.isdigit() for one in text)
    if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS or re.fullmatch(r"\d{4}-\d\d-\d\d.*", text):
        return False
    if text.startswith("+") or re.match(r"\(?\d{3}\)?[ -]\d{3}[ -]\d{4}", text):
        return True
    before = match.string[max(0, match.start() - 60) : match.start()]
    return _CALLED.search(before) is not None


_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|way|square|sq|terrace"
    r"|turnpike|place|"
    r"crescent|close|gardens|grove|hill|park|parkway|highway|hwy|row|mews|loop|trail)"
)
_STREET_IN_A_WORD: Final = (
    r"(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ring|damm|laan|straat|plein"
    r"|gracht|gatan|v[äa]gen|gade|vej|katu|tie|kuja|polku|utca)"
)
_STREET_BEFORE: Final = (
    r"(?:rue|avenue|boulevard|chemin|place|via|viale|piazza|corso|vicolo|calle|avenida|plaza|paseo|acceso"
    r"|ronda|camino|"
    r"rua|travessa|praça|ulica|ul\.|ulitsa|carrer|alameda|cuesta|glorieta|pasaje|callejón|c\.|studio|flat"
    r"|apt\.?|suite|unit)"
)


def _person(pattern: str, accepts: Callable[[re.Match[str]], bool] = _names_a_person) -> Shape:
    return Shape(label="PERSON", pattern=re.compile(pattern), group="name", accepts=accepts)


def _street(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Shape:
    return Shape(
        label="STREET_ADDRESS", pattern=re.compile(pattern, flags), group="place", accepts=_has_digit
    )


PEOPLE_SHAPES: Final = (
    _person(
        rf"(?:\b[Mm]y name is|\b[Nn]ame's|\bI am|\bI'm|\b[Tt]his is|\bcalled|\b[Nn]amed|\b[Hh]ello"
        rf"|\b[Hh]i|\b[Dd]ear|"
        rf"\b[Uu]ser:|\b[Nn]ame:|\b[Nn]ame\?|\bIch bin|\bIch heiße|\bje m'appelle"
        rf"|\b[Mm]e llamo)[ ,]{{1,2}}(?P<name>{_ONE_OR_MORE})",
        _is_introduced,
    ),
    _person(
        rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Sir|Madame|Monsieur|Señora?)\.?[ ](?P<name>{_ONE_OR_MORE})",
        _is_introduced,
    ),
    _person(
        rf"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir) (?:kid|son|daughter|wife|husband|partner|brother"
        rf"|sister|mother|father|mum|mom|dad|"
        rf"friend|neighbou?r|colleague|boss|girlfriend|boyfriend|guest|flatmate|uncle|aunt|cousin),?[ ]"
        rf"(?P<name>{_ONE_OR_MORE})"
    ),
    _person(
        rf"(?<!\w)(?P<name>{_ONE_OR_MORE})[ ](?:says|said|told|asked|asks|thinks|complains|complained"
        rf"|wants|called|wrote|mentioned|"
        rf"noticed|reports that|tried|arrived|came|left home|left the house|cannot|can't|is home|is away"
        rf"|is asleep|is complaining|"
        rf"was using|lives|forgot|likes|hates|needs|shouted|replied|added|spoke|calls|keeps (?:asking"
        rf"|saying|complaining)|and I\b)"
    ),
    _person(
        rf"\b(?:says|said|asked|added|wrote|everyone calls (?:me|him|her)|named (?:him|her|them))[ ]"
        rf"(?P<name>{_ONE_OR_MORE})"
    ),
    _person(
        rf"\b(?P<name>(?:{_WORD}[ _-]){{0,2}}{_WORD}?)(?:['\u2019]?s)?[ _-]?(?:iPhone|iPad|MacBook|iMac"
        rf"|AirPods|Galaxy|Pixel|Watch|Laptop|PC|Phone|Tablet|Handy)\b"
    ),
    _person(
        rf"\b(?:[Cc]ontact|[Aa]sk|[Tt]ell|[Nn]otify|[Rr]emind|[Ee]mail|[Cc]all|[Tt]ext|[Mm]eet|[Ww]ith"
        rf"|[Ff]rom|[Bb]y|[Ff]or|[Tt]o|"
        rf"[Oo]f|[Aa]dd|[Bb]illing address:|[Ss]ee)[ ](?P<name>{_FULL})",
        _is_among_people,
    ),
    _person(
        rf"(?<!\w)(?P<name>{_WORD})['\u2019]s (?:phone|laptop|room|birthday|account|tablet|car|bike|watch"
        rf"|password|email|bedroom|computer)\b"
    ),
    _person(rf"(?<!\w)(?P<name>{_FULL})", _is_among_people),
    Shape(
        label="PHONE",
        pattern=re.compile(
            r"(?<![\w.:/-])(?P<number>\+?\(?\d(?:[ ./()-]{0,2}\d){6,16}(?:[ ]?(?:x|ext\.?)[ ]?\d{1,6})?)"
            r"(?![\w:]|[.-]\d)"
        ),
        group="number",
        accepts=_is_a_telephone,
    ),
    _street(
        r"\b(?:address(?: \w{2,12}){0,3}|(?:server|house|home|flat|office|family|we|I|rack|lives?|living"
        r"|located|send\w*|"
        r"deliver\w*|return|taxi|stop)(?: \w{2,10}){0,3})"
        rf"[ ](?:is|are|at|in|to|:)[ ](?:at |in |on )?(?P<place>(?:\d|{_CAPITAL})[^\n.?!;\"]{{4,90}})"
    ),
    _street(
        rf"(?P<place>\b\d{{1,5}}[a-z]?,?[ ](?:{_WORD}[ ]){{1,4}}{_STREET}\b\.?(?:,?[ ](?:{_WORD}"
        rf"|\d{{1,6}})){{0,5}})",
        re.IGNORECASE,
    ),
    _street(
        rf"(?P<place>\b(?:{_WORD}[ ]){{0,3}}{_LETTER}{{2,25}}{_STREET_IN_A_WORD}[ ]\d{{1,5}}[a-z]?\b"
        rf"(?:,[ ](?:\d{{4,6}}[ ])?{_WORD})?)"
    ),
    _street(
        rf"(?P<place>\b(?i:{_STREET_BEFORE})[ ](?:[\w'\u2019-]{{2,20}}[ ]){{1,4}}\d{{1,5}}\b(?:,[ ]"
        rf"(?:\d{{4,6}}[ ])?{_WORD})?)"
    ),
    _street(rf"(?P<place>\b(?:{_WORD}[ ]){{1,3}}\d{{1,4}}[a-z]?,[ ]?\d{{4,6}}[ ]{_WORD})"),
)
