"""Numbers that pages show masked, whole for a reason."""

from casework.protected import Field
from casework.reveals import reveal
from signaling.edge.route import Asked
from signaling.edge.scope import visible_case
from signaling.wire.keeping import RevealAsked, RevealedNumber

FIELDS = {"id_number": Field.ID_NUMBER, "phone": Field.PHONE}


async def reveal_number(asked: Asked[RevealAsked]) -> RevealedNumber:
    """The subject's whole ID or phone number; the reason stands in the journal before it is shown."""
    async with asked.context.database.transaction() as session:
        case = await visible_case(session, asked.person, asked.id("case_id"))
        value = await reveal(
            session,
            asked.context.protected,
            asked.person,
            case,
            FIELDS[asked.given.field],
            asked.given.reason.strip(),
        )
    return RevealedNumber(value=value)
