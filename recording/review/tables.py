"""The tables of the review desk."""

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, id_column, one_of
from casework.vocabulary import AccountableLine

TEXT_LIMIT = 1000


class RecordingMark(Base):
    """A moment of a recording that a supervisor marked. Never changed, only withdrawn."""

    __tablename__ = "recording_marks"
    __table_args__ = (
        one_of("line", AccountableLine),
        CheckConstraint("position_ms >= 0", name="position_ms"),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    recording_id: Mapped[str] = id_column("recordings.id", index=True)
    call_id: Mapped[str] = id_column("calls.id")
    position_ms: Mapped[int] = mapped_column(BigInteger)
    """On the call's clock."""
    text: Mapped[str] = mapped_column(String(TEXT_LIMIT))
    """Empty: the moment alone is marked."""
    line: Mapped[str] = mapped_column(String(8))
    """The author's, as it was then."""
    author_staff_id: Mapped[str] = id_column("staff.id")
    home_organisation_id: Mapped[str] = id_column("organisations.id")
    county_organisation_id: Mapped[str] = id_column("organisations.id")
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Opens the commitment in the journal, which tells nobody what the mark says."""
    made_ms: Mapped[Ms]
    withdrawn_ms: Mapped[int | None] = mapped_column(BigInteger)
