"""The self-monitoring of a disk finds errors."""

from lab.scenarios import investigated

from ._storage import disk_reports_errors

SCENARIOS = (investigated("disk-failing", "truenas", disk_reports_errors, "disk_failing", "sdb (KH4A002)"),)
