"""Places of people: street addresses, towns, coordinates."""

import re
from typing import Final

from .common_words import is_usual
from .detector import detector
from .people import CAPITAL, LETTER, WORD

_I: Final = re.IGNORECASE


def _has_digit(match: re.Match[str]) -> bool:
    return any(one.isdigit() for one in match["place"])


_EXAMPLE: Final = re.compile(r"123 (?:main|example|any|fake) (?:st|street)\b(?:,? any\w*)?\Z", _I)
_NUMBER_WITHIN: Final = 45
_IN_NUMBERS: Final = re.compile(
    r"\b(?:with|of|have|has|over|under|about|every|after|at least|than|version|v)\b[ ]?\d", _I
)
_NO_ADDRESS: Final = re.compile(
    r"\d[\d.,:]*[ ]?(?:min|minutes?|minuten|h|hours?|stunden|uur|seconds?|sekunden|days?|tage|dagen"
    r"|percent|%|degrees|km|m|GB|MB|TB|W|kWh|am|pm|o'clock|uhr|times?|of|and)\b|(?:\d{1,3}\.){3}\d"
    r"|\d{1,2}[:.h]\d\d\b",
    _I,
)


def _is_a_place(match: re.Match[str]) -> bool:
    """Return whether it has a number near its start that is not a time or a measure."""
    near = match["place"][:_NUMBER_WITHIN]
    return any(one.isdigit() for one in near) and not _NO_ADDRESS.match(near) and not _IN_NUMBERS.search(near)


def _is_unusual(match: re.Match[str]) -> bool:
    return not all(is_usual(word) for word in match["place"].replace(",", " ").split())


def _has_unusual_capital(match: re.Match[str]) -> bool:
    """Return whether it has a capitalized word that is not a usual word."""
    words = [word for word in match["place"].replace(",", " ").split() if word[0].isupper()]
    return any(not is_usual(word) for word in words)


_STREET: Final = (
    r"(?:[Ss]treet|[Rr]oad|[Aa]venue|[Ll]ane|[Bb]oulevard|St|Rd|Ave|Ln|Drive|Dr|Court|Ct|Blvd|Way"
    r"|Square|Sq|Terrace|Turnpike|Place|Crescent|Close|Gardens|Grove|Hills?|Park|Parkway|Highway|Hwy"
    r"|Row|Mews|Loop|Trail|Plaza|Route|Walk|Green|Ridge|Heights|Manors?|Meadows?|Crossing|Freeway"
    r"|Expressway|Estates?|Cove|Creek|Hollow|Knolls?|Spurs?|Canyon|Views?|Junctions?|Keys?|Islands?"
    r"|Corners?)"
)
_STREET_IN_A_WORD: Final = (
    r"(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ring|damm|ufer|steig|markt|laan|straat|plein|gracht"
    r"|kade|dijk|singel|hof|dreef|steeg|pad|gatan|v[äa]gen|gränd|stigen|torget|gade|vej|allé|veien|gata"
    r"|vegen|katu|tie|kuja|polku|utca|straße|gårdsvej)"
)
_ENDS_OF_STREETS: Final = (  # the last three letters of those words
    r"sse|aße|tr\.|weg|atz|lee|ing|amm|fer|eig|rkt|aan|aat|ein|cht|ade|ijk|gel|hof|eef|eeg|pad|tan|gen"
    r"|änd|get|vej|llé|ien|ata|atu|tie|uja|lku|tca"
)
_STREET_BEFORE: Final = (
    r"(?:rue|avenue|boulevard|chemin|place|allée|impasse|quai|via|viale|piazza|corso|vicolo|largo|borgo"
    r"|contrada|strada|rotonda|incrocio|stretto|canale|calle|avenida|plaza|paseo|acceso|ronda|camino"
    r"|pasadizo|cañada|rambla|urbanización|vial|rua|travessa|praça|alameda|largo|av\.|ulica|ul\.|plac"
    r"|aleja|ulitsa|carrer|cuesta|glorieta|pasaje|callejón|callejuela|studio|flat|apt\.?|suite|nám\."
    r"|náměstí|třída|sokak)"
)
_STREET_WORDS: Final = (
    "street road avenue lane boulevard st rd ave ln drive dr court ct blvd way square sq terrace "
    "turnpike place crescent close gardens grove hill hills park parkway highway hwy row mews loop trail "
    "plaza route walk green ridge heights manor manors meadow meadows crossing freeway expressway estate "
    "estates cove creek hollow knoll knolls spur spurs canyon view views junction junctions key keys "
    "island islands corner corners"
)
_STREET_BEFORE_WORDS: Final = (
    "rue avenue boulevard chemin place allée impasse quai via viale piazza corso vicolo largo borgo "
    "contrada strada rotonda incrocio stretto canale calle avenida plaza paseo acceso ronda camino "
    "pasadizo cañada rambla urbanización vial rua travessa praça alameda av ulica ul plac aleja ulitsa "
    "carrer cuesta glorieta pasaje callejón callejuela studio flat apt suite nám náměstí třída sokak"
)
_STREET_BEFORE_NAME: Final = (
    r"(?:rue|boulevard|chemin|allée|impasse|viale|piazza|calle|avenida|plac|ulica|aleja|travessa|praça"
    r"|paseo|avenue|glorieta|callejón|carrer|vicolo|rua)"
)
_AT: Final = (
    r"(?:(?:address(?: \w{2,12}){0,3}|adres|adresse|anschrift|(?:server|house|home|flat|office|family"
    r"|we|I|rack|lives?|living|located|return|taxi|stop|station|parked|heat pump|woon|wonen|wohne"
    r"|wohnen|wohnt|woont|meet|meeting|repair|install\w*)(?: \w{2,10}){0,3})[ ]?(?:is|are|at|in|on|to|:"
    r"|op|auf|der|de|van|luidt|ist)|(?:send\w*|sent|deliver\w*|ship\w*|bring"
    r"|drive)(?: \w{2,10}){0,3}[ ](?:at|to)|(?:visits?|look at|readings for|appointment at"
    r"|appointment for|parcel for|address of))"
)
_LINK: Final = r"(?:d[aeo]s?|la|le|del|der|den|am|an der|upon|sur|u|nad|pod|in|ob|aan|bij)"
_TOWN: Final = rf"{WORD}(?:[ -](?:{_LINK}[ -])?{WORD}){{0,3}}"

PLACE_DETECTORS: Final = (
    detector(
        "STREET_ADDRESS",
        rf"\b{_AT}[ ](?:(?:at|in|on|der|dem|de|het|the corner of) )?(?P<place>(?:\d"
        rf"|{CAPITAL})[^\n.?!;\"]{{4,90}})",
        "place",
        _is_a_place,
        words=(
            "send sending sent deliver delivered delivers delivery ship shipped ships shipping bring "
            "drive look readings appointment parcel address adres adresse anschrift server house home "
            "flat office family we i rack live lives living located return taxi stop station parked "
            "visit visits pump woon wonen wohne wohnen wohnt woont meet meeting repair install installed "
            "installation"
        ),
    ),
    detector(
        "STREET_ADDRESS",
        rf"(?P<place>\b\d{{1,5}}[a-z]?(?:[/-]\d{{1,3}})?,?[ ](?:(?i:{LETTER}[\w'\u2019-]{{1,30}})"
        rf"[ ]){{1,4}}{_STREET}\b\.?(?:,?[ ](?:{WORD}|\d{{1,6}})){{0,5}})",
        "place",
        lambda match: (
            _has_digit(match) and _has_unusual_capital(match) and not _EXAMPLE.match(match["place"])
        ),
        words=_STREET_WORDS,
    ),
    detector(
        "STREET_ADDRESS",
        rf"(?P<place>\b(?:{WORD}[ ]){{0,3}}(?:{CAPITAL}{LETTER}{{1,25}}|{LETTER}{{3,25}}(?=str|gracht"
        rf"|laan|gasse)){_STREET_IN_A_WORD}[ ]\d{{1,5}}[a-z]?\b(?:[/-]\d{{1,4}})?(?:,?[ ](?:\d{{4,6}}"
        rf"(?:[ ][A-Z]{{2}})?[ ])?{WORD})?)",
        "place",
        lambda match: _has_digit(match) and _is_unusual(match),
        hint=rf" \d(?<=(?:{_ENDS_OF_STREETS}) \d)",
    ),
    detector(  # in two words: Villacher Strasse 89
        "STREET_ADDRESS",
        rf"(?P<place>\b(?:{WORD}[ ]){{1,3}}(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|[Ww]eg|[Pp]latz|[Aa]llee"
        rf"|[Gg]asse|[Rr]ing|[Ll]aan|[Pp]lein|[Gg]racht|[Kk]ade|[Ss]traat"
        rf"|[Uu]\.)[ ]\d{{1,5}}[a-z]?\b(?:,?[ ](?:\d{{4,6}}[ ])?{WORD})?)",
        "place",
        lambda match: _has_digit(match) and _has_unusual_capital(match),
        words="straße strasse str weg platz allee gasse ring laan plein gracht kade straat u",
        hint=r"[.a-z] \d",
    ),
    detector(
        "STREET_ADDRESS",
        rf"(?P<place>\b(?i:{_STREET_BEFORE})[ ](?:[\w'\u2019.-]{{1,20}}[ ]){{1,4}}\d{{1,5}}\b(?:"
        rf"[/-]\d{{1,4}})?(?:,[ ](?:\d{{4,6}}[ ])?{WORD})?)",
        "place",
        lambda match: _has_digit(match) and _has_unusual_capital(match),
        words=_STREET_BEFORE_WORDS,
    ),
    detector(  # abbreviated: al. Zielona 7, C. de la Luna 3
        "STREET_ADDRESS",
        rf"(?P<place>\b(?:[Aa]l|[Oo]s|[Pp]l|[CR])\.[ ](?:d[aeo]l?[ ]|la[ ]){{0,2}}(?:{WORD}[ ]"
        rf"|\d[ ]){{1,4}}\d{{1,5}}\b(?:/\d{{1,4}})?)",
        "place",
        _is_unusual,
        hint=r"\b(?:[Aa]l|[Oo]s|[Pp]l|[CR])\. [^\W_]",
    ),
    detector(
        "STREET_ADDRESS",
        rf"(?P<place>(?:\d{{1,4}}(?: ?(?:bis|ter))?,?[ ])?\b(?i:{_STREET_BEFORE_NAME})[ ](?:(?:de|du|des"
        rf"|la|le|del|da|di|do|dos|della|von|van|św\.)[ ]|d['\u2019]"
        rf"|l['\u2019]){{0,2}}{WORD}(?:[ ]{WORD}){{0,3}}(?:,?[ ]\d{{1,5}}(?:/\d{{1,4}})?)?)",
        "place",
        _is_unusual,
        words=_STREET_BEFORE_NAME.strip("(?:)").replace("|", " "),
    ),
    detector(
        "STREET_ADDRESS",
        rf"\b(?:at|near|opposite)[ ](?P<place>(?:{WORD}[ ]){{1,3}}\d{{1,4}}[a-z]?)(?=[.,;!?\n]|\Z| and\b)",
        "place",
        lambda match: all(not is_usual(word) for word in match["place"].split() if word.isalpha()),
        words="at near opposite",
    ),
    detector(
        "STREET_ADDRESS",
        rf"(?P<place>\b(?:{WORD}[ ]){{1,3}}\d{{1,4}}[a-z]?,[ ]?\d{{4,6}}(?:[ ][A-Z]{{2}}\b)?[ ]{WORD})",
        "place",
        _has_digit,
        hint=r"\d[a-z]?, ?\d{4}",
    ),
    detector(
        "GPS",
        r"[-\d](?<![\d./].)\d{0,3}\.\d{3,17}[ ]?[,;/][ ]?-?\d{1,3}\.\d{3,17}(?![\d./])",
        hint=r"\d[ ]?[,;/][ ]?-?\d{1,3}\.\d{3}",
    ),
    # a town before the IP address of a login, or after a verb such as "moved"
    detector(
        "CITY",
        rf"\b(?:from|near|in|aus|uit|bei"
        rf"|bij)[ ](?P<place>{_TOWN})(?=[ ]?[(\[](?:\d{{1,3}}\.){{3}}|, [A-Z]{{2}}\b)",
        "place",
        _is_unusual,
        hint=r" [(\[]\d|, [A-Z]{2}\b",
    ),
    detector(
        "CITY",
        rf"\b(?:lives?|lived|living|based|born|moved(?: here| there)?|arriv\w{{1,3}}|travel\w{{0,4}}"
        rf"|trip|going|coming|staying|wohn\w{{1,3}}|woont?|wonen|verhuis\w{{0,3}}|mudó|mudado|mudamos"
        rf"|viven?|vivimos|habite|habitons"
        rf"|déménag\w{{1,3}}|installée?s?|gezogen|umgezogen|zieht|trasladado) (?:en|à|a|in|from|to|at"
        rf"|near|aus|nach|uit|naar)[ ](?P<place>{CAPITAL}{{2,20}}\b|{_TOWN})(?!\w|[ ]v?\d)",
        "place",
        _is_unusual,
        words=(
            "live lives lived living based born moved arrived arrives arriving travel travels travelled "
            "trip going coming staying wohne wohnt wohnen woon woont wonen verhuisd verhuizen mudó mudado "
            "mudamos vive viven vivimos habite habitons déménagé déménage "
            "déménager installé installée gezogen umgezogen zieht trasladado"
        ),
    ),
    detector(
        "CITY",
        rf"\b(?:born|geboren|née?|nacid[oa])\b[^\n]{{0,40}}?[ ](?:in|te|à|en)[ ](?P<place>{_TOWN})",
        "place",
        _is_unusual,
        words="born geboren né née nacido nacida",
    ),
    detector(
        "CITY",
        rf"(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?:, | \()(?P<place>{_TOWN})(?=\))",
        "place",
        _is_unusual,
        hint=r"\d(?:, | \()[A-Z]",
    ),
    detector(
        "CITY",
        r"\b(?:zip|post(?:al)?)[ -]?code (?:is |of |: ?)?(?P<place>\d{3,6}(?:[ -]?[A-Z0-9]{2,4})?"
        r"|[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2})\b",
        "place",
        flags=_I,
        words="zip zipcode postcode postal post",
    ),
    detector(
        "GPS",
        r"\b(?:lat|lon|lng|latitude|longitude)[ :=]{1,3}(?P<at>-?\d{1,3}\.\d{2,17})",
        "at",
        words="lat lon lng latitude longitude",
        flags=_I,
    ),
    detector(
        "GPS",
        r"\d(?<![\d.]\d)\d{0,2}(?:\.\d{2,10}[ ]?°?"
        r"|°[ ]?\d{1,2}['\u2032][ ]?(?:\d{1,2}(?:\.\d+)?[\"\u2033])?)[ ]?[NSEWO]\b",
        hint=r"[NSEWO](?<=[°\d'\u2032\"\u2033 ].)\b",
    ),
)
