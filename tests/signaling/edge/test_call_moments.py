"""What a supervisor sees beside the picture: forms and signatures at their moment, numbers masked."""

from tests.signaling.edge.conftest import Edge, Person, code_of
from tests.signaling.edge.test_forms import STROKES, Desk


async def _call(edge: Edge) -> tuple[str, str, Person, Desk]:
    helper = await edge.sign_in("helper")
    case_id = await edge.agreed_case(helper)
    return case_id, await edge.county.call(case_id), helper, Desk(edge, case_id)


async def test_forms_and_signatures_stand_where_they_happened(light_edge: Edge) -> None:
    case_id, call_id, helper, desk = await _call(light_edge)
    await desk.fill(matter="补发 44162519480305122X 的津贴")
    form = await desk.show(1)
    said = {"form_id": form.id, "sha256": form.shown_sha256}
    assert (await helper.post(f"cases/{case_id}/form/confirm", said)).status == 200
    signed = await helper.post(f"cases/{case_id}/form/sign", {**said, "strokes": STROKES})
    assert signed.status == 200, await signed.text()
    supervisor = await light_edge.sign_in("home_supervisor")
    found = await (await supervisor.get(f"calls/{call_id}/moments")).json()
    (shown,), (signature,) = found["forms"], found["signatures"]
    assert [line["text"] for line in shown["form"]["lines"]][2] == "补发 441***********122X 的津贴"
    places = [shown[f"{what}_position_ms"] for what in ("shown", "confirmed", "signed")]
    assert places == sorted(places)
    assert signature["position_ms"] == places[-1]
    assert signature["signature"]["strokes"] == STROKES
    listed = await (await supervisor.get(f"cases/{case_id}/forms")).json()
    assert "122X" in str(listed)
    assert "44162519480305122X" not in str(listed)


async def test_a_call_of_another_line_is_not_there(light_edge: Edge) -> None:
    _, call_id, *_ = await _call(light_edge)
    south = await light_edge.sign_in("south_supervisor")
    refused = await south.get(f"calls/{call_id}/moments")
    assert await code_of(refused) == (404, "call.not_found")
