"""Phrases that show how demanding a question is, in English, German and Dutch."""

import re
from typing import Final

_I: Final = re.IGNORECASE

COMMANDS: Final = re.compile(
    r"(?:please |can you |could you |hey,? |bitte |kannst du |kun je |wil je )?(?:turn|switch|set|dim"
    r"|open|close|lock|unlock|start|stop|restart|reboot|pause|resume|play|mute|unmute|skip|list|show"
    r"|run|activate|cancel|enable|disable|increase|decrease|raise|lower|wake|add|remove|approve|deny"
    r"|reject|snooze|silence|arm|disarm|power|shut|update|scan|trigger|ping|charge|vacuum|clean|dock"
    r"|announce|remind|call|next|previous|volume|good (?:night|morning)|yes|no|ok|undo|retry"
    r"|acknowledge|dismiss|status|uptime|quota|anything|take|back up|make a|create a (?:snapshot"
    r"|backup)|schalte?|mach|starte|stoppe?|öffne|schließe"
    r"|zeige?|liste|stell|stelle|setze|dimme|spiele?|pausiere|sperre|aktiviere|deaktiviere|füge|drehe?"
    r"|fahre|lösche|bestätige|gute nacht|zet|doe|herstart|sluit|toon|laat|dimme?|speel|pauzeer"
    r"|vergrendel|activeer|deactiveer|voeg|keur|welterusten)\b(?! (?:up|von|aus) (?:a|an|the) )",
    _I,
)
"""The start of a command."""

QUESTIONS: Final = re.compile(
    r"(?:what|what's|how|how's|is|are|was|were|when|when's|where|where's|which|who|who's|did|does|do"
    r"|any|has|have|will|can i|am i|was|wie|ist|sind|läuft|laufen|wann|wo|welche[rs]?|wer|hat|haben"
    r"|gibt|funktioniert|kommt|wat|hoe|hoeveel|zijn|staat|draait|draaien|wanneer|waar|welke?|wie|heeft"
    r"|hebben|doet|werkt)\b",
    _I,
)

STATES: Final = re.compile(
    r"\b(?:temperature|humidity|full|open|closed|on|off|running|stopped|online|offline|up|down|left"
    r"|free|last|next|latest|backups?|status|state|power|battery|uptime|ip|usage|home|locked|unlocked"
    r"|waiting|waits|pending|approvals?|quota|today|tonight|yesterday|updates?|space|speed|warm|cold"
    r"|hot|weather|time|containers?|pods?|vms?|services?|version|connected|playing|healthy|unhealthy"
    r"|fine|alerts?|broken|wrong|load|cpu|memory|expires?|level|sun|co2|doorbell|phone|options?|disks?"
    r"|windows?|doors?|lights?|rack|nas|snapshots?|scrub|reboot(?:ed)?|failed|firing|incidents?|there"
    r"|warm|kalt|voll|läuft|laufen|offen|zu|geschlossen|aus|an|online|ausgefallen|durchgelaufen"
    r"|temperatur|feuchtigkeit|strom|akku|stand|status|sicherung|container|dienste|updates|platz|hause"
    r"|uhr|letzte[rs]?|nächste[rs]?|heute|gestern|vol|open|dicht|slot|aan|uit|draait|draaien"
    r"|temperatuur|vochtigheid|batterij|laatste|volgende|vandaag|gisteren|thuis|buiten|zon|updates?"
    r"|ruimte|backup)\b",
    _I,
)
"""States that the app can report without a model."""

JUDGEMENTS: Final = re.compile(
    r"\b(?:mean|means|meaning|problem|explain|difference|why|should|normal|patch|major|minor|newer"
    r"|older|survives?|first|best"
    r"|recommend|better|worse|bad|dangerous|risky?|safe|enough|too|urgent|important|encrypted|default"
    r"|stands? for|abbreviation|protects?|support(?:s|ed)?|compatible|worth|required|necessary"
    r"|typical(?:ly)?|common(?:ly)?|may|how (?:do|can|to|would)|in general|purpose|bedeutet|heißt"
    r"|problem|schlimm|sicher|gefährlich|genug|unterschied|besser|warum|wieso|wofür|wozu|sollte|normal"
    r"|standardmäßig|betekent|erg|erger|normaal|veilig|gevaarlijk|genoeg|verschil|beter|waarom|waarvoor"
    r"|zou)\b|\bwhat do(?:es)? [^?\n]{2,60} do\b|\bhow many [^?\n]{1,40} (?:can|may|should|does|do)\b"
    r"|^(?:does|do|can) [^?\n]{1,40} (?:replace|need|work|count|require|slow|break)\b|\bwhat(?:'s"
    r"| is) an? |\bwat is een |\bwas ist (?:ein|eine|der unterschied) |\d[\d.,]*[ ]?(?:%|°|[kmgt]i?b\b"
    r"|ms\b|watts?\b|mbit)|\b(?:is|are|does|do|ist|zijn) an? ",
    _I,
)
"""The question asks for an explanation, not for a state."""

SHORT_WORK: Final = re.compile(
    r"\b(?:in (?:one|a|two|three|five|ten|\d+|simple|plain|einem|zwei|één|een) (?:line|short sentence"
    r"|sentence|word|words|sentences|satz|sätzen|wort|zin|zinnen|woord)s?|one[- ](?:line|sentence|word)"
    r"|two-sentence|one-liner|classify|extract|translate|rephrase|reword|shorten|label|tag"
    r"|categori[sz]e|spell|headline|convert (?:\d|this (?:timestamp|date|unix))|into (?:words|english"
    r"|german|dutch)|short(?:ly)?|brief(?:ly)?|name (?:the|a|three|two|this|it)|true or false|yes or no"
    r"|yes/no|title|friendlier|politely|priority|severity|regex|more (?:likely|urgent)|give me (?:a|one"
    r"|the) (?:regex|sentence|short|word|name)|to \d+ (?:characters|words)|from 1 to|cron (?:line"
    r"|expression)|fill in|phone screen|reply to|pick|say whether|übersetze|kurz|in einem satz|nenne"
    r"|titel|vertaal|kort|in één zin|noem)\b",
    _I,
)
"""Work of one step, such as to shorten a line or to pick one of several."""

SHORT_QUESTION: Final = re.compile(
    r"\b(?:what does|what do|what is|what's|what was|what kind|what unit|which of these|which is more"
    r"|how many|stands? for|meaning of|default|needs? a reboot|permission|was bedeutet|was heißt"
    r"|was ist|wofür steht|wat betekent|wat is|waar staat)\b|^(?:is|are|does|do|can|ist|zijn|was"
    r"|has)\b[^.?!\n]*\?$",
    _I,
)
"""A question for one explanation or assessment."""

_WRITE_VERBS: Final = (
    r"(?:write|draft|create|make|build|generate|compose|produce|plan|design|prepare|develop"
    r"|turn [^.?!\n]{0,60}into|convert [^.?!\n]{0,60}to|convert [^.?!\n]{0,60}into|schreibe?|erstelle?"
    r"|entwirf|baue?|plane|schrijf|maak|ontwerp|stel [^.?!\n]{0,40}op)"
)
_ARTEFACT_NAMES: Final = (
    r"(?:automation|automatisering|script|skript|runbook|playbook|compose[- ]?(?:file|bestand)?"
    r"|docker-compose|dashboard|panel|alert rule|rules?|recording rule|template(?: sensor)?|sensor"
    r"|blueprint|plan|checklist|table|tabelle|post-?mortem|incident report|report|card|quer(?:y|ies)"
    r"|config(?:uration)?|konfiguration|manifest|exporter|integration|role|timers?|services?|files?"
    r"|groups|packages|policy|summary|concept|konzept|architecture|helper|operator|library|tests?)"
)
ARTEFACTS: Final = re.compile(rf"\b{_WRITE_VERBS}\b[^.?!\n]{{0,80}}?\b{_ARTEFACT_NAMES}\b", _I)
"""A text to write that is longer than one line."""

MATERIAL: Final = re.compile(
    r"\bstep by step\b|^(?:explain|review|check|analy[sz]e|rewrite|debug|go over) (?:this|these|my)\b"
    r"|\b(?:here (?:is|are)|hier (?:ist|sind|is|zijn)|below|attached|(?:these|those|following|this|last"
    r"|my|diese[rns]?|deze|dit|the|two|three) (?:\w+[ -]){0,4}?(?:logs?|lines|release notes|changelog"
    r"|configuration|config|yaml|manifest|trace|stack ?trace|traceback|values|outputs?|metrics|events"
    r"|messages|notes|rules|files?|compose|compose-bestanden|history|data|reports?|mails?|e-?mails?"
    r"|alerts|incidents|incident log|versions|timeline|tcpdump|script|thread|protokolle?|bestanden"
    r"|metingen|release-notes|pull requests|list of)|(?:log|logs|trace|yaml|configuration|config|data"
    r"|rules|template|metrics|settings|manifest|states) (?:follows?|is below|are below|are attached"
    r"|of (?:today|yesterday|both|the last))|read (?:these|this|the)|look (?:at|through)|go through"
    r"|given (?:the|my|these|that))\b",
    _I,
)
"""A text to read first."""

WORK: Final = re.compile(
    r"\b(?:compare|vergleiche?|vergelijk|explain|erkläre?|leg (?:\w+ )?uit|summari[sz]e|analy[sz]e"
    r"|analysiere|analyseer|review|investigate|diagnose|find out|debug|troubleshoot|rewrite|refactor"
    r"|check|prüfe|controleer|why|warum|wieso|waarom|what (?:could|can) cause|causes?|group|split"
    r"|propose|work out|help me|plan (?:the|a|an|my|how)|step by step|steps|schritte|stappen|in common"
    r"|which (?:environment"
    r"|settings|variables)|tell me which|what is different|how (?:do|can|should|would) (?:i|we)"
    r"|wie (?:kann|richte|stelle)|hoe (?:kan|stel)|write|draft|create|schreibe?|schrijf)\b",
    _I,
)

DEEP_EVIDENCE: Final = re.compile(
    r"\b(?:perf|flame ?graphs?|profiles?|arcstats?|iostat|strace|tcpdump|pcap|ebpf|heap|core dumps?"
    r"|kdump|mce|ipmi|nfsstat|mountstats|conntrack|softirq|mtu|latency|spikes?|kernel|deadlock"
    r"|regression|race condition|bufferbloat|cpu steal|iowait|microbursts?|pause frames|packet drops?"
    r"|drops? frames|fsync|compaction|slow ops|arc hit rate|write amplification|split-brain|backtraces?"
    r"|memory leak|leaks memory|lag|time ?outs?|throughput|io wait|latenz|dropped packets)\b",
    _I,
)


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, _I) for pattern in patterns)


DEEP: Final = _compiled(
    r"\b(?:root[- ]cause|causal)[- ]?(?:chain)?|\bchain of causes|ursachenkette",
    (
        r"\b(?:design|architect|entwirf|entwickle|ontwerp|model|build|plan|concept"
        r"|konzept)\b[^.?!\n]{0,80}\b(?:migrat\w+|architectur\w+|architektur|platform|network|netz\w*"
        r"|concept|konzept|availab\w+|hochverfügbar\w*|recovery|replication|cluster|system|budget"
        r"|strategy|moving|umzug|migratie)\b"
    ),
    (
        r"\b(?:[3-9]\d\d|\d{4,})[- ]?(?:lines?|zeilen|regels)\b|\b(?:whole|entire"
        r"|complete) (?:\w+ ){0,2}(?:repositor\w+|code ?base|configuration|repo)\b"
    ),
    (
        r"\b(?:write|implement|build|refactor|create|develop)\b[^.?!\n]{0,60}\b(?:python|golang|go|rust"
        r"|typescript|java|c|c\+\+|fastapi)\b[^.?!\n]{0,80}\b(?:exporter|service|library|package"
        r"|backend|operator|driver|proxy|relay|integration|tests|daemon|module|modbus|api|server)\b"
        r"|\b(?:write|implement|build)\b[^.?!\n]{0,60}\b(?:exporter|operator|csi driver"
        r"|custom integration|library|proxy|backend|converter|relay)\b"
    ),
)
"""Too demanding for a local model: causal chains, designs, whole programs."""

DEMANDING: Final = _compiled(
    r"\b(?:migrat\w+|umzug|migratie|(?:move|moving|upgrade|upgrading) (?:from|of|my|all|everything) )",
    r"\b(?:roll ?back|rückfall\w*|rückfallplan|terugval\w*|way back at each|back out)\b",
    r"\b(?:no|zero|without|ohne|zonder|minutes of) (?:\w+ )?(?:downtime|ausfall|uitval|data loss|outage)",
    (
        r"\b(?:high availability|fail-?over|disaster|redundan\w+|hochverfügbar\w*|multi-?tenant|zero-trust"
        r"|two-site|off-?site|hoge beschikbaarheid)"
    ),
    (
        r"\b(?:security|idempotency|concurrency|race|performance|threat|inconsistent"
        r"|version) (?:problems?|errors?|review|audit|model|bugs?|conditions?|conflicts?|naming)\b"
        r"|\binsecure defaults|\bconflicting actions"
    ),
    (
        r"\b(?:audit|refactor|reimplement|fuzzing|benchmark|capacity|trade-?offs?|failure modes"
        r"|back-?pressure|leader election)\b"
    ),
    (
        r"\b(?:[1-9]\d|\d{3,}) (?:\w+[ -]){0,3}?(?:services?|hosts?|nodes?|vms?|machines?|containers?"
        r"|clusters?|stacks?|modules?|roles?|helmreleases?|automations?|devices?|dienste[n]?|diensten"
        r"|tb|tib|options|deployments|manifests)\b"
    ),
    (
        r"\b(?:three|four|five|six|two|drei|vier|fünf|drie|vijf)[- ](?:node|site|cluster|hosts?|vlans?"
        r"|families|options|implementations|knoten|knooppunten)"
    ),
    (
        r"\b(?:with|and|including|,) (?:\w+ ){0,3}?(?:unit |integration |end-to-end )?tests?\b"
        r"|\btest-?suite\b|\btest harness"
    ),
    r"\bci (?:pipeline|workflow)|\bhelm chart|\btype (?:hints|definitions)|\bconfig flow",
    r"\bbreaking changes\b",
    r"\b(?:in )?(?:which|what) order\b|\bupgrade path\b",
    r"\bbetween [^?!\n]{0,40}\d[^?!\n]{0,20} and [^?!\n]{0,20}\d|\b\d+(?:\.\d+)+ to \d+(?:\.\d+)+",
    r"\b(?:prove|disprove|proof|verify each|confirm it|design experiments|experiments (?:to|that))\b",
    r"\b(?:propose|produce) (?:patches|a patch|fixes|changes|refactorings)|\b(?:pull requests|as patches)\b",
    (
        r"\bbefore and after\b|\bcorrelat\w+|\bintermittent\w*|\bwhat changed\b|\brandom reboots\b"
        r"|\bevery (?:few|\d+) (?:days|hours)"
    ),
    r"\b(?:costs?|quotas|billing|staged|test plan|testplan|proof plan|failover-?tests?|encryption)\b",
)
"""Makes a task harder; several of these together are too demanding for a local model."""
