from sqlalchemy import BigInteger, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.database import Base, Id, Ms, Short, Text200, id_column, index_while, one_of
from casework.vocabulary import HelperKind, Role, Surface


class StaffMember(Base):
    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("county_id", "username"), one_of("kind", HelperKind))

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    organisation_id: Mapped[str] = id_column("organisations.id", index=True)
    """The home organisation: one of the two accountable units of every act."""
    window_id: Mapped[str | None] = id_column("windows.id")
    """Where a helper works."""
    username: Mapped[str] = mapped_column(String(40))
    name: Mapped[Short]
    name_en: Mapped[Text200]
    kind: Mapped[str] = mapped_column(String(16), default=HelperKind.STAFF)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """argon2id in PHC form; ``None``: cannot sign in yet."""
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(Integer, default=1)
    """Raised at every change of role, password or activity: ends the sign-ins made before."""
    created_ms: Mapped[Ms]


class StaffRole(Base):
    """Given by two people; ``revoked_ms`` keeps the history."""

    __tablename__ = "staff_roles"
    __table_args__ = (
        one_of("role", Role),
        index_while(
            "uq_staff_roles_live", "staff_id", "role", where="revoked_ms IS NULL", unique=True
        ),
    )

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    staff_id: Mapped[str] = id_column("staff.id", index=True)
    role: Mapped[str] = mapped_column(String(40))
    proposed_by_staff_id: Mapped[str | None] = id_column("staff.id")
    approved_by_staff_id: Mapped[str | None] = id_column("staff.id")
    source: Mapped[str] = mapped_column(String(40))
    """``supervision`` when two people gave it on the page, ``import`` when a file proposed it; ``demo``
    and ``command_line`` at the machine."""
    granted_ms: Mapped[Ms]
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class SignIn(Base):
    """A server-side session of one person on one surface; the cookie holds the token."""

    __tablename__ = "sign_ins"
    __table_args__ = (one_of("surface", Surface),)

    id: Mapped[Id]
    county_id: Mapped[str] = id_column("counties.id")
    staff_id: Mapped[str] = id_column("staff.id", index=True)
    surface: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    epoch: Mapped[int] = mapped_column(Integer)
    window_id: Mapped[str | None] = id_column("windows.id")
    source: Mapped[str] = mapped_column(String(64))
    created_ms: Mapped[Ms]
    seen_ms: Mapped[Ms]
    expires_ms: Mapped[Ms]
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class SignInFailure(Base):
    """Back-off for an account or a source address; keyed by what is being guessed from or at."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    """``account:COUNTY:USERNAME`` or ``source:ADDRESS``."""
    failures: Mapped[int] = mapped_column(Integer)
    last_ms: Mapped[Ms]
    blocked_until_ms: Mapped[Ms]
