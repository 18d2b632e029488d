import { describe, expect, it } from "vitest";
import { csvCell, csvOf } from "../../../agent_console/web/reports/csv";

const FORMULAS = [
  "=1+1",
  "+1",
  "-1",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "  =HYPERLINK(1)",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(A1)",
];

describe("a report as CSV", () => {
  it.each(FORMULAS)("%j stays text", (text) => {
    const unquoted = csvCell(text).replace(/^"/, "");
    expect(unquoted.startsWith("'")).toBe(true);
  });

  it("leaves other names as they are", () => {
    expect(csvCell("养老待遇资格认证")).toBe("养老待遇资格认证");
    expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
  });

  it("writes names and heading as text", () => {
    const row = { key: "x", name: "=1+1", name_en: "=1+1", values: {} };
    expect(csvOf("＝事项", [], [row], "zh-CN")).toBe("\ufeff'＝事项\r\n'=1+1\r\n");
  });
});
