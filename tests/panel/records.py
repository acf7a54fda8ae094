"""Stored records of the scene, as the app answers queries of the panel."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import scene
from scene import NOW

from homelab_steward.contract.autonomy import (
    AutonomyCell,
    AutonomyLevel,
    LevelAnswer,
    RunbookLevel,
    RunbookLevels,
)
from homelab_steward.contract.changes import Changes, ChangeStatus
from homelab_steward.contract.commands import ActionRequested, Incidents
from homelab_steward.contract.devices import (
    Agreement,
    Aspect,
    BlindMonitor,
    DeviceAspect,
    DevicesView,
    DeviceView,
    MatchAnswer,
    MatchQuestion,
    Method,
    Statement,
    Word,
)
from homelab_steward.contract.doctor import (
    Area,
    AreaChecked,
    DoctorReport,
    Finding,
    FindingSeverity,
    HealthPart,
    Versions,
)
from homelab_steward.contract.false_alarms import CoolDown, CoolDowns
from homelab_steward.contract.incidents import ApprovalStatus, Incident, Severity, Verb
from homelab_steward.contract.mode import StewardMode
from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.preferences import Preference, Preferences, PreferenceState
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.records import (
    AuditPage,
    AuditRecord,
    AuditVerification,
    CheckRecord,
    DailyUse,
    DeploymentRecord,
    IncidentRecord,
    LastPoll,
    LastPolls,
    LedgerPage,
    LedgerRecord,
    ModelRecords,
    RecipeRecord,
    Route,
    RunbookRecord,
    RunbookRecords,
)
from homelab_steward.contract.reports import ReportSection
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookReport,
    RunbookTarget,
    RunbookTargets,
)
from homelab_steward.contract.schedules import (
    CheckedSchedule,
    Choice,
    Mistake,
    QuestionSettings,
    Schedule,
    ScheduledMessage,
    ScheduleKind,
    ScheduleResult,
    Schedules,
)
from homelab_steward.contract.state import FrontEnd, TargetRef
from homelab_steward.contract.target_names import Aliases

type Json = dict[str, Any]
type Answer = Callable[[Json], Any]

TRANSLATIONS = Path(__file__).parents[2] / "translations"

TEXT = """# Container memory

A container that uses *almost all* of its memory is stopped by the kernel. **More memory** helps at once.

1. Look at `memory_share`.
2. If it was a scan, wait.

| Reading | Meaning |
|---|---|
| above 95 % | act |

See [the documentation](https://example.org/docs) and [not a link](javascript:alert(1)).
"""

GERMAN = {
    "Servers": "Server",
    "Set memory": "Speicher festlegen",
    "Container memory is almost full": "Speicher eines Containers ist fast voll",
}

VETO = AutonomyCell(
    runbook_id="container-memory",
    version=2,
    recipe="increase",
    label="Increase memory to {amount}",
    target_class="application",
    level=AutonomyLevel.VETO,
    evidence=31.4,
    undo_evidence=12.25,
    good=41,
    bad=1,
    unknown=2,
    automatic=37,
    harm_bound=0.0778,
    missing=("Evidence 31.4 of 40", "Two good runs on Jellyfin itself"),
    since=scene.ago(days=12),
)
ASK = replace(
    VETO,
    recipe="restart",
    label="Restart",
    level=AutonomyLevel.ASK,
    evidence=5.6,
    good=9,
    automatic=0,
    harm_bound=1.0,
    missing=(),
    is_owner_only=True,
)
MEMORY = RunbookLevel(
    id="container-memory",
    title="Container memory is almost full",
    level=AutonomyLevel.ASK,
    cells=(VETO, ASK),
)
LEVELS = RunbookLevels(
    levels=(MEMORY, RunbookLevel(id="disk-failing", title="A disk is failing", level=AutonomyLevel.ASK))
)


DOCTOR = DoctorReport(
    at=scene.ago(hours=1),
    versions=Versions(app="1.0.0", contract=1, database="0001", python="3.14.2", integration="1.0.0"),
    areas=(
        AreaChecked(area=Area.STORAGE, text="12 GiB"),
        AreaChecked(area=Area.NETWORK, text="", not_checked=("192.0.2.7: 8099",)),
    ),
    findings=(
        Finding(
            id="certificate.pve",
            area=Area.SERVICES,
            severity=FindingSeverity.WARNING,
            subject="Proxmox",
            problem="2026-12-03",
            why="TLS",
            remedy="certbot renew",
        ),
    ),
    health=(
        HealthPart(key="database", ok=True, value=48.5 * 1024**2),
        HealthPart(key="disk", ok=True, value=12.0 * 1024**3, limit=512.0 * 1024**2),
        HealthPart(key="event_loop", ok=True, value=0.042, limit=0.5),
        HealthPart(key="polls", ok=True, value=0, limit=0),
        HealthPart(key="queues", ok=False, value=1500.0, limit=600.0, reasons=("telegram: 1 → 0",)),
        HealthPart(key="models", ok=None),
        HealthPart(key="front_ends", ok=True, value=1, limit=1),
        HealthPart(key="backups", ok=True, value=5.0 * 3600, limit=48.0 * 3600),
    ),
)


def says(instance: str, word: Word, *, since: bool = True, is_fresh: bool = True) -> Statement:
    return Statement(
        instance_id=instance.lower(),
        instance=instance,
        name="nas",
        method=Method.ICMP,
        word=word,
        since=scene.ago(minutes=12) if since else None,
        checked_at=scene.ago(seconds=20),
        is_fresh=is_fresh,
    )


NAS = DeviceView(
    id="librenms/device/7",
    name="nas",
    names=("nas", "Storage of the living room with a long name"),
    members=("librenms/device/7", "prtg/device/9"),
    aspects=(
        DeviceAspect(
            aspect=Aspect.REACH,
            verdict=Agreement.SPLIT,
            why="Some monitors report the problem, others say that there is none",
            statements=(
                says("LibreNMS", Word.UP),
                replace(says("PRTG", Word.DOWN), right=18, settled=20),
                says("Gatus", Word.UP, is_fresh=False),
                replace(says("Home Assistant", Word.UP), repeats="LibreNMS"),
            ),
        ),
        DeviceAspect(
            aspect=Aspect.SERVICE,
            part="443",
            verdict=Agreement.UP,
            why="Nobody reports the problem",
            statements=(says("Uptime Kuma", Word.UP, since=False), says("PRTG", Word.PAUSED)),
        ),
    ),
)
CAMERA = DeviceView(
    id="prtg/device/11",
    name="camera",
    names=("camera",),
    members=("prtg/device/11",),
    aspects=(
        DeviceAspect(
            aspect=Aspect.CAPACITY,
            verdict=Agreement.ALONE,
            why="Only one independent witness reports the problem",
            statements=(says("PRTG", Word.DOWN), says("LibreNMS", Word.UNKNOWN)),
        ),
    ),
)
SWITCH = {
    "first": "librenms/device/3",
    "second": "prtg/device/4",
    "first_name": "sw1",
    "second_name": "switch",
}
DEVICES = DevicesView(
    devices=(NAS, CAMERA),
    questions=(MatchQuestion(**SWITCH, score=0.82, why="same address, same name"),),
    answers=(
        MatchAnswer(
            first="librenms/device/5",
            second="prtg/device/6",
            first_name="ap",
            second_name="access point",
            is_same=True,
            decided_at=scene.ago(days=1),
        ),
    ),
    blind=(
        BlindMonitor(
            instance_id="gatus", name="Gatus", why="It has checked nothing since 2026-11-20 12:00 UTC"
        ),
    ),
    total=2,
)


class Monitored:
    """The devices, with what a person says about those that may be the same."""

    def __init__(self) -> None:
        self.view = DEVICES

    def devices(self, message: Json) -> Any:
        fitting = [one for one in self.view.devices if message.get("text", "") in one.name]
        return replace(self.view, devices=tuple(fitting), total=len(fitting)).to_dict()

    def match(self, message: Json) -> Any:
        key = message["first"]
        questions = [one for one in self.view.questions if one.first != key]
        answers = [one for one in self.view.answers if one.first != key]
        if message["is_same"] is None:
            questions += DEVICES.questions
        else:
            answers.insert(
                0, MatchAnswer(**SWITCH, is_same=message["is_same"], decided_at=scene.ago(seconds=1))
            )
        self.view = replace(self.view, questions=tuple(questions), answers=tuple(answers))
        return {}


HEALTH = RunbookReport(
    title="Health check",
    headline="1 problem was found. 7 services were read.",
    sections=(
        ReportSection(title="Problems", lines=("tank is 96 % full (TrueNAS)",)),
        ReportSection(
            title="Last backups", lines=("radarr: 2 days ago (Proxmox VE)", "<b>adguard</b>: 12 hours ago")
        ),
    ),
    problems=1,
)


def runbook_targets(runbook_id: str) -> RunbookTargets:
    """Return two containers, everything for the health check, and nothing for the others."""
    found = tuple(
        RunbookTarget(target=TargetRef(instance_id="pve", kind="container", id=number, name=name), name=name)
        for number, name in (("105", "radarr"), ("106", "sonarr"))
    )
    if runbook_id == "container-memory":
        return RunbookTargets(targets=found)
    if runbook_id == "health-check":
        instance = TargetRef(instance_id="pve", kind="instance", id="pve", name="Proxmox VE")
        one = RunbookTarget(target=instance, name=instance.name)
        return RunbookTargets(targets=(one,), only_reads=True, is_for_all=True)
    return RunbookTargets(reason="No step applies to anything that is configured.")


RUNBOOKS = RunbookRecords(
    runbooks=(
        RunbookRecord(
            id="container-memory",
            version=2,
            title="Container memory is almost full",
            text=TEXT,
            recipes=(
                RecipeRecord(
                    id="more-memory",
                    label="Increase memory of {target}",
                    kind=OptionKind.ACT,
                    steps=("Set memory",),
                    verify=("memory usage below 85 %",),
                ),
                RecipeRecord(id="restart", label="Restart {target}", kind=OptionKind.ACT, steps=("Restart",)),
                RecipeRecord(id="look", label="Investigate", kind=OptionKind.INVESTIGATE),
            ),
            alerts=("ContainerMemoryHigh",),
            checks=("Container memory",),
        ),
        RunbookRecord(
            id="health-check",
            version=1,
            title="Health check",
            text="# Health check\n\nEvery service is polled.",
            recipes=(RecipeRecord(id="read", label="Read {target}", kind=OptionKind.INVESTIGATE),),
        ),
        *(
            RunbookRecord(
                id=f"runbook-{number}",
                version=1,
                title=title,
                text=f"# {title}\n\nWhat to do.",
                recipes=(),
                alerts=(title.replace(" ", ""),),
            )
            for number, title in enumerate(("Backup failed", "Certificate expires", "Pool is degraded"))
        ),
    ),
    can_save=True,
)

MODELS = ModelRecords(
    deployments=(
        DeploymentRecord(
            id="local",
            tier="local",
            model="qwen3:8b",
            embedding_model="nomic-embed-text",
            server="ollama.example.org",
            takes_masked=False,
            size="small",
            good_at=("state", "extraction"),
            used=31,
            tokens=18_400,
            check=CheckRecord(tools="schema", languages=("en", "nl"), weak=("de", "fr", "es"), speed=9.4),
        ),
        DeploymentRecord(
            id="flash",
            tier="cloud",
            model="gemini-flash",
            embedding_model="",
            server="models.example.org",
            takes_masked=True,
            used=88,
            tokens=41_200,
            cost=0.31,
            limits=(
                LimitUse(kind="daily_requests", used=88, limit=100),
                LimitUse(kind="weekly_tokens", used=412_000, limit=2_000_000),
                LimitUse(kind="daily_cost", used=0.31, limit=0.5),
            ),
            reserve_percent=10,
            check=CheckRecord(tools="native", languages=("en", "de", "fr", "es", "nl"), speed=84.0),
        ),
    ),
    currency="EUR",
    routing=(
        Route(work="code", steps=("local_large", "cloud_small"), is_changed=True),
        Route(work="simple", steps=("local_small", "cloud_small", "premium_large")),
    ),
    use=tuple(
        DailyUse(deployment=name, day=f"{NOW - timedelta(days=day):%Y-%m-%d}", used=(day * 7 + start) % 40)
        for day in range(14)
        for name, start in (("local", 31), ("flash", 12))
    ),
)

MESSAGE = ScheduledMessage(
    id="security-review/1",
    schedule_id="security-review",
    title="Security review",
    due_at=NOW - timedelta(days=5),
    made_at=NOW - timedelta(days=5),
    lines=("portainer (Docker) runs privileged", "The certificate of NAS expires in 3 days"),
    not_checked=("Ports that the steward does not use, and what a router forwards",),
    summary="Look at the certificate first.",
    worded_by="ollama",
)
DISKS = Schedule(
    id="disks",
    title="Storage before the weekend, with a title that needs more than one line",
    kind=ScheduleKind.QUESTION,
    cron="0 17 * * 5",
    zone="America/New_York",
    said="Friday, 17:00",
    is_own=True,
    next_at=NOW + timedelta(days=6),
    due_at=NOW - timedelta(days=1),
    result=ScheduleResult.FAILED,
    failures=1,
    reason="the database is locked",
    version="v1",
    question=QuestionSettings(
        title="Storage before the weekend, with a title that needs more than one line",
        cron="0 17 * * 5",
        zone="America/New_York",
        rules=("backups",),
        tools=("nas/pools", "gone/status"),
        prompt="What should be done first?",
    ),
)
SCHEDULES = Schedules(
    schedules=(
        Schedule(
            id="backup",
            title="Backup of the steward",
            kind=ScheduleKind.BACKUP,
            said="every 24 hours",
            every_hours=24.0,
            next_at=NOW + timedelta(hours=3),
            due_at=NOW - timedelta(hours=21),
            result=ScheduleResult.DONE,
        ),
        Schedule(
            id="security-review",
            title="Security review",
            kind=ScheduleKind.QUESTION,
            cron="0 10 * * 1",
            said="Monday, 10:00",
            is_changed=True,
            next_at=NOW + timedelta(days=2),
            due_at=MESSAGE.due_at,
            result=ScheduleResult.DONE,
            last=MESSAGE,
            version="v2",
            question=QuestionSettings(title="Security review", cron="0 10 * * 1", rules=("containers",)),
        ),
        DISKS,
        Schedule(
            id="by-hand",
            title="By hand",
            kind=ScheduleKind.QUESTION,
            cron="*/5 * * * *",
            said="*/5 * * * *",
            is_own=True,
            is_enabled=False,
            read_only="The file has comments, which would be lost. Change it in the folder.",
            question=QuestionSettings(title="By hand", cron="*/5 * * * *", rules=("updates",)),
        ),
    ),
    wrong=("old.yaml, line 2: “cron” is missing",),
    rules=(
        Choice(id="backups", name="Backups older than a week"),
        Choice(id="updates", name="Updates that services report"),
    ),
    tools=(Choice(id="nas/pools", name="NAS: Pools"), Choice(id="pve/status", name="Proxmox: Status")),
)


def save_schedule(message: Json) -> Json:
    """Check a question as the app does: only its time here."""
    question = QuestionSettings.from_plain(message["question"])
    if question.cron.count(" ") != 4:
        mistake = Mistake(key="cron", text="it needs five fields: minute, hour, day of the month, month")
        return CheckedSchedule(mistakes=(mistake,)).to_dict()
    times = tuple(NOW + timedelta(days=day) for day in (1, 2, 3))
    is_saved = not message.get("only_check")
    saved = replace(DISKS, id=message.get("schedule_id", "new-one"), title=question.title, question=question)
    return CheckedSchedule(
        said="every day, 09:00", next_at=times, schedule=saved if is_saved else None
    ).to_dict()


LEDGER = LedgerPage(
    entries=tuple(
        LedgerRecord(
            id=number,
            at=NOW - timedelta(hours=60 - number),
            deployment="flash",
            tier="cloud",
            task="diagnosis" if number % 3 else "chat",
            bytes=900 + number * 37,
            privacy="private" if number % 4 == 0 else "public",
            masked=number % 4,
            digest="d" * 64,
        )
        for number in range(50, 0, -1)
    ),
    total=128,
)

COOL_DOWN = CoolDown(
    id="cool1",
    alert="UPSOnBattery",
    title="The UPS runs on its battery",
    category="infrastructure",
    incident_id="incident-1",
    count=1,
    marked_at=NOW,
    until=NOW + timedelta(days=1),
    person_name="Robin",
)

PREFERENCE = Preference(
    id="p1",
    title="Backup of jellyfin failed",
    category="media",
    severity=Severity.WARNING,
    state=PreferenceState.PROPOSED,
    first_at=NOW - timedelta(days=20),
    last_at=NOW,
    ignored=4,
)


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60" role="img" aria-label="Each day">'
    '<rect x="10" y="20" width="20" height="40" fill="#2e7d32" onclick="alert(1)"/>'
    '<text x="10" y="58" style="background:url(https://example.org)">Mon</text>'
    "<script>alert(1)</script><image href='https://example.org/x.png'/></svg>"
)
REPORT: Json = {
    "title": "Week until 28 November",
    "headline": "5 incidents, 4 resolved.",
    "sections": [
        {"title": "Incidents of the week", "lines": ["5 opened, 3 in the week before", "4 resolved"]}
    ],
    "pictures": [{"key": "days", "title": "Incidents of each day", "svg": SVG}],
    "markdown": "# Week until 28 November\n",
}


def names_in(language: str) -> dict[str, str]:
    """Return the names that the app has in a language, with those of the scene."""
    if language == "en":
        return {}
    names: dict[str, str] = json.loads((TRANSLATIONS / f"{language}.json").read_text())["names"]
    return names | (GERMAN if language == "de" else {})


def audit_page(message: Json) -> Json:
    """Return a page of an audit log with 240 entries."""
    first = min(message.get("before", 241), 241) - 1
    events = ("approval.decided", "run.step", "incident.opened", "approval.refused")
    entries = [
        AuditRecord(
            position=number,
            at=NOW - timedelta(minutes=240 - number),
            event=events[number % 4],
            body='{"approval":"request-2","person":"sam","verb":"approve"}',
            previous="0" * 64,
            digest="a" * 64,
        )
        for number in range(first, 0, -1)
        if events[number % 4].startswith(message.get("event", ""))
    ]
    limit = message.get("limit", 50)
    return AuditPage(entries=tuple(entries[:limit]), has_more=len(entries) > limit).to_dict()


def incident_page(rows: tuple[Incident, ...], message: Json) -> Json:
    """Return the page of the incidents that match."""
    found = [
        one
        for one in rows
        if one.status.value in message.get("statuses", [one.status.value])
        and one.severity.value in message.get("severities", [one.severity.value])
        and message.get("text", "").lower() in one.title.lower()
        and message.get("category", one.category) == one.category
    ]
    shown = [one for one in found if one.number < message.get("before", 10**9)][: message.get("limit", 50)]
    return Incidents(incidents=tuple(shown), total=len(found)).to_dict()


OLD_UPDATE = scene.update(
    "old", old="3.9.9", new="4.0.0", status=ChangeStatus.DONE, until=None, updated_at=scene.ago(days=200)
)
CHANGED = {
    "ask_change": ChangeStatus.ASKED,
    "defer_change": ChangeStatus.DEFERRED,
    "reject_change": ChangeStatus.REJECTED,
    "offer_change": ChangeStatus.READY,
}


def change_of(status: ChangeStatus) -> Answer:
    """Return what answers a command about an update with its new status."""

    def answer(message: Json) -> Json:
        found = next(one for one in scene.CHANGES if one.id == message["change_id"])
        return replace(found, status=status).to_dict()

    return answer


def alias_answers() -> dict[str, Answer]:
    """Return the answers about other names."""
    names = list(scene.ALIASES)

    def shown(message: Json) -> Json:
        wanted = message.get("instance_id")
        found = tuple(one for one in names if wanted in (None, one.target.instance_id))
        return Aliases(aliases=found).to_dict()

    def add(message: Json) -> Json:
        names.append(scene.alias(message["name"], message["target_id"], kind=message["kind"]))
        return shown(message)

    def remove(message: Json) -> Json:
        names[:] = [one for one in names if one.name != message["name"]]
        return shown(message)

    return {"aliases": shown, "add_alias": add, "remove_alias": remove}


def shown_tool(tool: Json) -> Json:
    """Return a tool of another server as Home Assistant gives it to the panel."""
    found = json.loads(tool["definition"] or "{}")
    before, after = (
        json.dumps(json.loads(one), indent=2) if one and tool["state"] == "changed" else ""
        for one in (tool["accepted"], tool["definition"])
    )
    described = found.get("description", "").replace("\u202e", "")
    return tool | {"description": described, "accepted": before, "definition": after}


def answers(number: int) -> dict[str, Answer]:
    """Return the answers of an app with this many incidents, by command."""
    incidents = scene.incidents(number)
    requests = {one.id: one for one in (*scene.requests(number), scene.SCHEDULED)}
    monitored = Monitored()

    def decide(message: Json) -> Json:
        request = (requests | {scene.ACTING_ALONE.id: scene.ACTING_ALONE})[message["approval_id"]]
        if message["verb"] == "snooze":
            until = datetime.fromtimestamp(message["until"], UTC)
            return replace(request, snoozed_until=until).to_dict()
        status = {
            "approve": ApprovalStatus.APPROVED,
            "reject": ApprovalStatus.REJECTED,
            "ignore": ApprovalStatus.IGNORED,
            "cancel": ApprovalStatus.REJECTED,
        }[message["verb"]]
        option = request.proposal.option(message.get("option", 0))
        decision = replace(
            scene.DECISION,
            verb=Verb(message["verb"]),
            via=FrontEnd.PANEL,
            person_name="Robin",
            at=NOW,
            label=option.label if option else "",
        )
        return replace(request, status=status, decision=decision).to_dict()

    def incident(message: Json) -> Json:
        found = next(one for one in incidents if one.id == message["incident_id"])
        return IncidentRecord(
            incident=found,
            approvals=tuple(one for one in requests.values() if one.incident_id == found.id),
            runs=(found.run,) if found.run else (),
        ).to_dict()

    def run_runbook(message: Json) -> Json:
        if message["runbook_id"] == "health-check":
            return RunbookAnswer(report=HEALTH).to_dict()
        return RunbookAnswer(request=requests["request-5"]).to_dict()

    def request_action(message: Json) -> Json:
        if message.get("only_dry_run"):
            return ActionRequested(approval_id=None, incident_id="", option=scene.OPTIONS[0]).to_dict()
        return ActionRequested(approval_id="request-5", incident_id="incident-5").to_dict()

    return {
        "decide": decide,
        "incident": incident,
        "incidents": lambda message: incident_page(incidents, message),
        **alias_answers(),
        "comment": lambda message: incident({"incident_id": message["incident_id"]})["incident"],
        "last_polls": lambda _: LastPolls(
            polls=(LastPoll(instance_id="pve", at=scene.ago(seconds=20)),)
        ).to_dict(),
        "runbook_source": lambda _: {
            "id": "container-memory",
            "source": "---\nversion: 2\n---\n",
            "is_own": True,
        },
        "save_runbook": lambda _: replace(RUNBOOKS.runbooks[0], version=3).to_dict(),
        "names": lambda message: {"names": names_in(message["language"])},
        "report": lambda _: REPORT,
        "runbooks": lambda _: RUNBOOKS.to_dict(),
        "runbook_targets": lambda message: runbook_targets(message["runbook_id"]).to_dict(),
        "run_runbook": run_runbook,
        "models": lambda _: MODELS.to_dict(),
        "schedules": lambda _: SCHEDULES.to_dict(),
        "save_schedule": save_schedule,
        "run_schedule": lambda _: DISKS.to_dict(),
        "switch_schedule": lambda _: DISKS.to_dict(),
        "remove_schedule": lambda _: {},
        "changes": lambda _: Changes(changes=(OLD_UPDATE,)).to_dict(),
        **{key: change_of(status) for key, status in CHANGED.items()},
        "ledger": lambda _: LEDGER.to_dict(),
        "audit": audit_page,
        "verify_audit": lambda _: AuditVerification(entries=240, head="a" * 64).to_dict(),
        "accept_tool": lambda _: {},
        "doctor": lambda _: DOCTOR.to_dict(),
        "devices": monitored.devices,
        "match_devices": monitored.match,
        "levels": lambda _: LEVELS.to_dict(),
        "set_level": lambda message: LevelAnswer(
            runbook=replace(MEMORY, cells=(replace(VETO, level=AutonomyLevel(message["level"])), ASK))
        ).to_dict(),
        "cool_downs": lambda _: CoolDowns(cool_downs=(COOL_DOWN,)).to_dict(),
        "preferences": lambda _: Preferences(preferences=(PREFERENCE,)).to_dict(),
        "request_action": request_action,
        "add_fence": lambda _: StewardMode().to_dict(),
        "remove_fence": lambda _: StewardMode().to_dict(),
        "answer_fences": lambda _: StewardMode().to_dict(),
        "elevate": lambda _: StewardMode().to_dict(),
        "pause": lambda _: StewardMode().to_dict(),
        "verbose": lambda message: StewardMode(verbose=message["verbose"]).to_dict(),
        **{
            key: lambda _: {}
            for key in (
                "poll",
                "expect_off",
                "add_maintenance",
                "remove_maintenance",
                "decide_preference",
                "take_back_preference",
            )
        },
    }
