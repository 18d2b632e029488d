"""The duty socket of supervision: keeps its sign-in watched; it has no commands of its own."""

from collections.abc import Sequence

from signaling.edge.sockets.duty import DutySocket
from signaling.pairing.topics import staff_topic
from signaling.wire.commands import Commands


class SupervisionDuty(DutySocket):
    commands: Commands["SupervisionDuty"] = Commands()

    @property
    def topics(self) -> Sequence[str]:
        return (staff_topic(self.person.staff_id),)

    async def attach(self) -> None:
        """Supervisors are not rung."""

    async def detach(self) -> None:
        """Nothing rested on the socket."""

    @property
    def at_work(self) -> bool:
        return False

    async def look(self) -> None:
        """What supervision shows is asked for over HTTP."""
