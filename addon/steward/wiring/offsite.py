"""Builds the copies of backups in object storage: their schedule, and their way back."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
from pyrage.x25519 import Identity

from .. import age
from ..clock import Clock, SystemClock
from ..offsite.bucket import Bucket, OffsiteFailed
from ..offsite.copies import OffsiteCopies, copies_in
from ..sdk.s3_signature import S3Key
from ..secret_file import read_secret
from ..settings.model import Settings
from ..settings.offsite import Offsite
from ..store import archive
from ..store.archive import BackupUnusable, Content
from ..texts import english
from ..timing.scheduler import Due, Job
from ..timing.times import Every

JOB_ID: Final = "offsite"
TITLE: Final = english("Offsite copy of the backups")
EVERY: Final = timedelta(hours=1)
"""Time until it is looked again whether each backup has its copy: mostly one listing."""


def offsite_job(offsite: Offsite, folder: Path, session: aiohttp.ClientSession, clock: Clock) -> Job:
    """Return the job that copies the backups of a folder."""
    copies = OffsiteCopies(
        objects=bucket_of(offsite, session, clock),
        folder=folder,
        recipient=age.public_key(offsite.recipient),
        keep=offsite.keep,
    )

    async def run(_due: Due) -> None:
        await copies.copy()

    return Job(id=JOB_ID, times=Every(EVERY), run=run, first_since=clock.now() - EVERY)


def bucket_of(offsite: Offsite, session: aiohttp.ClientSession, clock: Clock) -> Bucket:
    """Return the objects that the settings name."""
    return Bucket(
        session=session,
        clock=clock,
        key=S3Key(access_key=offsite.access_key, secret_key=offsite.secret_key, region=offsite.region),
        url=offsite.url,
        name=offsite.bucket,
        prefix=offsite.prefix,
    )


async def newest_copy(settings: Settings, key_file: Path) -> tuple[str, Content, list[str]]:
    """Return the newest copy that is sound, its name, and a line about each newer one that is not.

    Raises BackupUnusable, OffsiteFailed, AgeError and SecretFileUnusable.
    """
    offsite = settings.backups.offsite
    if offsite is None:
        raise BackupUnusable("The settings have no backups.offsite")
    identity = await asyncio.to_thread(lambda: age.private_key(read_secret(key_file)))
    skipped: list[str] = []
    async with aiohttp.ClientSession() as session:
        bucket = bucket_of(offsite, session, SystemClock())
        for name in sorted(copies_in(await bucket.sizes()), reverse=True):
            try:
                data = await bucket.read(name)
                return name, await asyncio.to_thread(_opened, name, data, identity), skipped
            except (BackupUnusable, OffsiteFailed, age.AgeError) as err:
                skipped.append(f"Left out: {name}: {err}")
    raise BackupUnusable(". ".join([f"There is no usable copy in the bucket {offsite.bucket}", *skipped]))


def read_encrypted(file: Path, key_file: Path) -> Content:
    """Return a backup from an encrypted file. Raises BackupUnusable, AgeError and SecretFileUnusable."""
    identity = age.private_key(read_secret(key_file))
    try:
        data = file.read_bytes()
    except OSError as err:
        raise BackupUnusable(f"The backup {file} cannot be read: {err.strerror}") from err
    return _opened(file.name, data, identity)


def _opened(name: str, data: bytes, identity: Identity) -> Content:
    return archive.read_from(name, io.BytesIO(age.decrypt(data, identity)))
