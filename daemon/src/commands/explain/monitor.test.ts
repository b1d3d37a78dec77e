// Does the monitor fit, with and without colours, on a screen and in a pipe? And is the terminal as it was when it ends?
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statusDocument } from "../../control/status-document.js";
import { ControlRoom } from "../../testkit/control-room.js";
import { sampleStatus } from "../../testkit/fake-cluster.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { monitor } from "./monitor.js";
import { monitorLines } from "./monitor-text.js";
import { Screen } from "./screen.js";

const busy = () => {
  const calm = sampleStatus({ owner: "cluster1", stable: false });
  const [group] = calm.policy.groups;
  const resources = (group?.resources ?? []).map((one) => ({
    ...one,
    state: "starting" as const,
    failures: 2,
  }));
  return statusDocument({
    ...calm,
    policy: {
      ...calm.policy,
      why: "10.10.180.220/24/eth0:0 waits for master to let go of it, which takes longer than usual",
      groups: group === undefined ? [] : [{ ...group, state: "starting", resources }],
    },
    lateBeats: new Map([["cluster1", { times: 3, longestMs: 812 }]]),
    operations: [{ resource: "nginx", action: "start", forMs: 31_000, timeoutMs: 60_000 }],
    problems: ["master and cluster1 have the same \u001B[31muuid"],
  });
};
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPES = /\u001B\[\d+m/g;

describe("the monitor's text", () => {
  it.each([80, 40])("fits into %i columns", async (width) => {
    const { out } = recordingTerminal();
    for (const [name, status] of Object.entries({ calm: statusDocument(sampleStatus()), busy: busy() })) {
      const lines = monitorLines(status, { output: out, width });
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      expect(lines.join("\n")).not.toContain("\u001B");
      await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(
        `../../../golden/monitor/${name}-${width}.txt`,
      );
    }
  });

  it("has the same words with colours", () => {
    const [plain, coloured] = [recordingTerminal().out, recordingTerminal(true).out];
    const text = monitorLines(busy(), { output: coloured, width: 80 }).join("\n");
    expect(text).not.toBe(text.replaceAll(ESCAPES, ""));
    expect(text.replaceAll(ESCAPES, "")).toBe(monitorLines(busy(), { output: plain, width: 80 }).join("\n"));
  });
});

describe("systole monitor", () => {
  let room: ControlRoom;
  beforeEach(async () => {
    room = new ControlRoom();
    await room.open();
  });
  afterEach(() => room.close());

  it("prints a table for each change into a pipe, and nothing between", async () => {
    const terminal = recordingTerminal();
    const enough = new AbortController();
    const ended = monitor({ runDir: room.runDirectory }, terminal, enough.signal);
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(terminal.written.out.match(/GROUP/g)).toHaveLength(1);
    room.cluster.current = sampleStatus({ owner: "cluster1" });
    await new Promise((resolve) => setTimeout(resolve, 1300));
    expect(terminal.written.out.match(/GROUP/g)).toHaveLength(2);
    expect(terminal.written.out).toContain("cluster1 (home master)");
    enough.abort();
    expect(await ended).toBe(0);
  });

  it("says that no daemon answers, and goes on", async () => {
    await room.close();
    const terminal = recordingTerminal();
    const enough = new AbortController();
    const ended = monitor({ runDir: room.runDirectory }, terminal, enough.signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
    enough.abort();
    expect(await ended).toBe(0);
    expect(terminal.written.out).toContain("no daemon runs here");
    room = new ControlRoom();
  });
});

describe("a screen", () => {
  function keyboard() {
    const keys = Object.assign(new PassThrough(), { isTTY: true, modes: [] as boolean[] });
    const stream = Object.assign(keys, { setRawMode: (mode: boolean) => (keys.modes.push(mode), stream) });
    return stream as unknown as NodeJS.ReadStream & { modes: boolean[] };
  }

  it.each(["q", "\u0003"])("ends at %j, and leaves the terminal as it was", async (key) => {
    const { out, written } = recordingTerminal();
    const keys = keyboard();
    const screen = new Screen({ ...out, rows: () => 5 }, keys);
    screen.show(Array.from({ length: 9 }, (_, at) => `line ${at}`));
    expect(written.out).toContain("line 2");
    expect(written.out).toContain("… 6 lines more");
    expect(written.out).not.toContain("line 3");
    keys.emit("data", Buffer.from("x"));
    expect(screen.closed.aborted).toBe(false);
    keys.emit("data", Buffer.from(key));
    expect(screen.closed.aborted).toBe(true);
    screen.close();
    expect(keys.modes).toEqual([true, false]);
    expect(written.out.endsWith("\u001B[?25h\u001B[?1049l")).toBe(true);
    screen.show(["too late"]);
    expect(written.out).not.toContain("too late");
  });
});
