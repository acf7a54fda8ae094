"""A cluster of object storage that lost drives."""

from lab.scenarios import investigated

SCENARIOS = (investigated("object-storage-degraded", "s3", None, "drives_offline", "S3 storage"),)
