"""Another matter that joins a call reaches everyone in its room."""

from pathlib import Path

from casework.consent_text import VERSION
from casework.database import Database
from casework.passwords import Passwords
from casework.vocabulary import ConsentAnswer, ConsentGiver
from signaling.wire.api import ConsentGiven
from signaling.wire.course import MatterAdded
from signaling.wire.room import CasesChanged, ChecklistMark, ChecklistMarked
from signaling.wire.views import CaseView
from tests.signaling.live.site import in_call, open_site, ringing


async def test_a_matter_that_is_added_reaches_both_sides_and_is_worked_on_at_once(
    light: Database, passwords: Passwords, tmp_path: Path, up_sdp: str
) -> None:
    async with open_site(light, passwords, tmp_path) as site:
        talk = await in_call(await ringing(site), up_sdp)
        given = MatterAdded(
            item_id=site.edge_county.items["strict"],
            consent=ConsentGiven(
                answer=ConsentAnswer.YES,
                answered_by=ConsentGiver.PRESENT_PERSON,
                language="zh-CN",
                text_version=VERSION,
            ),
        )
        path = f"calls/{talk.call.id}/cases"
        added = await talk.story.window.call("POST", path, CaseView, given)
        for client in (talk.window, talk.agent):
            told = await client.event(CasesChanged)
            assert {one.id for one in told.cases} == {*talk.call.case_ids, added.id}
            assert added.id in told.call.case_ids
        # The room takes commands on it as on the first one.
        mark = ChecklistMark(
            request_id=1,
            case_id=added.id,
            material_id=site.edge_county.materials["card"],
            checked=True,
        )
        await talk.agent.command(mark)
        assert (await talk.window.event(ChecklistMarked)).case_id == added.id
