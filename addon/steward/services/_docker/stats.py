"""What a Docker Engine answers about what a container uses."""

from ...sdk.answers import Item, Time, known


class CpuTime(Item, rename=None):
    """Nanoseconds that the container used since its start."""

    total_usage: int


class Cpu(Item, rename=None):
    """Time used by the container, and passed on all cores of the machine."""

    cpu_usage: CpuTime
    system_cpu_usage: int

    @property
    def used(self) -> int:
        """Nanoseconds that the container used."""
        return self.cpu_usage.total_usage


class Cache(Item, rename=None):
    """Bytes that the kernel can take back: with control groups v1 the second counts."""

    inactive_file: int | None = None
    total_inactive_file: int | None = None


class Memory(Item, rename=None):
    """Bytes in use; both parts are missing without the memory control group."""

    usage: int | None = None
    stats: Cache = Cache()

    @property
    def used(self) -> int:
        """Bytes without the file cache, as ``docker stats`` shows. Raises NotKnown."""
        usage = known(self.usage)
        total = self.stats.total_inactive_file
        return max(0, usage - known(self.stats.inactive_file if total is None else total))


class Sample(Item, rename=None):
    """When a sample was taken: never, when the container has ended since."""

    read: Time


class Stats(Item, rename=None):
    """One sample of what a container uses."""

    cpu_stats: Cpu
    memory_stats: Memory = Memory()
