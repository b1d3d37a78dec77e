// `systole config explain KEY`: what a key of systole.yaml means, from the schema that reads the file.
import { durationText } from "../../config/systole-yaml/duration.js";
import { findKey, type SchemaKey } from "../../config/systole-yaml/schema-keys.js";
import { DEFAULT_PRESET, PRESETS, timesInOrder } from "../../config/systole-yaml/whole/presets.js";
import { EXIT_CODES } from "../../exit-codes.js";
import { paint, type Output, type Terminal } from "../terminal.js";
import { WIDTH, wrappedText } from "../wrapped.js";

const NAME_WIDTH = 22;

/** Resolves to the exit code: 1 when there is no such key. */
export function explainKey(dotted: string, json: boolean, { out, err }: Terminal): number {
  const found = findKey(dotted);
  if (!found.ok) {
    const where = found.known === "" ? "systole.yaml" : found.known;
    const nearest = [...(found.known === "" ? [] : [found.known]), found.nearest].join(".");
    const advice = found.nearest === undefined ? "" : `; did you mean "${nearest}"?`;
    err.write(`systole: there is no key "${dotted.split(".").at(-1) ?? ""}" in ${where}${advice}\n`);
    if (found.nearest === undefined)
      err.write(`systole: \`systole config explain ${found.known}\` lists those that there are\n`);
    return EXIT_CODES.error;
  }
  out.write(json ? `${JSON.stringify(found.key, undefined, 2)}\n` : page(found.key, out));
  return EXIT_CODES.ok;
}

function page(key: SchemaKey, out: Output): string {
  const head = key.path === "" ? "systole.yaml" : key.path;
  const row = (name: string, value: string): string =>
    wrappedText(value, "           ").replace(/^ {11}/, `  ${paint(out, "dim", name.padEnd(8))} `);
  const exampleRow = (example: string): string => `  ${paint(out, "dim", "example ")} ${example}\n`;
  const rows = [
    row("type", key.type),
    key.default === undefined ? "" : row("default", key.default),
    key.example === undefined ? "" : exampleRow(key.example),
  ];
  const below = key.below.map((name) => belowLine(key.path, name)).join("");
  return [
    `${paint(out, "bold", head)}\n`,
    wrappedText(key.description, "  "),
    ...rows,
    below === "" ? "" : `\n  Below it:\n${below}`,
    key.path === "preset" ? presetTable() : "",
  ].join("");
}

function belowLine(path: string, name: string): string {
  const found = findKey([...(path === "" ? [] : [path]), name].join("."));
  const text = found.ok && found.key.path !== path ? found.key.description : "";
  const [first = ""] = text.split(/[:;.](?= |$)|, e\.g\./);
  const room = WIDTH - NAME_WIDTH - 6;
  const short = first.length <= room ? first : `${first.slice(0, first.lastIndexOf(" ", room - 2))} …`;
  return `    ${name.padEnd(NAME_WIDTH)} ${/^[A-Z]+$/.test(name) ? "a name of your own" : short}\n`;
}

function presetTable(): string {
  const rows = Object.entries(PRESETS).map(([name, preset]) => {
    const cells = timesInOrder(preset).map((ms) => durationText(ms).padStart(11));
    const mark = name === DEFAULT_PRESET ? "*" : " ";
    return `  ${name.padEnd(9)}${mark}${cells.join("")}\n${wrappedText(preset.reason, "      ")}`;
  });
  const head = ["keepalive", "warntime", "deadtime", "initdead", "retransmit"].map((word) =>
    word.padStart(11),
  );
  return `\n  ${"PRESET".padEnd(10)}${head.join("")}\n${rows.join("")}  * where the file says nothing; values under \`timings\` replace single ones\n`;
}
