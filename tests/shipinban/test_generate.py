"""What is generated from the wire: complete, stable, and equal to what is committed."""

import json
from pathlib import Path

import jsonschema
import pytest

from casework.database import new_id
from shipinban.generate.__main__ import ROOT, generated, stale, write
from shipinban.generate.glossary import TERMS
from shipinban.generate.schema import UNIONS, union_members, wire_models, wire_schema
from shipinban.generate.typescript import type_of, typescript
from signaling.wire.api import CaseDraft
from signaling.wire.base import CLOSE_RULES
from signaling.wire.duty import TicketTake, Welcome


def test_the_committed_files_are_those_of_the_code() -> None:
    assert stale(ROOT) == []


def test_a_second_run_writes_nothing_and_a_change_is_seen(tmp_path: Path) -> None:
    assert sorted(write(tmp_path)) == sorted(generated())
    assert write(tmp_path) == []
    changed = tmp_path / "web_shared/generated/wire.ts"
    changed.write_text(changed.read_text("utf-8") + "\n", "utf-8")
    assert stale(tmp_path) == ["web_shared/generated/wire.ts"]


def test_every_model_of_the_wire_is_described_and_typed() -> None:
    document = wire_schema()
    jsonschema.Draft202012Validator.check_schema(document)
    text = typescript(document)
    for model in wire_models():
        assert model.__name__ in document["$defs"]
        assert f"export interface {model.__name__} " in text or model.__name__ == "Empty"
    page = generated()["docs/wire.md"]
    for union in UNIONS:
        for name in union_members(union):
            kind = document["$defs"][name]["properties"]["type"]["const"]
            assert f"### `{kind}`" in page
    for code in CLOSE_RULES:
        assert f"| {code.value} |" in page


def test_the_schema_takes_what_the_models_take() -> None:
    document = wire_schema()

    def accepts(name: str, message: object) -> bool:
        schema = {**document, "$ref": f"#/$defs/{name}"}
        return jsonschema.Draft202012Validator(schema).is_valid(message)

    command = TicketTake(request_id=1, case_id=new_id()).model_dump(mode="json")
    assert accepts("AnyDutyCommand", command)
    assert not accepts("AnyDutyCommand", {**command, "colour": 1})
    assert not accepts("AnyDutyCommand", {**command, "case_id": "1"})
    assert not accepts("AnyDutyEvent", command)


def test_clients_may_leave_out_defaults_and_servers_leave_out_nothing() -> None:
    definitions = wire_schema()["$defs"]
    assert "elderly" not in definitions[CaseDraft.__name__]["required"]
    assert set(definitions[Welcome.__name__]["required"]) == set(Welcome.model_fields)


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        (
            {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
            "(number | string)[]",
        ),
        ({"anyOf": [{"$ref": "#/$defs/Id"}, {"type": "null"}]}, "Id | null"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
        ({"type": "object", "additionalProperties": True}, "Record<string, unknown>"),
        ({"const": "hello"}, '"hello"'),
    ],
)
def test_types_say_what_schemas_say(schema: dict[str, object], written: str) -> None:
    assert type_of(schema) == written


def test_a_schema_without_a_type_of_its_own_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="no TypeScript"):
        type_of({"type": "array"})


def test_the_openapi_document_is_json_that_names_its_errors() -> None:
    document = json.loads(generated()["docs/openapi.json"])
    assert document["openapi"] == "3.1.0"
    assert "ErrorView" in document["components"]["schemas"]


def test_no_word_stands_twice_in_the_glossary() -> None:
    words = [word for word, _, _ in TERMS]
    assert len(words) == len(set(words))
