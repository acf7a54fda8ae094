"""Given names of people in many countries, and the words after one of them that mean a thing."""

import re
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import combining, normalize

from .common_words import PROGRAMS

_FILE: Final = Path(__file__).with_name("given_names.txt")


@cache
def given_names() -> frozenset[str]:
    """Return the names in lower case; they are read at the first use."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(name.casefold() for line in lines if not line.startswith("#") for name in line.split())


def is_given_name(word: str) -> bool:
    """Return whether ``word``, or each part of a double name such as ``Anna-Lena``, is a given name."""
    names = given_names()
    plain = word.casefold().replace("\u2019", "'")
    return plain in names or ("-" in plain and all(part in names for part in plain.split("-")))


_THINGS_TEXT: Final = (
    "scene scenes theme themes metrics cluster clusters lake release releases upgrade update version "
    "server servers node nodes host hosts project app apps container containers service services chart "
    "image images model models board boards chip chips driver drivers mode api sdk plugin plugins addon "
    "integration integrations database db bot engine framework library package packages repo repository "
    "branch distro kernel firmware protocol board router switch stack operator controller agent exporter "
    "dashboard dashboards pool dataset volume disk drive drives nas vm vms pod pods namespace deployment "
    "job jobs pipeline playlist film movie album song show series episode font pro plus mini max ultra "
    "lite os linux street road avenue bridge river island airport station university szene szenen thema "
    "modus serie film strasse straße platz brücke scène thème película tema modo"
)
_MORE_THINGS_TEXT: Final = (
    "voice voices stimme stem voix voz simulator parser compiler interpreter runtime syntax cache caches "
    "binary "
    "daemon wallpaper font icons icon widget price prices tariff tarif script radio stream podcast "
    "sensor sensors "
    "shelf painting paintings watchlist battery medium workflow workflows wake prompt syntax docs wiki fork"
    " port ports build builds query "
    "queries"
)
THINGS: Final = frozenset((*_THINGS_TEXT.split(), *_MORE_THINGS_TEXT.split()))
"""A name before one of these words is that of a thing: ``Julius theme``."""

ARTICLES: Final = frozenset(
    [
        "the",
        "an",
        "this",
        "that",
        "these",
        "using",
        "install",
        "installed",
        "via",
        "like",
        "version",
        "theme",
        "scene",
    ]
)
"""A name after one of these words is that of a thing, unless it owns something."""

_PROGRAMS_TEXT: Final = (
    "ada alfred alice amber amy anki ansel ariel athena audrey bella bruno carla cassandra celeste "
    "claire claude "
    "clementine cora crystal dagger dolly ella elsa eliza elliot emma enzo esme eva felix fiona flora "
    "frida gemma "
    "gladys gretl gunther hal hera hermes hilda homer hugo iris ivy jade jarvis jasmine jasper jekyll "
    "jenkins jenny "
    "joan joplin julia juno kerstin luna maria marvin maven max maya mercedes mimir mira mona nora nova "
    "odin olive "
    "opal oscar otto pandora penny pepper phoebe phoenix piper pluto portia rachel rhea robin rosa rosie "
    "ruby ryan "
    "sage sandy sasha selene skye sol stella sunny tess theia thorsten titus tomcat una vera victoria "
    "viola wallace clara clio dora gaia gerrit grace hector hopper igor isabelle lucy marlin merlin "
    "minerva orion otis pascal percy roberta ted zelda "
    "wanda watson zoe zola leo lisa bixby cobol insomnia leaf angie monica fabio daphne sherlock travis "
    "julius "
    "kali alma polly edgar harvey franz basil hazel willow maxwell theo"
)
PROGRAMS_LIKE_PEOPLE: Final = frozenset(_PROGRAMS_TEXT.split())
"""Programs, languages, voices, robots, and cars whose names are also those of people."""

_NO_PEOPLE: Final = frozenset(("homer", "jarvis", "mycroft", "odin"))
"""A dashboard, voices, and a service that are named like people, and that nearly nobody is called."""

_POSSESSIVES: Final = ("'s", "\u2019s")

_NOUNS_TEXT: Final = (
    "compiled compiler interpreter syntax library framework plugin module wake vram fps voices language "
    "languages "
    "lexer parser simulator agent bot toolkit client clients runtime dependencies collection docs "
    "dashboards vacuum "
    "robot flac codec fp16 int8 cuda toolkit"
)
_PROGRAM_NOUNS: Final = frozenset(_NOUNS_TEXT.split())
_ACTIONS: Final = re.compile(
    r"(?:(?:compiles?|parses?|renders?|index(?:es)?|builds?|imports?|syncs?|transcribes?|vacuums|mops"
    r"|docks|boots"
    r"|supports?|leaks?|lags|depends|listens on|runs (?:at|on|in)|scrapes?|segfaults|exports?)\b"
    r"|(?:crash(?:es|ed)|restart(?:s|ed)?)(?= (?:twice|again|every|on|at|after|cleanly)\b|[.,;]|$)"
    r"|(?:fails?|failed|cannot|refuses) (?:to )?(?:build|start|compile|load|parse|render|play|decode"
    r"|boot)\b)",
    re.IGNORECASE | re.MULTILINE,
)
"""What programs do, and people do not."""


_ROLES_OF_PROGRAMS: Final = (
    r"(?:agents?|brokers?|daemons?|démons?|demonios?|exporters?|indexers?|runners?|schedulers?|shippers?"
    r"|proxy"
    r"|dienst|dienste|services?|servicios?|résolveurs?|resolvers?|planer|planificateurs?|planificador)"
)
_STATES: Final = re.compile(
    r" ?= ?\S"
    rf"|[ ]in[ ](?:{'|'.join(sorted(PROGRAMS, key=len, reverse=True))})\b"
    r"|[ ](?:is|ist|est|es|war|was|isn't)[ ](?:(?:the|its|der|die|das|le|la|el|un|une|ein|een|de|het)[ ])?"
    rf"(?:\w{{2,20}}[ ])?{_ROLES_OF_PROGRAMS}\b"
    r"|[ ](?:(?:is|ist|est|está|isn't|was|war)[ ])?"
    r"(?:(?:schon|wieder|noch|still|again|now|encore|toujours|otra|vez|weer|nog)[ ]){0,2}"
    r"(?:down\b(?![ ]with)|offline\b|unreachable\b|abgestürzt\b|ne[ ](?:démarre|répond|tourne)\b"
    r"|a planté\b|no (?:arranca|responde)\b|sin (?:memoria|respuesta)\b|doet het (?:weer )?niet\b"
    r"|(?:stürzt|stürzte)[ ](?:\w{2,12}[ ]){0,3}?ab\b|plante\b|crasht\b|loopt vast\b|se cuelga\b"
    r"|(?:runs?|läuft|laufen|draait|draaien|tournent?|corren?)[ ](?:on|in|auf|im|op|sur|dans|en)[ ]"
    r"(?:\w{1,12}[ ]){0,3}?(?:nodes?|cluster|docker|containers?|vms?|lxc|host|pods?|raspberry|proxmox)\b"
    r"|start (?:weer )?niet\b|startet (?:nicht|nur)\b|lädt nicht\b"
    r"|(?:eats|uses|needs|takes|frisst|braucht|belegt|consomme|prend|gasta|usa|consume|verbruikt|gebruikt"
    r"|vreet)"
    r"\b[^.!?\n]{0,30}?\d{1,5}[ ]?(?:[KMG]i?[Bo]|%))",
    re.IGNORECASE,
)
"""What is said about programs after their name, and not about people."""


_NEW_VERSION: Final = r"v?\d{1,4}\.\d{1,4}(?:\.\d{1,5}){0,3}\b(?![ ]?(?:m|kg|h|%|€|uhr|am|pm)\b)"
_UPDATE: Final = re.compile(
    r"\b(?:updat|upgrad|downgrad|bump|aktualisier|angehoben|bijgewerkt|bijwerk|mise? à jour|actualiz)",
    re.IGNORECASE,
)
_TO_VERSION: Final = re.compile(rf"[ ](?:to|auf|naar|vers|a|à)[ ]{_NEW_VERSION}", re.IGNORECASE)
"""What follows the name of a program in a line about an update: "bump Hugo to 0.152"."""

_IS_UPDATED: Final = re.compile(
    rf"[ ](?:was|is|got)[ ](?:updated|upgraded|downgraded|bumped)[ ]to[ ]{_NEW_VERSION}"
    rf"|[ ]wurde[ ](?:\w{{2,12}}[ ]){{0,3}}?auf[ ]{_NEW_VERSION}[ ](?:angehoben|aktualisiert|gebracht)\b"
    rf"|[ ](?:is|werd)[ ](?:\w{{2,12}}[ ]){{0,3}}?naar[ ]{_NEW_VERSION}[ ]bijgewerkt\b"
    rf"|[ ](?:a été|est)[ ]mise?[ ]à[ ]jour[ ](?:vers|en)[ ]{_NEW_VERSION}"
    rf"|[ ](?:fue actualizado|se actualizó)[ ]a[ ](?:la[ ])?{_NEW_VERSION}",
    re.IGNORECASE,
)
"""People are not updated to a version; "Felix updated Sonarr to 4.0" is none of these."""


_SOFTWARE_TEXT: Final = (
    "kernel noyau gcc clang musl glibc java jdk gradle cargo npm bpf ebpf dataplane upstream changelog "
    "calico versie versión dockerfile makefile arm64 amd64 systemd abi cpython regression "
    "container containers conteneur contenedor docker pod pods cpu ram gpu api plugin plugins yaml toml repo "
    "branch compose helm chart traceback stacktrace segfault kubernetes lxc release releases html css "
    "markdown "
    "parser compiler syntax module modules npm pip gem gems sdk cli localhost daemon endpoint metrics "
    "webhook "
    "changelogs backend frontend linter ci binary binaries tarball postgres sqlite redis nginx traefik caddy"
)
_SOFTWARE: Final = frozenset(_SOFTWARE_TEXT.split())
"""Words of lines about software, in which such a name is a program unless it does what a person does."""

_HUMAN: Final = re.compile(
    r"['\u2019]s\b|[ ](?:and[ ]|und[ ]|et[ ]|y[ ]|en[ ])?"
    r"(?:has|had|hat|hatte|a|ha|heeft|wants?|says|said|asks?|asked|told|thinks|will|would|möchte|sagt"
    r"|meint|fragt"
    r"|veut|dit|demande|quiere|dice|wil|zegt|vraagt|\w{2,20}ed"
    r"|plays?|watches|reads|likes|loves|hates|does|did|can|could|may|should|must|broke|lost|forgot|built"
    r"|made|wrote"
    r"|got|took|set|put|uses? (?:his|her|the)|is (?:at|in|on|with|late|home|back|away|ill|sick|here|not"
    r"|still)"
    r"|spielt|schaut|guckt|liest|kann|darf|soll|muss|mag|war|kommt|geht|arbeitet|macht|ist (?:im|in|am|auf"
    r"|bei|noch|zu)"
    r"|joue|regarde|lit|peut|doit|est (?:au|à|en|chez|dans)|juega|mira|lee|puede|debe|está|trabaja"
    r"|speelt|kijkt|leest|kan|mag|moet|werkt|is (?:op|bij|aan|thuis|nog))\b",
    re.IGNORECASE,
)
"""What follows the name of a person who has to do with software: "Felix updated the kernel"."""

_LONGEST_WORDS: Final = 24
_TO_SOMEBODY: Final = re.compile(
    r"\b(?:ask|tell|call|text|with|for|by|and|of|show|give|let|can|could|may|should|does|did|is|has|was|user|"
    r"frag|sag|mit|für|von|und|kann|darf|hat|ist|soll|war|avec|pour|de|et|peut|à|demande|con|para|y|puede"
    r"|tiene|"
    r"está|met|voor|van|en|kan|mag|heeft)\s\Z",
    re.IGNORECASE,
)
"""What is before the name of somebody who is asked, addressed, or owns something."""

_ALIAS: Final = re.compile(r"[\s-]{0,12}(?:alias|friendly_name):[ ]{1,2}[\"']?")
"""What is before a name at the start of the name of an automation."""


def is_program(name: str, line: str, end: int) -> bool:
    """Return whether ``name`` is that of a program in ``line``, in which it ends at ``end``.

    It does what programs do, or the line has a word that only programs have to do with. Any name is one
    with three numbers after it, as that of a release, or in a line about names of things: ``Meson 0.47.2``,
    ``Debian 8 Jessie``, ``Rosa is the name of the speaker``.
    """
    if _THREE_NUMBERS.match(line, end) or _DESCRIBED.match(line, end) or _NAMES_OF_THINGS.search(line):
        return True
    words = frozenset(_WORDS.findall(line.lower()))
    if not _PERSONAL.isdisjoint(words):
        return False
    if _plain(name) in _NO_PEOPLE and not line.startswith(_POSSESSIVES, end):
        return True
    if _is_release(line, end - len(name)):
        return True
    if _plain(name) not in PROGRAMS_LIKE_PEOPLE:
        return False
    is_beside_version = any(_plain(one["name"]) in PROGRAMS_LIKE_PEOPLE for one in _VERSION.finditer(line))
    is_about_programs = is_beside_version or not _PROGRAM_NOUNS.isdisjoint(words)
    is_in_alias = _ALIAS.fullmatch(line, 0, end - len(name)) is not None
    is_beside_software = not (
        _SOFTWARE.isdisjoint(words)
        or _HUMAN.match(line, end)
        or _TO_SOMEBODY.search(line[max(0, end - len(name) - _LONGEST_WORDS) : end - len(name)])
    )
    is_said = _ACTIONS.match(line, end + 1) or _STATES.match(line, end) or _is_updated(line, end)
    return bool(is_about_programs or is_in_alias or is_beside_software or is_said)


def _is_updated(line: str, end: int) -> bool:
    """Return whether what ends at ``end`` is or was updated to a version."""
    if _IS_UPDATED.match(line, end):
        return True
    return _TO_VERSION.match(line, end) is not None and _UPDATE.search(line) is not None


def names_releases(line: str) -> bool:
    """Return whether a line is about releases of an operating system, and mentions no people."""
    words = frozenset(_WORDS.findall(line.lower()))
    return _RELEASE.search(line) is not None and _PERSONAL.isdisjoint(words)


def _plain(name: str) -> str:
    """Return a name in lower case and without accents: a program is also written as the person is."""
    decomposed = normalize("NFD", name.casefold())
    return "".join(one for one in decomposed if not combining(one))


def _is_release(line: str, start: int) -> bool:
    """Return whether what begins at ``start`` is the name of a release of an operating system."""
    found = _NUMBER_BEFORE.search(line[max(0, start - _LONGEST_NUMBER) : start])
    before = start - len(found[0]) if found else start
    if _SYSTEM_BEFORE.search(line[max(0, before - _LONGEST_SYSTEM) : before]):
        return True
    return found is not None and _SYSTEM.search(line, 0, start) is not None


_SYSTEMS: Final = r"\b(?:macos|os x|debian|ubuntu|linux mint|lmde|android|raspbian|devuan|fedora)"
_RELEASE: Final = re.compile(_SYSTEMS + r"[ ]v?\d{1,2}(?:\.\d{1,2})?\b", re.IGNORECASE)
_SYSTEM: Final = re.compile(_SYSTEMS + r"\b", re.IGNORECASE)
_SYSTEM_BEFORE: Final = re.compile(_SYSTEMS + r"\s\Z", re.IGNORECASE)
_NUMBER_BEFORE: Final = re.compile(r"\bv?\d{1,2}(?:\.\d{1,2})?\s\Z")
_LONGEST_NUMBER: Final = 8
_LONGEST_SYSTEM: Final = 16
_DESCRIBED: Final = re.compile(
    r"-(?:PCs?|ITX)\b"
    r"| \((?:[a-z-]+ ){0,2}(?:tool|program|app|engine|broker|language|framework|library|shell)\b"
)
_NAMES_OF_THINGS: Final = re.compile(
    r"\b(?:codenames?|names? (?:of|for)|noms? d(?:es?|u)|nombres? del?|namen? (?:der|des|von|vom|van))\b"
    r"[^.!?\n]{0,30}?\b(?:ups|units?|nodes?|n(?:œ|oe)uds?|knoten|servers?|speakers?|lautsprechers?"
    r"|altavo(?:z|ces)|enceintes?"
    r"|printers?|druckers?|racks?|hosts?|machines?|robots?|clusters?|vms?|containers?|releases?|voices?"
    r"|stimmen?|themes?)\b",
    re.IGNORECASE,
)
_THREE_NUMBERS: Final = re.compile(r"[ ]v?\d{1,4}(?:\.\d{1,5}){2,3}\b")
_VERSION: Final = re.compile(r"\b(?P<name>[^\W\d_]{2,20})[ ]v?\d{1,4}\.\d")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_PERSONAL_TEXT: Final = (
    "i we he she his her him our us my me they their who home school says said asked asks wants told "
    "called ich wir "
    "er sie sein ihr unser mein ik wij hij zij mijn ons je il elle nous mon ma mes son sa yo nosotros mi "
    "su ella "
    "doctor dentist dinner birthday phone laptop mum dad"
)
_PERSONAL: Final = frozenset(_PERSONAL_TEXT.split())
