"""Recognizes machines, services, and robots that have the name of a person, by what is said around it."""

import re
from typing import Final

from .people_words import KIN

_NEAR: Final = 60

_KIND: Final = (
    r"(?:[\w-]{0,24}(?:servers?|nodes?|node|clusters?|knoten|server[ns]|rechner|roboter|dienste?s?"
    r"|containers?)"
    r"|[\w-]{0,24}(?:frontend|backend|framework|library|plugin|dashboard|exporter|database|datenbank"
    r"|logiciel|outil"
    r"|herramienta|programma|programm)s?"
    r"|vms?|(?:virtual|virtuelle|virtuele) (?:machine|maschine)s?|machine virtuelle|máquina virtual"
    r"|(?:proxmox|pve|esxi|docker|kvm|backup|build)[ -]hosts?|services?|daemons?|pods?|lxc|namespaces?"
    r"|deployments?|microservices?|mainframe|bots?|hypervisors?|routers?|printers?|3d[ -]printers?|drucker"
    r"|3d-drucker|robots?|vacuums?|vacuum cleaners?|robot vacuums?|mowers?|lawn ?mowers?|saugroboter"
    r"|mähroboter|staubsauger|serveurs?|nœuds?|noeuds?|conteneurs?|imprimantes?|aspirateurs?|robots?"
    r"|servidor(?:es)?|nodos?|contenedor(?:es)?|servicios?|impresoras?|aspirador(?:as?)?|robotstofzuiger"
    r"|lamps?|lights?|lampen?|licht|heat pumps?|wärmepumpen?|kaffeemaschinen?|coffee machines?|dishwashers?"
    r"|fridges?"
    r"|ovens?|thermostats?|plugs?|steckdosen?|sensors?|sensoren|lampes?|bombillas?|lámparas?|cafetières?"
    r"|cafeteras?"
    r"|thermomix|spülmaschinen?|waschmaschinen?|washing machines?|koffiezetapparaat|warmtepomp"
    r"|stofzuigers?|robotmaaier|datasets?|pools?|zpools?|nas|ups|usv|switch|speakers?|lautsprecher"
    r"|enceintes?|altavo(?:z|ces)|branch|wake ?words?|aktivierungswort|playbooks?|mot d['\u2019]activation)"
)
"""Kinds of machines and programs that people give a name to, without those that are somebody's: a laptop."""

_APPOSED: Final = (
    r"(?:[\w-]{0,24}(?:servers?|nodes?|knoten|roboter|dienst|diensts|containers?)|vms?|lxc|pods?|services?"
    r"|daemons?|bots?|robots?|vacuums?|saugroboter|serveurs?|nœuds?|noeuds?|conteneurs?|servidor|nodos?"
    r"|contenedor|servicio|namespaces?|deployments?|(?:proxmox|pve|esxi|docker|kvm)[ -]hosts?|clusters?"
    r"|playbook|hypervisor|dataset|zpool|kaffeemaschine|thermomix|wärmepumpe|spülmaschine|waschmaschine"
    r"|coffee machine"
    r"|(?:robot |lawn ?)?mower|mähroboter|staubsauger|aspirateur|tondeuse|aspirador|robotstofzuiger"
    r"|robotmaaier"
    r"|drucker|printer|imprimante|impresora)"
)
"""Kinds that directly precede the name: ``the node Bertha``, ``le conteneur Marguerite``."""

_ARTICLE: Final = (
    r"(?:the|this|our|my|on|restart|reboot|der|die|das|dem|den|des|unser\w{0,2}|mein\w{0,2}|auf|ein(?:en?|em"
    r"|er)?"
    r"|le|la|les|du|ce|notre|mon|ma|un|une|el|del|al|este|nuestr[oa]|mi|de|het|een|onze?|deze|mijn)"
)
_ADJECTIVE: Final = (
    r"(?!(?:of|the|for|admin\w*|owner|user|guy|man|woman|person|who|that|with|von|der|des|dem|im|in|de|del"
    r"|voor"
    r"|van|and|und|et|y|en|has|is|hat|ist|not|no|only|one)\b)[\w-]{1,20}"
)
_BEFORE: Final = re.compile(
    rf"(?:(?<!\w){_ARTICLE} (?:{_ADJECTIVE} ){{0,2}}?|^\W{{0,4}}){_APPOSED} \Z", re.IGNORECASE | re.MULTILINE
)

_NAMED: Final = (
    r"(?:called|named|name is|namens|genannt|hei(?:ß|ss)(?:t|en)|nommée?|appelée?|s['\u2019]appelle(?:nt)?"
    r"|llamad[oa]"
    r"|se llama|genaamd|heet)"
)
_NAMED_BEFORE: Final = re.compile(
    rf"(?<![\w-]){_KIND} (?:(?:is|are|was|ist|wurde|est|es|now|jetzt|that is"
    rf"|which is) ){{0,2}}{_NAMED} (?:(?:now|jetzt|in) (?:\w+ ){{0,3}})?"
    r"(?:(?-i:[A-ZÀ-Ý])\w{1,20}(?:, | (?:and|und|et|y|en) )){0,6}[\"'„“«]?\Z",
    re.IGNORECASE,
)
_GIVEN_BEFORE: Final = re.compile(
    r"\b(?:name|named|call|called|rename|renamed|nenne|nennt|nannte|taufe|taufte|genannt|nommé|appelé|baptisé"
    r"|llamé|bautizado|noemde|doopte) "
    rf"{_ARTICLE} (?:{_ADJECTIVE} ){{0,3}}?{_KIND} "
    rf"(?:(?-i:[A-ZÀ-Ý])\w{{1,20}},? (?:and|und|et|y"
    rf"|en) {_ARTICLE} (?:{_ADJECTIVE} ){{1,2}}?(?:{_KIND} )?(?:one )?)?(?:jetzt |now )?\Z",
    re.IGNORECASE,
)
_GIVEN_AFTER: Final = re.compile(
    r"(?: (?:and|und|et|y|en) (?-i:[A-ZÀ-Ý])\w{1,20})?"
    r" (?:heißt|heißen|heisst|heissen|heet|heten|s['\u2019]appellent"
    rf"|se llaman) (?:{_ADJECTIVE} ){{0,3}}?{_ARTICLE} (?:{_ADJECTIVE} ){{0,2}}?{_KIND}\b",
    re.IGNORECASE,
)
"""``Maja und Willi heißen bei uns die beiden Saugroboter``."""

_QUOTED_BEFORE: Final = re.compile(
    r"\b(?:vlan|bucket|table|tabelle|branch|stack|job|queue|namespace|dataset|pool|index|topic|container"
    r"|service)"
    r"[ ][\"'„“«\u2018]\Z",
    re.IGNORECASE,
)

_IS: Final = re.compile(
    rf" (?:is|was|ist|war|est|était|es|era) {_ARTICLE} (?:{_ADJECTIVE} ){{0,3}}?(?!speaker){_KIND}(?![\w-])"
    r"(?! (?:admin\w*|team|guy|owner|person|user|expert|man|woman|manager|technician|room))",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r", (?:our|my|unser\w{0,2}|mein\w{0,2}|eine?|an?|notre|mon|ma|une?|nuestr[oa]|mi|onze?|mijn|een) "
    rf"(?:{_ADJECTIVE} ){{0,3}}?{_KIND}(?=[.,;:!?)]|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
"""``Frank, our old node``; nobody is addressed: ``Frank, our node is down``."""

_OWNER: Final = re.compile(
    r"\b(?:of|von|vom|bei|de|van|for|für|pour|para|voor|with|mit|avec|con|met|at|chez|in|zimmer"
    r"|room)[ ]\Z",
    re.IGNORECASE,
)
"""Before somebody in whose room a machine is: ``Im Zimmer von Anna ist der Sensor``."""

_FIELD: Final = re.compile(r"(?:^|\n)[ \t]{0,12}(?:- )?(?:\w{1,12}_)?name: {1,2}[\"']?\Z")
_FIELDS_AFTER: Final = re.compile(
    r"[\"']?\n\s{0,12}(?:image|ports?|command|entrypoint|build|namespace|chart|runs-on|restart|environment"
    r"|driver|container_name|depends_on|replicas|resources)\s*:"
)
"""A name in a record of a container: ``name: Otto`` before ``image:``."""

_RELATIVE: Final = re.compile(
    r"['\u2019]s?\b|[ ](?:uses?|had|wants?|bought|built|set|owns?|likes?|gave|got|made|lent|broke|manages?"
    r"|runs(?! (?:on|in|out|at|hot|\w+ \d|(?-i:[A-Z])))"
    r"|has(?! (?:\d|no|an?|only|been|crashed|too|enough|ecc)\b)"
    r"|needs(?! (?:an?|to|more|new|\d)\b)|is (?:using|building|asking|working|at|home)"
    r"|(?!(?:crash|reboot|restart|stopp|fail|stall|boot|shutt|join|load|start|us)ed\b)\w{2,20}ed)\b",
    re.IGNORECASE,
)
"""What follows a person after a machine: ``the node Bertha ordered``."""

_SOMEBODY: Final = re.compile(
    rf"\b(?:user|users|somebody|someone|person|{'|'.join(sorted(KIN - {'chef', 'ex', 'ami', 'mi'}))})\b",
    re.IGNORECASE,
)


def is_named_machine(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is the name of a machine, a program, or a robot in its line."""
    if text.startswith(("'s", "\u2019s"), end):
        return False
    first = max(text.rfind("\n", 0, start) + 1, start - _NEAR)
    before = text[first:start]
    if _FIELD.search(text[max(0, start - _NEAR) : start]) and _FIELDS_AFTER.match(text, end):
        return True
    if _AFTER.match(text, end) or _GIVEN_AFTER.match(text, end):
        return True
    if _IS.match(text, end) and not _OWNER.search(before):
        return True
    return _SOMEBODY.search(before) is None and _is_announced(text, before, end)


def _is_announced(text: str, before: str, end: int) -> bool:
    """Return whether a kind of machine precedes the name, and nothing that a person does follows."""
    if any(one.search(before) for one in (_NAMED_BEFORE, _GIVEN_BEFORE, _QUOTED_BEFORE)):
        return True
    return _BEFORE.search(before) is not None and _RELATIVE.match(text, end) is None


_COMPOUND: Final = re.compile(rf"(?:{_APPOSED}|rebooted|restarted|redeployed) ", re.IGNORECASE)


def name_without_kind(text: str, start: int, end: int) -> int:
    """Return where a name starts after the kind of machine, a noun in German: ``Knoten Emil``."""
    found = _COMPOUND.match(text, start, end)
    return found.end() if found else start
