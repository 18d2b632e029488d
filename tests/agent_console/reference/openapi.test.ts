import { expect, test } from "vitest";

import { bounds, grouped, typePieces } from "../../../agent_console/web/reference/openapi";
import type { Schema } from "../../../agent_console/web/reference/openapi";

function written(schema: Schema | undefined): string {
  return typePieces(schema)
    .map((piece) => ("reference" in piece ? `<${piece.reference}>` : piece.text))
    .join("");
}

test("types are written in one line", () => {
  expect(written(undefined)).toBe("bytes");
  expect(written({ type: "string", format: "uuid" })).toBe("string (uuid)");
  expect(written({ type: "array", items: { $ref: "#/components/schemas/CaseView" } })).toBe(
    "array of <CaseView>",
  );
  expect(written({ anyOf: [{ type: "integer" }, { type: "null" }] })).toBe("integer | null");
  expect(written({ enum: ["yes", "no"] })).toBe('"yes" | "no"');
  expect(written({ const: 1 })).toBe("1");
});

test("limits are told", () => {
  expect(bounds({ minimum: 1, maximum: 9 })).toBe("≥ 1, ≤ 9");
  expect(bounds({ maxLength: 200 })).toBe("length ≤ 200");
});

test("routes are grouped by who they are for", () => {
  const paths = {
    "/health": { get: { tags: ["public"] } },
    "/api/console/calls": { get: { tags: ["console"] } },
    "/api/config": { get: {} },
  };
  const groups = grouped({ info: { title: "", version: "" }, paths, components: { schemas: {} } });
  expect([...groups.keys()]).toEqual(["public", "console"]);
  expect(groups.get("public")?.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /health",
    "GET /api/config",
  ]);
});
