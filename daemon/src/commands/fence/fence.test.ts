import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { FenceDocument, OPEN_FENCE_QUESTIONS } from "../../control/fence-documents.js";
import { ControlRequest } from "../../control/protocol.js";
import { ControlRoom } from "../../testkit/control-room.js";
import { sampleFencing, sampleStatus } from "../../testkit/fake-cluster.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";

let room: ControlRoom;

beforeEach(async () => {
  room = new ControlRoom();
  await room.open();
});

afterEach(() => room.close());

/** Runs `systole fence …` against the room's daemon. */
async function fence(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const exitCode = await runCommandLine(["fence", ...args, "--run-dir", room.runDirectory], terminal);
  return { exitCode, ...terminal.written };
}

describe("systole fence list", () => {
  it("shows devices, what they can fence, and in which order they are tried", async () => {
    const { exitCode, out } = await fence("list");
    expect(exitCode).toBe(0);
    expect(`\n${out}`).toBe(`
  DEVICE             CAN FENCE
  rack               master, cluster1
  left               the list of its nodes took longer than 10000 ms

  NODE               HOW
  cluster1           reset by rack, then left and right; after 3.0 s
`);
  });

  it("says what it means that there is none", async () => {
    room.cluster.fencing = { ...sampleFencing(), devices: () => Promise.resolve([]) };
    expect((await fence("list")).out).toContain("a silent node is taken over unfenced");
  });
});

describe("systole fence status", () => {
  it("shows what is to be fenced, what that waits for, and whom a person is asked about", async () => {
    const one = {
      node: "cluster1",
      why: "cluster1 fell silent, and may still run what it had",
      phase: "retrying",
      waitsFor: "attempt 3 begins in 8 s; the last attempt failed: rack: no answer",
      failures: 2,
      nextInMs: 7600,
    } as const;
    const sample = sampleStatus();
    room.cluster.current = { ...sample, policy: { ...sample.policy, fencing: [one] } };
    const { out } = await fence("status");
    expect(out).toContain("waits: attempt 3 begins in 8 s");
    expect(out).toContain("systole fence confirm cluster1 --yes");
    const { out: json } = await fence("status", "--json");
    expect(JSON.parse(json)).toMatchObject({ kind: "status", cases: [one], questions: ["cluster1"] });
  });

  it("says when there is nothing", async () => {
    room.cluster.fencing = { ...sampleFencing(), questions: () => [] };
    expect((await fence("status")).out).toBe("No node is to be fenced.\n");
  });
});

describe("systole fence test", () => {
  it("shows what each device says, and that the node can be fenced", async () => {
    const { exitCode, out } = await fence("test", "cluster1");
    expect(exitCode).toBe(0);
    expect(out).toBe(
      "  level 1: rack knows it, status on\n  level 2: left no route\ncluster1 can be fenced.\n",
    );
    expect(room.cluster.requests).toEqual([]);
  });

  it("ends with 1 when no level could", async () => {
    room.cluster.fencing = {
      ...sampleFencing(),
      test: (node) => Promise.resolve({ node, ok: false, devices: [] }),
    };
    expect((await fence("test", "cluster1")).exitCode).toBe(1);
  });

  it("refuses what is no other node, with the names of those that are", async () => {
    const { exitCode, err } = await fence("test", "nobody");
    expect(exitCode).toBe(1);
    expect(err).toContain("the others are: cluster1");
  });
});

describe("systole fence history", () => {
  it("says when, who, how and why", async () => {
    expect((await fence("history")).out).toBe(
      `2026-01-02T03:04:05.000Z cluster1 fenced by master in 2.3 s
  off by rack, whose status says so
  why: cluster1 fell silent, and may still run what it had
`,
    );
  });
});

describe("systole fence NODE and confirm", () => {
  it("do nothing without --yes, and say what they would risk", async () => {
    for (const args of [["cluster1"], ["confirm", "cluster1"]]) {
      const { exitCode, err } = await fence(...args);
      expect(exitCode).toBe(64);
      expect(err).toContain("Add --yes");
    }
    expect(room.cluster.requests).toEqual([]);
  });

  it("hand the wish to the cluster and say what came of it", async () => {
    room.cluster.answer = (request) =>
      Promise.resolve({ ok: request.kind === "fence", reason: `answer to ${request.kind}` });
    expect(await fence("cluster1", "--yes")).toMatchObject({ exitCode: 0, out: "answer to fence\n" });
    expect(await fence("confirm", "cluster1", "--yes")).toMatchObject({
      exitCode: 1,
      err: "systole fence confirm: answer to fence-confirm\n",
    });
    expect(room.cluster.requests).toEqual([
      { kind: "fence", node: "cluster1" },
      { kind: "fence-confirm", node: "cluster1" },
    ]);
    expect(room.log.events).toContainEqual({
      level: "info",
      event: "operator.requested",
      fields: { kind: "fence", node: "cluster1" },
    });
  });

  it("need a node", async () => {
    expect((await fence()).exitCode).toBe(64);
    expect((await fence("confirm", "--yes")).exitCode).toBe(64);
  });
});

describe("--json", () => {
  it.each([["list"], ["status"], ["history"], ["test", "cluster1"]])(
    "prints the document of fence %s",
    async (...args) => {
      const { out } = await fence(...args, "--json");
      expect(FenceDocument.safeParse(JSON.parse(out)).error).toBeUndefined();
      expect(out).toContain('"schemaVersion": 1');
    },
  );
});

it("lets everybody ask only what makes no device do anything", () => {
  const known = ControlRequest.options.map((option) => option.shape.command.value);
  for (const open of OPEN_FENCE_QUESTIONS) expect(known).toContain(open);
  expect(OPEN_FENCE_QUESTIONS).not.toContain("fence-test");
});
