"""The frozen objects that describe a service; each folder of ``services/`` declares one."""

from homelab_steward.contract.catalogue import Risk

from ..access import Access
from ..categories import (
    DELIVERY,
    GENERAL,
    HOME_ASSISTANT,
    INFRASTRUCTURE,
    MEDIA,
    MODELS,
    MONITORING,
    NETWORK,
    STORAGE,
)
from ..coverage import Gaps
from .actions import ALSO_CHANGES, Action, Contains, DryRun, Effect, InDoubt, Latest, Undo
from .alerts import AlertSource, Changed, IncomingAlert, Push, ReadAlerts
from .client import Available, Client
from .controls import LATEST, Control
from .deploys import DeclaredIn, Deployed, Deploys
from .measures import Measure
from .outages import Outage, Stop
from .preserves import BY_HAND, Covers, DataPlace, Preserves
from .proposals import NewFile
from .resources import DRILL_MARK, Activity, Check, ResourceKind, Role, Sensor, Work
from .restore_drills import Backup, NotRestorable, Prepared, Reached, RestoreDrill
from .service import AnyService, More, Right, Service
from .settings import COMMON_SETTINGS, POLL_SECONDS, RUNS_ON
from .testimonies import WORDS, Repeats, Testifies
from .tools import Answer, Call, Tool
from .updates import (
    BRINGS_DATA_BACK,
    IMAGE_ONLY,
    Identity,
    Installs,
    Newer,
    PullRequestOffer,
    RunningImage,
    Updates,
)
from .versions import Versions
from .webhooks import ChangeHook, Delivery, HeaderToken, HmacSignature, Verification

__all__ = [
    "ALSO_CHANGES",
    "BRINGS_DATA_BACK",
    "BY_HAND",
    "COMMON_SETTINGS",
    "DELIVERY",
    "DRILL_MARK",
    "GENERAL",
    "HOME_ASSISTANT",
    "IMAGE_ONLY",
    "INFRASTRUCTURE",
    "LATEST",
    "MEDIA",
    "MODELS",
    "MONITORING",
    "NETWORK",
    "POLL_SECONDS",
    "RUNS_ON",
    "STORAGE",
    "WORDS",
    "Access",
    "Action",
    "Activity",
    "AlertSource",
    "Answer",
    "AnyService",
    "Available",
    "Backup",
    "Call",
    "ChangeHook",
    "Changed",
    "Check",
    "Client",
    "Contains",
    "Control",
    "Covers",
    "DataPlace",
    "DeclaredIn",
    "Delivery",
    "Deployed",
    "Deploys",
    "DryRun",
    "Effect",
    "Gaps",
    "HeaderToken",
    "HmacSignature",
    "Identity",
    "InDoubt",
    "IncomingAlert",
    "Installs",
    "Latest",
    "Measure",
    "More",
    "NewFile",
    "Newer",
    "NotRestorable",
    "Outage",
    "Prepared",
    "Preserves",
    "PullRequestOffer",
    "Push",
    "Reached",
    "ReadAlerts",
    "Repeats",
    "ResourceKind",
    "RestoreDrill",
    "Right",
    "Risk",
    "Role",
    "RunningImage",
    "Sensor",
    "Service",
    "Stop",
    "Testifies",
    "Tool",
    "Undo",
    "Updates",
    "Verification",
    "Versions",
    "Work",
]
