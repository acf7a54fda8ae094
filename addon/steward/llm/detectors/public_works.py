"""Recognizes names in films, music, theorems, and places by what is said around them, in five languages."""

import re
from typing import Final

from .people_words import ANNOUNCEMENTS, KIN

_NEAR: Final = 60
_LOOK_BACK: Final = 120

_MANAGERS: Final = re.compile(
    r"\b(?:radarr|sonarr|lidarr|readarr|whisparr|imdb|tmdb|tvdb|musicbrainz|trakt|letterboxd|(?:movie|music"
    r"|ebook"
    r"|film|book) librar(?:y|ies)|(?:film|musik|buch|hörbuch)bibliothek|hörbuchsammlung|filmsammlung"
    r"|bibliothèque de (?:films|musique)|biblioteca de (?:películas|música)|muziekbibliotheek)\b",
    re.IGNORECASE,
)
"""What knows films, series, music, and books, and no people of a household."""

_WORKS: Final = (
    r"(?:movies?|films?|filme[ns]?|series|serien?|shows?|seasons?|staffel[n]?|folgen?|saisons?|épisodes?"
    r"|episodes?"
    r"|episodios?|temporadas?|albums?|alben|álbum(?:es)?|songs?|singles?|tracks?|chansons?|canciones|canción"
    r"|nummers|liedjes?|lieder|lied|discograph(?:y|ie)|discografía|audiobooks?|hörbuch|hörbücher|livre audio"
    r"|audiolibros?|luisterboek(?:en)?|películas?|soundtracks?|biography|biopic|novels?|roman|novela"
    r"|podcasts?"
    r"|concerto|symphony|sonata)"
)
_OF_AUTHOR: Final = re.compile(
    rf"\b(?:{_WORKS}|books?|bücher|livres?|libros?|boeken|music|musik|musique|música|muziek|\d new) "
    r"(?:\w{1,12} ){0,2}?(?:by|directed by|starring)[ ]\Z",
    re.IGNORECASE,
)
_OF_ARTIST: Final = re.compile(
    r"\b(?:seasons?|staffeln?|saisons?|temporadas?|episodes?|folgen|épisodes|episodios|albums?|alben"
    r"|álbum(?:es)?"
    r"|songs|singles?|chansons|canciones|nummers|lieder|discograph(?:y|ie)|discografía|audiobooks?|hörbuch"
    r"|hörbücher|audiolibros?|luisterboek(?:en)?|soundtrack|música|musique|muziek|musik)"
    r"[ ](?:of|von|de|van|d['\u2019])[ ]?\Z",
    re.IGNORECASE,
)
_TITLED: Final = re.compile(
    r"\b(?<!de )(?i:movie|film|series|serie|show|song|album|audiobook|hörbuch|película|audiolibro|novel"
    r"|musical|opera"
    r"|oper|ópera|opéra)[ ][\"'„“«]?(?:[A-Z]\w{1,20} (?:&|and|und|et|y) )?\Z"
)
_PLAY: Final = re.compile(
    r"(?:^|[,;.:][ ]|\b(?:please|bitte|and|und)[ ])(?:play|queue(?: up)?|shuffle|stream|spiele?|joue|lance"
    r"|reproduce"
    r"|speel|draai|mets|met|pon|ponme|zet|mach)[ ](?:(?:some|something by|etwas|von|was von|du|de la|music by"
    r"|música de|musique de|muziek van|musik von|something from|iets van|algo de|quelque chose de)[ ])?\Z",
    re.IGNORECASE | re.MULTILINE,
)
_ROOM: Final = (
    r"(?:kitchen|living ?room|bedroom|bathroom|office|garage|garden|hall(?:way)?|dining room|basement|attic"
    r"|terrace"
    r"|patio|speakers?|tv|stereo|sonos|everywhere|küche|wohnzimmer|schlafzimmer|badezimmer|bad|büro|garten"
    r"|flur"
    r"|keller|esszimmer|terrasse|fernseher|lautsprecher|cuisine|salon|salle de bains?|salle à manger|jardin"
    r"|bureau"
    r"|chambre|télé|enceintes?|cocina|salón|dormitorio|baño|comedor|jardín|despacho|tele|altavo(?:z|ces)"
    r"|keuken"
    r"|woonkamer|slaapkamer|badkamer|kantoor|tuin|zolder|kelder|eetkamer|speakers|radio|spotify|tidal|deezer"
    r"|youtube|music assistant|plexamp)"
)
_PLAYED: Final = re.compile(
    r"(?:\s*$|[ ](?:op[ ])?(?:in|on|im|auf|dans|sur|en|op|via|à|por)(?:[ ](?:the|der|dem|die|den|das|la|le"
    r"|les|l['\u2019]"
    rf"|el|los|de|het|all|every|alle[nr]?))?[ ]?(?:[\w-]{{1,16}}[ ])?{_ROOM}\b)",
    re.IGNORECASE | re.MULTILINE,
)
_OWN_LISTS: Final = ("Playlist", "playlist", "Liste", "Mix")
"""What people have of their own, and play: ``spiel Mias Playlist``."""

_EPISODE: Final = re.compile(r"(?:[ ][\w'\u2019]{1,16}){0,3}[ ._-]{1,3}S\d{2}(?:E\d{2})?\b")
_LAW: Final = re.compile(
    r"['\u2019]s (?:[\w-]{1,16} )?(?:laws?|algorithms?|theorems?|lemmas?|razor|paradox|principle|inequality"
    r"|conjecture"
    r"|constant|sieve|cipher|formula|method|rule of thumb|number|test|sort"
    r"|discography|lyrics|novels?|(?:new|latest|debut|last) (?:album|single|movie|film|novel|book))\b",
)
_VOICES: Final = re.compile(
    r"\b(?:piper|elevenlabs|kokoro|xtts|coqui|f5-tts|openvoice|tts|stt|text-to-speech|sprachausgabe"
    r"|sprachsynthese"
    r"|synthèse vocale|síntesis de voz|spraaksynthese|wake ?words?|amazon polly|azure speech)\b",
    re.IGNORECASE,
)
_OF_VOICES: Final = re.compile(
    r"\b(?:voices?|stimmen?|voix|voz|voces|stem|stemmen|speakers?|models?|modell|wake ?words?|sounds|klingt"
    r"|suena)\b",
    re.IGNORECASE,
)
_SEARCHED: Final = re.compile(
    r"\b(?:add|find|search(?: for)?|download|grab|is|missing|score of|rating of|poster of|runtime of|ajoute"
    r"|cherche"
    r"|añade|busca|suche?|lade|füge|zoek)[ ](?:\w{2,10}[ ])?\Z",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(
    r"(?:San|Santa|Santo|São|Saint|Sankt|Sint|Port|Fort|Mount|Lake|Cape|Puerto|Monte|Villa)[ ][A-ZÁÉÍÓÚ]\w+"
    r"|\w+(?:[ ]\w+)?[ ](?:Bay|Beach|Falls|Valley|Springs|Coast|Canyon|Harbour|Harbor|Islands?|Airport|Theme"
    r"|Font"
    r"|Cluster|Framework|Server|Plugin|Radio|Hörspiel|Collection|Wallpaper|Theorem|Festival|Museum"
    r"|Stadium|University|Protocol|Foundation|Orchestra)"
)
_STORM: Final = (
    r"(?:[Hh]urricane|[Ss]torm|[Tt]yphoon|[Cc]yclone|Sturm|Sturmtief|Orkan|Tief|Hoch|[Tt]empête|[Oo]uragan"
    r"|[Tt]ormenta|[Bb]orrasca|[Hh]uracán|[Oo]rkaan)"
)
_STORM_BEFORE: Final = re.compile(rf"(?<!\w){_STORM}[ ]\Z")
_EVENT: Final = re.compile(rf"{_STORM}[ ][A-ZÀ-Ý]\w+")
_DAY: Final = re.compile(r"(?:Saint|St\.?|Sankt|Sint)[ ][A-Z]\w+")
_SAINT_BEFORE: Final = re.compile(r"\b(?:Saint|St\.?|Sankt|Sint)[ ]\Z")
_DAY_AFTER: Final = re.compile(r"['\u2019]s? (?:Day|Eve|Tag|Night|weekend)\b")
_LINE_BEFORE: Final = re.compile(
    r"\b(?:ferry|train|tram|bus|flight|zug|straßenbahn|fähre|flug|trein|veerboot|vlucht|ligne|vol|tren|vuelo"
    r"|barco)"
    r"[ ](?:from|von|de|van|desde)[ ](?:[A-ZÀ-Ý]\w+[ ](?:to|nach|à|a|naar)[ ])?\Z"
)
"""A line of public transport runs between places: ``ferry from Marion to Helena``."""

_BRANDS: Final = re.compile(
    r"\b(?:IKEA|Ikea|Sonos|Bosch|Philips|Siemens|Miele|Hue|Nvidia|NVIDIA|AMD|Intel|Dyson|Logitech|Aqara"
    r"|Shelly)[ ]\Z"
)
"""A brand before the name of its product, without those of phones."""

_COLOURS_TEXT: Final = (
    "rosa lila amber jade scarlet ruby olive violet rose coral ivory sienna hazel ginger pearl indigo"
    " celeste violeta "
    "blanca crimson teal red green blue white black yellow orange pink purple rot grün blau weiß schwarz"
    " gelb rouge "
    "vert bleu blanc noir jaune rojo verde azul blanco negro amarillo rood groen blauw wit zwart geel sunny"
)
_COLOURS: Final = frozenset(_COLOURS_TEXT.split())
_ABOUT_COLOURS: Final = re.compile(
    r"\b(?:statt|instead of|options|colou?rs?|farben?|couleurs?|color(?:es)?|kleur(?:en)?|accent|palette|hue"
    r"|strip"
    r"|led|lamps?|lights?|licht(?:er)?|lampen?|themes?|gradient)\b",
    re.IGNORECASE,
)

_SERVERS: Final = re.compile(
    r"[ ](?:is|ist|est|es)[ ](?:the|der|le|el|de)[ ](?:closest|nearest|fastest|nächste|schnellste"
    r"|plus proche|más"
    r" cercano|dichtstbijzijnde)\b",
    re.IGNORECASE,
)
_EXAMPLE_PEOPLE: Final = frozenset(
    ("alice", "bob", "carol", "charlie", "dave", "eve", "mallory", "trent", "peggy")
)
"""Whom explanations of protocols speak about."""

_CAPITALIZED: Final = re.compile(r"(?<!\w)[A-Z][a-z]{2,8}(?!\w)")
_PROTOCOL: Final = re.compile(
    r"^(?:test|tests|fix|feat|docs|refactor)(?:\([\w./-]{1,30}\))?!?: |\b(?:unit tests?|in the test"
    r"|protocols?"
    r"|encrypt\w*|decrypt\w*|ciphertext|plaintext|signature|public key|private key|handshake|diffie\S*"
    r"|lossy channel"
    r"|leader election|raft|paxos|race condition|deadlock|fixtures?|mock\w*|verschlüsselt\w*|chiffre\w*"
    r"|cifra\w*)\b",
    re.IGNORECASE,
)

_CHARACTER: Final = re.compile(r"[ ]the[ ][A-Z][a-z]{2,16}")
"""What follows the name of a character: ``Dora the Explorer``."""

_VERBS_TEXT: Final = (
    "bill chase chip dale drew frank grant jack josh lance mark nick pat pierce rob rod skip sue trace wade"
    " will"
)
_VERBS: Final = frozenset(_VERBS_TEXT.split())
_OBJECT: Final = re.compile(r"[ ](?:the|all|every|through|your|an?)[ ](?P<noun>[a-z]{2,20})\b")
"""What follows a verb at the start of a sentence: ``Nick the cable``."""

_OTHER_WORKS: Final = re.compile(rf"\b{_WORKS}\b", re.IGNORECASE)
_YEAR: Final = re.compile(r"[ ]\((?:19|20)\d{2}\)")

_ACTS: Final = re.compile(
    r"['\u2019]s?\b(?! (?:law|algorithm|theorem))|[ ](?:and[ ]|und[ ]|et[ ]|y[ ]|en[ ])?(?:has|had|hat|hatte"
    r"|ha"
    r"|heeft|wants?|says|said|asks?|asked|told|thinks|will|would|möchte|sagt|meint|fragt|veut|dit|demande"
    r"|quiere"
    r"|dice|wil|zegt|vraagt|plays?|watches|reads|likes|loves|hates|does|did|can|could|may|should|must|broke"
    r"|lost"
    r"|forgot|made|bought|sent|got|took|darf|kann|(?!named|called)\w{2,20}ed"
    r"|soll"
    r"|muss|mag|kommt|geht|peut|doit|puede|debe|kan|moet|is (?:at|home|asleep|awake|ill|late|away)"
    r"|ist (?:zu|krank|da|weg)|est (?:là|rentrée?|malade)|está|thuis)\b",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    r"\b(?:can|could|may|should|does|did|has|for|with|tell|ask|text|call|give|let|show|kann|darf|soll|hat"
    r"|für|mit|frag"
    r"|sag|peut|doit|pour|avec|puede|debe|para|con|kan|mag|heeft|voor|met|user|that|which|die|que|qui|from"
    r"|by|von|par|por"
    r"|door|hey|(?:radarr|sonarr|lidarr|readarr|library|libraries)[ ](?:of|de|van))[ ]\Z",
    re.IGNORECASE,
)
_IN_PERSON_TEXT: Final = (
    "i we he she his her him our us my me they who ich wir ihr unser unsere mein meine ik wij hij mijn"
    " ons onze "
    "il elle nous mon ma notre mi su nuestro nuestra yo ella birthday wedding photos photo video videos"
    " account "
    "accounts user users geburtstag hochzeit fotos konto compte cuenta boda mariage bruiloft"
)
_IN_PERSON: Final = KIN.union(_IN_PERSON_TEXT.split()) - {
    "man",
    "ex",
    "ami",
    "me",
    "mi",
    "prima",
    "coach",
    "chef",
}
_WORDS: Final = re.compile(r"[^\W\d_]+")


def is_in_public_work(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is of a film, a musician, a voice, a theorem, or a place.

    False in a line about somebody who is known in person.
    """
    first = max(text.rfind("\n", 0, start) + 1, start - _LOOK_BACK)
    last = text.find("\n", end)
    line = text[first : min(end + _LOOK_BACK, last if last >= 0 else len(text))]
    if _LAW.match(text, end) or _is_event(text, start, end):
        return True
    words = _WORDS.findall(f"{text[first:start]} {text[end : first + len(line)]}".lower())
    if _IN_PERSON.isdisjoint(words) and not _ACTS.match(text, end):
        before = text[max(first, start - _NEAR) : start]
        return (
            _is_work(text, end, before)
            or _is_in_catalogue(line, before)
            or _SERVERS.match(text, end) is not None
            or _CHARACTER.match(text, end) is not None
            or _is_verb(text, start, end)
            or _is_colour(line, text[start:end])
            or _PLACE.fullmatch(text, start, end) is not None
            or _is_example(line, text[start:end])
        )
    return False


def _is_work(text: str, end: int, before: str) -> bool:
    """Return whether it is played, or the author or the title of a work."""
    if _PLAY.search(before) and _PLAYED.match(text, end) and not text.endswith(_OWN_LISTS, 0, end):
        return True
    if any(one.search(before) for one in (_LINE_BEFORE, _BRANDS)):
        return True
    if _OF_AUTHOR.search(before) or _OF_ARTIST.search(before) or _TITLED.search(before):
        return True
    return _EPISODE.match(text, end) is not None or (
        _YEAR.match(text, end) is not None and _OTHER_WORKS.search(before) is not None
    )


def _is_event(text: str, start: int, end: int) -> bool:
    """Return whether it is the name of a storm, or of the day of a saint."""
    if _EVENT.fullmatch(text, start, end) or _STORM_BEFORE.search(text[max(0, start - _NEAR) : start]):
        return True
    is_saint = _DAY.fullmatch(text, start, end) or _SAINT_BEFORE.search(text, max(0, start - _NEAR), start)
    return is_saint is not None and _DAY_AFTER.match(text, end) is not None


def _is_verb(text: str, start: int, end: int) -> bool:
    """Return whether it is a verb with an object at the start of a line, unlike ``Nick the neighbour``."""
    is_first = not text[text.rfind("\n", 0, start) + 1 : start].strip(" *-#>")
    found = _OBJECT.match(text, end) if is_first and text[start:end].lower() in _VERBS else None
    return found is not None and found["noun"] not in KIN


def _is_colour(line: str, name: str) -> bool:
    """Return whether it is a colour beside another in a line about colours: ``Rosa statt Lila``."""
    if name.lower() not in _COLOURS or _ABOUT_COLOURS.search(line) is None:
        return False
    return len(_COLOURS.intersection(_WORDS.findall(line.lower()))) > 1


def _is_in_catalogue(line: str, before: str) -> bool:
    """Return whether the line is about what a catalogue of media, or of voices, has."""
    greeted = [one.strip("\"'") for one in before.lower().split()[-2:]]
    if _ASKED.search(before) or (
        greeted and (greeted[-1] in ANNOUNCEMENTS or " ".join(greeted) in ANNOUNCEMENTS)
    ):
        return False
    if _VOICES.search(line):
        return _OF_VOICES.search(line) is not None
    is_titled = _OTHER_WORKS.search(before) is not None or _SEARCHED.search(before) is not None
    return is_titled and _MANAGERS.search(line) is not None


def _is_example(line: str, name: str) -> bool:
    """Return whether it is one of the two people of an explanation: ``Alice sends Bob a signature``."""
    if name.lower() not in _EXAMPLE_PEOPLE:
        return False
    named = _EXAMPLE_PEOPLE.intersection(one.lower() for one in _CAPITALIZED.findall(line))
    return len(named) > 1 and _PROTOCOL.search(line) is not None
