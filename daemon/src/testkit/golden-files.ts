// The captured packets of core/golden as the files that `systole wire` reads: payloads, with authkeys beside them.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Header {
  readonly sign: number;
  readonly keys: readonly { readonly index: number; readonly method: string; readonly key?: string }[];
}

export interface GoldenPacket {
  readonly name: string;
  readonly form: "netstring" | "string";
  readonly index: number;
  readonly payload: Uint8Array;
  readonly fields: readonly unknown[];
}

export interface GoldenScenario {
  readonly name: string;
  readonly authkeys: string;
  readonly packets: readonly GoldenPacket[];
}

const folder = new URL("../../../core/golden/", import.meta.url);

function readScenario(file: string): GoldenScenario {
  const [first = "", ...lines] = readFileSync(new URL(file, folder), "utf8").trimEnd().split("\n");
  const { sign, keys } = JSON.parse(first) as Header;
  const entries = keys.map(
    ({ index, method, key }) => `${index} ${method}${key === undefined ? "" : ` ${key}`}\n`,
  );
  const packets = lines.map((line) => {
    const { payload, ...packet } = JSON.parse(line) as Omit<GoldenPacket, "payload"> & { payload: string };
    return { ...packet, payload: new Uint8Array(Buffer.from(payload, "base64")) };
  });
  return { name: file.replace(".jsonl", ""), authkeys: `auth ${sign}\n${entries.join("")}`, packets };
}

export function goldenScenarios(): readonly GoldenScenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .map(readScenario);
}

/** Throws when there is none of that name. */
export function goldenScenario(name: string): GoldenScenario {
  return readScenario(`${name}.jsonl`);
}

export interface GoldenDirectory {
  readonly path: string;
  /** Paths of the payload files, in the order of the packets. */
  readonly payloads: readonly string[];
  remove(): void;
}

/** Writes a scenario into a new directory: `authkeys`, `0001.bin`, `0002.bin` … */
export function makeGoldenDirectory({ authkeys, packets }: GoldenScenario): GoldenDirectory {
  const path = mkdtempSync(join(tmpdir(), "systole-golden-"));
  writeFileSync(join(path, "authkeys"), authkeys, { mode: 0o600 });
  const payloads = packets.map(({ payload }, at) => {
    const file = join(path, `${String(at + 1).padStart(4, "0")}.bin`);
    writeFileSync(file, payload);
    return file;
  });
  return { path, payloads, remove: () => rmSync(path, { recursive: true }) };
}
