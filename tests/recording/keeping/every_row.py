"""One row of every kind that a route of this room names, made by those who may make it."""

from sqlalchemy import update

from recording.tables import Recording
from tests.recording.keeping.recorded_call import Desk
from tests.signaling.edge.conftest import Person


async def recorded_rows(desk: Desk) -> dict[str, str]:
    async with desk.database.transaction() as session:
        await session.execute(update(Recording).values(state="verified", verified_ms=1))
    owner = await desk.edge.sign_in("home_supervisor")
    county = await desk.edge.sign_in("county_supervisor")
    view_id = await desk.view(owner)
    export = await _made(county, f"recordings/{desk.recording_id}/exports", "法院调取")
    shorter = {"retention_class": "standard", "years": 2, "reason": "档案要求"}
    assert (await county.post("retention/terms", shorter)).status == 200
    mark = await owner.post(f"views/{view_id}/marks", {"position_ms": 5, "text": "证件"})
    changes = (await (await county.get("retention")).json())["changes"]
    return {
        "call_id": desk.call_id,
        "recording_id": desk.recording_id,
        "hold_id": await _made(owner, f"calls/{desk.call_id}/holds", "投诉"),
        "export_id": export,
        "view_id": view_id,
        "stream_id": desk.stream_id,
        "mark_id": (await mark.json())["id"],
        "change_id": changes[0]["id"],
    }


async def _made(person: Person, path: str, reason: str) -> str:
    answer = await person.post(path, {"reason": reason})
    assert answer.status == 200, await answer.text()
    made: str = (await answer.json())["id"]
    return made
