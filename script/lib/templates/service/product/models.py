"""What Example answers. Source: name its API documentation here."""

from ...sdk.answers import Item, NotKnown, State, Time, many, one


class Status(Item):
    """The program itself. A field without a default must be in the answer."""

    version: str
    started_at: Time
    jobs_waiting: int | None = None


class Worker(Item):
    """One worker. ``id`` is what does not change when it is renamed."""

    id: int
    name: str
    state: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it runs. Raises NotKnown for a state that says neither yes nor no."""
        if self.state not in ("running", "stopped"):
            raise NotKnown(t"The state of worker {self.name} is not known")
        return self.state == "running"


class ExampleState(State):
    """Everything that one poll reads."""

    status = one("status", Status)
    workers = many("workers", Worker)
