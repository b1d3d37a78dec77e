// The model's messages beside captured ones, field by field: names, types, order, how numbers are written, and words.
import { describe, expect, it } from "vitest";
import { decodeFrame, sealFrame } from "@systole/core/message";
import { textField, type Authenticator, type Message } from "@systole/core/ports";
import { Bench } from "./bench.js";
import { captured } from "./captured.js";
import { GROUPS, NODES, TIMINGS } from "./captured-set-up.js";
import { createHeartbeat } from "./index.js";

/** Types of messages that a heartbeat without clients and ping nodes says. */
const TYPES = [
  "status",
  "NS_ackmsg",
  "NS_rexmit",
  "NS_nak_rexmit",
  "reqnodes",
  "repnodes",
  "starting",
  "resource",
  "ask_resources",
  "hb_takeover",
  "ip-request",
  "ip-request-resp",
  "shutdone",
  "stonith",
];
const SCENARIOS = ["md5-bcast", "loss20-md5-ucast", "inject2-md5", "misc-late-alone-md5-ucast"];
const MORE = ["legacy-failback-md5-ucast", "stonith-crc-ucast"];
const REAL = [...SCENARIOS, ...MORE].flatMap((scenario) => captured(scenario)).map(({ message }) => message);
const MODEL = [...livedThrough("on"), ...livedThrough("legacy"), ...refusals()];

function livedThrough(failback: "on" | "legacy"): readonly Message[] {
  const cluster = new Bench({ seed: 1, failback, fencing: failback === "on" });
  cluster.start("alpha");
  cluster.run(1500);
  cluster.start("bravo");
  cluster.run(15_000);
  cluster.loss = 0.2;
  cluster.run(15_000);
  cluster.loss = 0;
  cluster.run(5000);
  cluster.request("alpha", "standby");
  cluster.run(5000);
  cluster.request("alpha", "takeover");
  cluster.run(5000);
  cluster.stop("alpha");
  cluster.run(15_000);
  cluster.start("alpha");
  cluster.run(15_000);
  cluster.switches.set("bravo", "fails");
  cluster.kill("bravo", true);
  cluster.run(9000);
  cluster.switches.clear();
  cluster.run(15_000);
  return cluster.said.map(({ message }) => message);
}

/** Somebody asks for what is not kept any more. */
function refusals(): readonly Message[] {
  const uuid = new Uint8Array(16).fill(1);
  const timings = TIMINGS;
  const init = { self: "alpha", nodes: NODES, groups: GROUPS, failback: "on", timings, uuid } as const;
  const alone = createHeartbeat({ ...init, generation: 7, seed: 1 });
  let nowMs = 0;
  for (; nowMs < 30_000; nowMs = Math.max(nowMs + 1, alone.deadline()))
    alone.step({ kind: "tick" }, nowMs, 1_795_361_171_000 + nowMs);
  const fields = { t: "NS_rexmit", dest: "alpha", firstseq: "1", lastseq: "2", src: "bravo", ts: "1" };
  const message: Message = {
    fields: Object.entries(fields).map(([name, value]) => ({ name, type: "string", value })),
  };
  const effects = alone.step({ kind: "frame.received", link: "eth0", message }, nowMs, 1_795_361_171_000);
  return effects.flatMap((effect) => (effect.kind === "frame.send" ? [effect.message] : []));
}

const ofType = (messages: readonly Message[], type: string): readonly Message[] =>
  messages.filter((message) => textField(message, "t") === type);

/** Names and types in their order; the inner signature is the codec's. */
function shapes(messages: readonly Message[]): readonly string[] {
  const shape = ({ fields }: Message): string =>
    fields
      .filter(({ name }) => name !== "auth")
      .map(({ name, type }) => (type === "binary" ? `(1)${name}` : name))
      .join(" ");
  return [...new Set(messages.map(shape))].toSorted();
}

function values(messages: readonly Message[], field: string): readonly string[] {
  return [...new Set(messages.flatMap((message) => textField(message, field) ?? []))].toSorted();
}

describe.each(TYPES)("%s", (type) => {
  const model = ofType(MODEL, type);
  const real = ofType(REAL, type);

  it("has the fields that were captured, in their order", () => {
    expect(real.length).toBeGreaterThan(0);
    expect(shapes(model)).toEqual(shapes(real));
  });

  it.each([
    "st",
    "rtype",
    "isstable",
    "info",
    "weown",
    "ok",
    "protocol",
    "delnodelist",
    "nodelist",
    "ttl",
    "dt",
  ])("says in %s what was captured", (field) => {
    const known = values(real, field);
    expect(values(model, field).filter((value) => !known.includes(value))).toEqual([]);
  });
});

describe("numbers", () => {
  it.each(["seq", "hg", "ts", "dt", "ackseq"])("%s is lower-case hex without zeros in front", (field) => {
    const hex = /^[1-9a-f][0-9a-f]*$/;
    expect(values(REAL, field).every((value) => hex.test(value))).toBe(true);
    expect(values(MODEL, field).length).toBeGreaterThan(1);
    expect(values(MODEL, field).filter((value) => !hex.test(value))).toEqual([]);
    expect(values(MODEL, field).some((value) => /[a-f]/.test(value))).toBe(true);
  });

  it("requests for lost messages are decimal, and above what hex digits alone would tell", () => {
    const asked = values(ofType(MODEL, "NS_rexmit"), "firstseq");
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((value) => !/^\d+$/.test(value))).toEqual([]);
  });

  it("each node's numbers begin with 1 and miss none", () => {
    for (const node of NODES) {
      const own = MODEL.filter((message) => textField(message, "src") === node);
      const lives = new Map<string, Set<number>>();
      for (const message of own) {
        const seq = textField(message, "seq");
        const life = textField(message, "hg") ?? "";
        if (seq !== undefined) lives.set(life, (lives.get(life) ?? new Set()).add(Number.parseInt(seq, 16)));
      }
      for (const numbers of lives.values()) expect(Math.max(...numbers)).toBe(numbers.size);
    }
  });
});

describe("on the wire", () => {
  const authenticator: Authenticator = {
    supports: { keyed: true },
    sign: () => "1 signed",
    verify: () => ({ ok: true, key: 1 }),
  };

  it("every message goes through the codec and comes out the same", () => {
    const once = new Map(MODEL.map((message) => [textField(message, "t"), message]));
    expect(once.size).toBe(TYPES.length);
    for (const message of once.values()) {
      const decoded = decodeFrame(sealFrame(message, authenticator, { innerSignature: false }));
      expect(decoded).toMatchObject({ ok: true, message });
    }
  });

  it("what a node says because it has heard itself leaves before what it has heard", () => {
    const inversions = MODEL.filter((message, index) => {
      const next = MODEL[index + 1];
      if (next === undefined || textField(next, "src") !== textField(message, "src")) return false;
      const number = (of: Message): number => Number.parseInt(textField(of, "seq") ?? "0", 16);
      return number(next) > 0 && number(message) === number(next) + 1;
    });
    expect(inversions.length).toBeGreaterThan(0);
  });
});
