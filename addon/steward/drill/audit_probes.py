"""The probe of the audit log: a changed or removed entry is found."""

from sqlalchemy import delete, update

from ..store import audit
from ..store.audit import AuditReport
from ..store.database import Database
from ..store.tables import audit as entries
from ..texts import english
from .attempts import run
from .probe import Probe
from .results import require
from .scratch import Scratch, Workshop

ENTRY = 3


async def _tampering(shop: Workshop) -> None:
    """Change an entry, then remove it. The log of the installed app is checked too, and not touched."""
    database = Database(shop.installed.database_url)
    try:
        installed = await audit.verify_stored(database)
    finally:
        await database.close()
    if installed is not None:
        where = f"the audit log of this installation is broken at entry {installed.broken_at}"
        require(installed.broken_at is None, where)
    async with shop.open() as scratch:
        await run(scratch)
        report = await _verified(scratch)
        require(report.broken_at is None and report.entries > ENTRY, "a log that nobody changed is broken")
        changes = (
            update(entries).where(entries.c.position == ENTRY).values(body='{"person":"somebody"}'),
            delete(entries).where(entries.c.position == ENTRY),
        )
        for change in changes:
            async with scratch.store.change() as unit:
                await unit.connection.execute(change)
            report = await _verified(scratch)
            require(report.broken_at == ENTRY, "a changed log is not found to be broken where it was changed")


async def _verified(scratch: Scratch) -> AuditReport:
    async with scratch.store.read() as connection:
        return await audit.verify(connection)


PROBES = (Probe(id="audit-tampering", title=english("A changed audit log is found"), run=_tampering),)
