from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Text200, id_column, index_while, one_of
from casework.vocabulary import MasterKeyState


class InstallationKey(Base):
    """Which master key the values in this database are under. Of the installation, not a county.

    A node that is given another key file does not start: it would wrap new keys so that a later
    rotation, or the right key, could not open them.
    """

    __tablename__ = "installation_keys"
    __table_args__ = (
        one_of("state", MasterKeyState),
        index_while("uq_installation_keys_live", "state", where="state <> 'retired'", unique=True),
    )

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    begun_ms: Mapped[Ms]
    retired_ms: Mapped[int | None] = mapped_column(BigInteger)


class SubjectReveal(Base):
    """Somebody had a masked number shown whole, and said why."""

    __tablename__ = "subject_reveals"

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    case_id: Mapped[str] = id_column("cases.id", index=True)
    call_id: Mapped[str | None] = mapped_column(String(36))
    staff_id: Mapped[str] = id_column("staff.id")
    field: Mapped[str] = mapped_column(String(40))
    """As :class:`casework.protected.Field` names it."""
    reason: Mapped[Text200]
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    at_ms: Mapped[Ms]
