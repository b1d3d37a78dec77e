import { expect, it } from "vitest";
import { formatLogRecord, parseLogRecord } from "./log-line.js";

function line(fields: Record<string, unknown>, msg = "peer.late", level = 40): string {
  return formatLogRecord({ level, time: "", msg, fields });
}

it("is readable by people and by grep", () => {
  expect(line({ peer: "cluster1", silentMs: 1200 })).toBe("warn peer.late peer=cluster1 silentMs=1200");
  expect(line({}, "x", 20)).toBe("debug x");
});

it.each([
  ["two words", '"two words"'],
  ["", '""'],
  ['a"b', '"a\\"b"'],
  ["a=b", '"a=b"'],
  ["a\nERROR fake", '"a\\nERROR fake"'],
  ["\u001b[31mred", '"\\u001b[31mred"'],
  ["\u009b31m", '"\\u009b31m"'],
  ["a\u2028b", '"a\\u2028b"'],
  [true, "true"],
  [null, "null"],
  [["a", 1], '["a",1]'],
  [{ deep: { x: "y" } }, '{"deep":{"x":"y"}}'],
])("cannot be forged by a value: %j", (value, text) => {
  expect(line({ value })).toBe(`warn peer.late value=${text}`);
});

it("shortens what is too long", () => {
  expect(line({ value: "x".repeat(5000) }).length).toBeLessThan(2100);
});

it("reads what pino writes", () => {
  expect(parseLogRecord('{"level":30,"time":"t","fields":{"a":1},"msg":"m"}')).toEqual({
    level: 30,
    time: "t",
    fields: { a: 1 },
    msg: "m",
  });
  expect(parseLogRecord('{"level":30,"time":"t","msg":"m"}').fields).toEqual({});
});
