"""Guesses from a question's words how much model it needs: none, small, large or the cloud's."""

import re
from enum import StrEnum
from typing import Final


class PromptTier(StrEnum):
    """What answers a question: no model, a small or a large one of the house, or the cloud's."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"
    CLOUD = "cloud"


_I: Final = re.IGNORECASE

_COMMAND: Final = re.compile(
    r"(?:please |can you |could you |hey,? )?(?:turn|switch|set|dim|open|close|lock|unlock|start|stop"
    r"|restart|reboot|"
    r"pause|resume|play|mute|list|show|run|activate|cancel|enable|disable|increase|decrease|raise|lower"
    r"|wake|add|"
    r"approve|deny|snooze|arm|disarm|power|shut|update|scan|trigger)\b",
    _I,
)
_READING: Final = re.compile(
    r"(?:what(?:'s| is| was| are| were)? |how |is |are |was |were |when |where |which |who |did |does "
    r"|do |any |has |have )"
    r".{0,80}\b(?:temperature|humidity|full|open|closed|on|off|running|online|offline|up|down|left|free"
    r"|last|next|"
    r"backup|status|state|power|battery|uptime|ip|usage|home|locked|waiting|pending|approvals?|quota"
    r"|today|updates?|"
    r"space|speed|warm|cold|hot|time|many|much|long|containers?|version|connected|playing|healthy|fine"
    r"|alerts?|wrong)\b",
    _I,
)
_KNOWLEDGE: Final = re.compile(
    r"\b(?:mean|means|problem|explain|difference|why|should|normal|patch|major|minor|first|best|recommend"
    r"|better)\b",
    _I,
)
_SMALL: Final = re.compile(
    r"\b(?:in (?:one|a) (?:line|sentence|word)|one[- ](?:line|sentence|word)|classify|extract|translate"
    r"|rephrase|label|"
    r"short|briefly|categor\w+|into words|what does|what is|true or false|yes or no|title|tag"
    r"|which of these|name the|"
    r"spell|reword|convert|headline)\b",
    _I,
)
_DEEP: Final = (
    r"\broot cause",
    r"\b(?:design|architect|plan) (?:a|an|the)\b",
    r"\bmigrat\w+",
    r"\brollback\b",
    r"\b(?:no|zero|without) downtime\b",
    (
        r"\b(?:security|idempotency|concurrency|race|performance|threat) "
        r"(?:problems?|errors?|review|audit|model|bugs?|conditions?)\b"
    ),
    r"\bpropose (?:patches|a patch|fixes|changes)\b",
    r"\bwith tests\b",
    r"\bwhat changed\b",
    r"\b(?:perf|flame|profile|profiles|arcstats|iostat|strace|tcpdump|pcap|heap|core dump)\b",
    r"\bin (?:which|what) order\b",
    r"\bbreaking changes\b",
    r"\bprove\b",
    r"\b\d{3,}[- ]lines?\b",
    r"\b(?:exporter|operator|controller|daemon|library|plugin|parser|integration) (?:with|that|in|for)\b",
    r"\b(?:refactor|implement|benchmark|capacity|disaster|trade-?offs?|high availability|failover)\b",
    r"\b(?:before and after|correlat\w+|intermittent\w*|every (?:few|\d+) (?:days|hours))\b",
    r"\b\d+ (?:services|hosts|nodes|vms|machines|containers|clusters)\b",
    r"\b(?:spikes?|latency|mtu|conntrack|softirq|kernel|deadlock|regression)\b",
    r"\bwrite (?:a|an) (?:python|go|rust|typescript|java|bash|c\+\+)\b",
)
_CLOUD_MARKS: Final = tuple(re.compile(one, _I) for one in _DEEP)
_LARGE: Final = re.compile(
    r"\b(?:write|draft|compare|summari[sz]e|explain|look through|analy[sz]e|review|investigate|diagnose"
    r"|find out|"
    r"read (?:these|this|the)|logs?|config|configuration|runbook|automation|release notes|compose|dashboard|"
    r"which (?:environment|settings)|in common|group|why|cause|debug|troubleshoot|rewrite|generate|create"
    r"|policy|"
    r"documentation|steps|playbook|template)\b",
    _I,
)
_LONG_FOR_SMALL: Final = 220
_SHORT: Final = 60
_MARKS_FOR_CLOUD: Final = 2


def tier_for(prompt: str) -> PromptTier:
    """Return what a question needs, by its words alone; unsure ones get the larger model."""
    words = prompt.strip()
    if _is_plain(words):
        return PromptTier.NONE
    if sum(mark.search(words) is not None for mark in _CLOUD_MARKS) >= _MARKS_FOR_CLOUD:
        return PromptTier.CLOUD
    if len(words) <= _LONG_FOR_SMALL and _SMALL.search(words):
        return PromptTier.SMALL
    if _LARGE.search(words) or len(words) > _LONG_FOR_SMALL:
        return PromptTier.LARGE
    return PromptTier.SMALL


def _is_plain(words: str) -> bool:
    """Return whether it is a short wish or question about what the house knows."""
    if len(words) > _SHORT or '"' in words or "\n" in words:
        return False
    if _KNOWLEDGE.search(words) or _SMALL.search(words):
        return False
    return _COMMAND.match(words) is not None or _READING.match(words) is not None
