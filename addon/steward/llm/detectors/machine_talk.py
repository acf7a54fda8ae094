"""What is said in five languages about machines, before and after their name, and about no person."""

import re
from typing import Final

_SIZE: Final = (
    r"\d{1,5}(?:[.,]\d{1,2})? ?(?:[KMGT]i?[Bo]|GHz|cores?|vcpus?|kerne?|cœurs?|núcleos|threads?|cpus?|disks?"
    r"|platten"
    r"|disques|discos|schijven|nics?|bays?|slots?)\b"
)
_UNITS_TEXT: Final = (
    r"(?:\d{1,5}(?:[.,]\d+)? ?(?:ms|s|sec|seconds?|sekunden|secondes|segundos|seconden|min|minutes?"
    r"|minuten)\b)"
)
_SYSTEM: Final = (
    r"(?:debian|ubuntu|fedora|proxmox|truenas|windows(?: \d+)?|linux|docker|home assistant|nixos|alpine"
    r"|openwrt"
    r"|opnsense|esxi|arch|freebsd|k3s|talos|kernel|zfs)"
)
_SELF: Final = (
    r"(?:(?:restarts?|reboots?|shuts?|powers?|turns?) (?:\w+ )?(?:itself|by itself|on its own|spontaneously)"
    r"|(?:redémarre|s['\u2019]éteint|reboote)(?: \w+){0,2} (?:tout seul|toute seule|en boucle)"
    r"|se (?:apaga|reinicia|cuelga|enciende)(?: \w+){0,2} (?:sol[oa]|cuando|cada|en bucle)"
    r"|(?:startet|bootet|schaltet)(?: sich)?(?: \w+){0,2} (?:von selbst|von alleine?"
    r"|selbst(?:ändig)?) ?(?:neu|aus|ab)?"
    r"|(?:herstart|start|gaat)(?: zich)?(?: \w+){0,2} (?:vanzelf|uit zichzelf))"
)
_AFTER: Final = re.compile(
    r"[ ](?:"
    rf"(?:has|hat|tiene|heeft|a|with|mit|avec|con|met|needs|got)[ ](?:only |nur |solo |maar "
    rf"|seulement )?{_SIZE}"
    r"|(?:is|ist|est|está)[ ](?:near |nearly |almost |fast |\d{1,3} ?% ?|presque |casi |bijna "
    r"|zu \d{1,3} ?% )(?:full"
    r"|voll|plein|llen[oa]|vol)\b"
    r"|exit(?:s|ed) with (?:code|status|signal|error)\b|(?:is )?(?:joined|left|joining"
    r"|leaving) the (?:cluster|quorum"
    r"|swarm|tailnet|mesh|pool|ring|raft)\b"
    rf"|(?:started|stopped|booted|built|starts|boots|compiled|loaded)[ ](?:up )?(?:in|within"
    rf"|after)[ ]{_UNITS_TEXT}"
    rf"|(?:runs|running|is running|läuft mit|läuft unter|tourne sous|corre|draait|is on"
    rf"|runs on)[ ]{_SYSTEM}\b"
    rf"|{_SELF}"
    r"|(?:is|are)[ ](?:unreachable|OutOfSync|degraded|read-only|crashlooping|out of (?:memory|disk|space"
    r"|inodes|sync))\b"
    r"|(?:wird|is|est|es|wordt)[ ](?:als|as an?|comme|como|recognised as|recognized as"
    r"|detected as)[ ]\w+[ ](?:erkannt"
    r"|angezeigt|herkend|detected)\b"
    r"|(?:meldet|reports|meldt|signale|informa de)[ ](?:papierstau|paper jam|smart|i/o|disk|crc|checksum|ecc"
    r"|high load)\b"
    r"|(?:latest )?handshake\b|as (?:notready|unhealthy|degraded)\b|uptime\b|: ok=\d|: no route to host"
    r")"
    r"|\.(?:ai|io|js|ts|py|rs|go|com|org|net|dev|app|exe|yaml|yml|conf|log|service|timer|socket|local|lan|md"
    r"|txt)\b"
    r"|/(?:disk|cpu|load|swap|mem|net|ping|ssh|http|root|var|data)\b"
    r"|\.{3} (?:done|ok|failed)\b",
    re.IGNORECASE,
)
"""What follows the name of a machine, and never that of a person."""

_PART: Final = (
    r"(?:cpu|ram|memory|disk|disks|load|utili[sz]ation|usage|latency|space|temperature|highload|vm|vms|lxc"
    r"|containers?"
    r"|osd\S{0,6}|uptime|cron\w{0,4}|pool|kernel|docker|swap|volumes?|snapshots?|partition|inodes|zfs|ceph"
    r"|systemd"
    r"|journal|firmware|bios|platte|platten|speicher|auslastung|last|disque|espace|mémoire|charge|disco"
    r"|espacio|carga"
    r"|memoria|schijf|geheugen|belasting|pods?|raid|nvme|ssd|interrupts?|dienste?|services?|ports?)"
)
_ON_FOLLOWED: Final = re.compile(
    r"[ ](?:läuft|laufen|draait|draaien|tournent?|corren?|runs?|il reste|il y a|hay|blijft|blijven|bleibt"
    r"|bleiben|queda"
    r"|quedan|steht debian|staat|sind \d|is running|are running|startet|ist die (?:platte|last)"
    r"|is de schijf)\b",
    re.IGNORECASE,
)
_ON: Final = re.compile(r"(?:^|(?<=\W))(?:on|auf|op|sur|en)[ ]\Z", re.IGNORECASE)
_PART_ON: Final = re.compile(
    rf"\b{_PART}[ ](?:\([^)]{{1,20}}\)[ ])?(?:on|auf|op|sur|en|of node|at node)[ ]\Z", re.IGNORECASE
)
_MOVES: Final = re.compile(
    r"\b(?:migrat\w*|replicat\w*|replikation\w*|failover|moved?|verschob\w*|verschoben|migrier\w*|sync\w*"
    r"|zfs send"
    r"|live migration|migré\w*|migrad[oa]|verhuisd|transfer)\b",
    re.IGNORECASE,
)
_MOVED_THING: Final = re.compile(
    r"\b(?:vms?|lxc|ct|containers?|nvmes?|ssds?|disks?|osds?|pools?|datasets?|volumes?|services?|jobs?|pods?"
    r"|pvcs?|"
    r"snapshots?|guests?|database|replication|kernel|platten?|disques?|discos?|schijven|nodes?|knoten"
    r"|dienste?)\b",
    re.IGNORECASE,
)
_BETWEEN_BEFORE: Final = re.compile(
    r"(?:[ ](?:from|von|de|desde|van|to|auf|nach|à|vers|a|naar|zu)|\w+[ ]?(?:→|->|=>|⇒)|(?:^|[ ])(?:job"
    r"|sync))[ ]?\Z",
    re.IGNORECASE,
)
_ARROW_AFTER: Final = re.compile(r"[ ]?(?:→|->|=>|⇒)")
_STATE_BEFORE: Final = re.compile(
    r"(?:^|[:\]][ ])(?:starting|stopping|restarting|loading|building|pulling|starte|stoppe|démarrage de"
    r"|arrêt de|"
    r"iniciando|starten van)[ ]\Z"
    r"|\b(?:peer|host|instance|target|upstream|quorum lost:|play recap)[ ]\Z"
    r"|\b(?:class|interface|struct|enum|extends|namespace|module|trait|impl)[ ]\Z",
    re.IGNORECASE | re.MULTILINE,
)
_STATE_AFTER: Final = re.compile(
    r"(?:\.{3}|[(:{]|[ ](?:and[ ]\w+[ ])?(?:is|are|was|has been|latest|offline|online|down|up|unreachable"
    r"|[({]|ok=|:)"
    r"|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
_RENAMED_BEFORE: Final = re.compile(
    r"\b(?:renamed?|umbenannt|renommé|renombrado|hernoemd)[ ]\Z", re.IGNORECASE
)
_RENAMED_AFTER: Final = re.compile(
    r"[ ](?:to|in|zu|en|a|naar)[ ](?:[a-z]{1,16}[-_]?\d{1,4}\b|[A-Z][a-z]+[A-Z])"
)
_COLOURS: Final = re.compile(
    r"[ ](?:green|red|grey|gray|grün|rot|grau|gelb|vert|rouge|gris|verde|rojo|groen|rood|grijs|offline"
    r"|as offline|down)\b"
)
_SHOWS: Final = re.compile(
    r"\b(?:proxmox|grafana|uptime kuma|checkmk|zabbix|nagios|netdata|gatus|kuma|beszel|glances|prometheus"
    r"|portainer|ceph"
    r"|unifi)[ ](?:shows?|zeigt|meldet|montre|muestra|toont|marks?|lists?|sees)[ ](?:\w+[ ]\w+[ ](?:and|und"
    r"|et|y|en)[ ])?\Z",
    re.IGNORECASE,
)
_REBOOTED: Final = re.compile(
    r"\b(?:reboot(?:ed|ing)?|redeploy(?:ed|ing)?|power[ -]?cycled?|restarted)[ ]\Z", re.IGNORECASE
)
"""Only machines are rebooted."""

_BESIDE: Final = (
    (_ON, _ON_FOLLOWED),
    (_SHOWS, _COLOURS),
    (_RENAMED_BEFORE, _RENAMED_AFTER),
    (_STATE_BEFORE, _STATE_AFTER),
)
"""What precedes the name of a machine, and what must follow it then."""

_NEAR: Final = 60


def is_talk_of_machines(text: str, start: int, end: int) -> bool:
    """Return whether what is beside ``text[start:end]`` is said of machines, and not of people."""
    if text.startswith(("'s", "\u2019s"), end):
        return False
    first = max(text.rfind("\n", 0, start) + 1, start - _NEAR)
    before = text[first:start]
    if _AFTER.match(text, end) or _PART_ON.search(before) or _REBOOTED.search(before):
        return True
    if any(one.search(before) and behind.match(text, end) for one, behind in _BESIDE):
        return True
    return _is_moved_between(text, first, start, end)


def _is_moved_between(text: str, first: int, start: int, end: int) -> bool:
    """Return whether a part of a machine is moved to or from it: ``moved the NVMe from Anton to Bertha``."""
    is_beside = _BETWEEN_BEFORE.search(text, first, start) or _ARROW_AFTER.match(text, end)
    before = text[first:start]
    return bool(is_beside) and _MOVES.search(before) is not None and _MOVED_THING.search(before) is not None
