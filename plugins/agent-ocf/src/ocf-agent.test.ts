// What do agents find in their environment, and what becomes of their answers?
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NodeProcesses } from "@systole/core/node";
import type { OperationResult } from "@systole/sdk";
import { RecordingLogger } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OcfAgent } from "./ocf-agent.js";
import { hasPackage, METADATA, openOcfRoom, type OcfRoom } from "./testing/ocf-room.js";

const live = (): AbortSignal => new AbortController().signal;
const reasonOf = (result: OperationResult): string => (result.ok ? "" : result.reason);

let room: OcfRoom;
let agent: OcfAgent;

beforeEach(async () => {
  room = await openOcfRoom();
  agent = new OcfAgent(room.config, new NodeProcesses(), new RecordingLogger());
});
afterEach(() => room.close());

describe("the environment", () => {
  beforeEach(() =>
    room.write("Env", `case $1 in ${METADATA} *) env | grep -E '^(OCF|HA)_' > "$HERE/$1.env" ;; esac`),
  );
  const variables = async (action: string): Promise<Map<string, string>> => {
    const lines = (await readFile(join(room.directory, `${action}.env`), "utf8")).trim().split("\n");
    return new Map(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  };

  it("is that of OCF 1.1 and of Pacemaker", async () => {
    await agent.start(room.resource("Env", { file: "/a b;c", OCF_CHECK_LEVEL: "10" }), live());
    const seen = await variables("start");
    expect(Object.fromEntries(seen)).toMatchObject({
      OCF_ROOT: room.directory,
      OCF_RA_VERSION_MAJOR: "1",
      OCF_RA_VERSION_MINOR: "1",
      OCF_RESOURCE_PROVIDER: "fixture",
      OCF_RESOURCE_TYPE: "Env",
      OCF_RESKEY_file: "/a b;c",
      OCF_RESKEY_CRM_meta_name: "start",
      OCF_RESKEY_CRM_meta_timeout: "60000",
      OCF_RESKEY_CRM_meta_interval: "0",
      HA_RSCTMP: join(room.directory, "tmp"),
      HA_LOGD: "no",
    });
    expect(seen.get("OCF_RESOURCE_INSTANCE")).toMatch(/^Env-[0-9a-f]{8}$/);
    expect(seen.has("OCF_CHECK_LEVEL")).toBe(false);
    expect((await stat(join(room.directory, "tmp"))).isDirectory()).toBe(true);
  });

  it("tells a look at what nobody started from a recurring monitor, and has its level", async () => {
    const resource = room.resource("Env", { OCF_CHECK_LEVEL: "10" });
    await agent.status(resource, live());
    expect((await variables("monitor")).get("OCF_RESKEY_CRM_meta_interval")).toBe("0");
    await agent.start(resource, live());
    await agent.status(resource, live());
    const recurring = await variables("monitor");
    expect(recurring.get("OCF_RESKEY_CRM_meta_interval")).toBe("10000");
    expect(recurring.get("OCF_CHECK_LEVEL")).toBe("10");
    await agent.stop(resource, live());
    await agent.status(resource, live());
    expect((await variables("monitor")).get("OCF_RESKEY_CRM_meta_interval")).toBe("0");
  });
});

describe("the exit code", () => {
  /** Ends every action with the code in the parameter. */
  const answers = async (action: "start" | "stop" | "status", code: number): Promise<OperationResult> => {
    await room.write("Code", `case $1 in ${METADATA} *) exit ${code} ;; esac`);
    return agent[action](room.resource("Code"), live());
  };
  const failure = (kind: string) => ({ ok: false, kind });
  const state = (name: string) => ({ ok: true, state: name });

  it.each([
    [0, state("running")],
    [1, failure("error")],
    [2, failure("not-here")],
    [3, failure("error")],
    [4, failure("not-here")],
    [5, failure("not-here")],
    [6, failure("not-here")],
    [7, failure("error")],
    [8, failure("error")],
    [9, failure("error")],
    [190, failure("error")],
    [193, failure("error")],
    [195, failure("not-here")],
    [198, failure("timeout")],
    [77, failure("error")],
  ])("%i of a start", async (code, expected) => {
    expect(await answers("start", code)).toMatchObject(expected);
  });

  it.each([
    [0, state("running")],
    [1, state("failed")],
    [2, failure("not-here")],
    [3, failure("error")],
    [4, failure("not-here")],
    [5, state("stopped")],
    [6, failure("not-here")],
    [7, state("stopped")],
    [8, state("failed")],
    [9, state("failed")],
    [189, state("failed")],
    [190, state("running")],
    [191, state("failed")],
    [198, failure("timeout")],
    [77, state("failed")],
  ])("%i of a monitor", async (code, expected) => {
    expect(await answers("status", code)).toMatchObject(expected);
  });

  it.each([
    [0, state("stopped")],
    [1, failure("error")],
    [2, failure("error")],
    [5, state("stopped")],
    [6, failure("error")],
    [7, state("stopped")],
    [8, failure("error")],
    [198, failure("timeout")],
  ])("%i of a stop", async (code, expected) => {
    expect(await answers("stop", code)).toMatchObject(expected);
  });

  it("'not installed' says nothing good of what was started here", async () => {
    await answers("start", 0);
    expect(await answers("status", 5)).toMatchObject(failure("not-here"));
    expect(await answers("stop", 5)).toMatchObject(failure("error"));
  });

  it("comes with the agent's own reason, else with its last lines", async () => {
    await room.write(
      "Reason",
      `case $1 in ${METADATA} start) echo noise >&2; echo "ocf-exit-reason:the disk is full" >&2; exit 1 ;; stop) echo quiet; echo "it burns" >&2; exit 1 ;; esac`,
    );
    const resource = room.resource("Reason");
    expect(reasonOf(await agent.start(resource, live()))).toBe(
      "ocf:fixture:Reason start: failed (exited with 1): the disk is full",
    );
    expect(reasonOf(await agent.stop(resource, live()))).toBe(
      "ocf:fixture:Reason stop: failed (exited with 1): quiet | it burns",
    );
  });
});

describe("what cannot be run here", () => {
  it.each([
    [["fixture", "Nothing"], "there is no agent"],
    [["fixture"], "names no agent"],
    [["..", "x"], "names no agent"],
    [["fixture", "../../etc/passwd"], "names no agent"],
  ])("%j", async (args, words) => {
    const resource = { name: "x", args, parameters: {} };
    expect(await agent.start(resource, live())).toMatchObject({
      ok: false,
      kind: "not-here",
      reason: expect.stringContaining(words),
    });
    expect(await agent.validate(resource, live())).toEqual([expect.stringContaining(words)]);
  });

  it("a file that is not executable, and a program that its first line names and that is missing", async () => {
    await room.write("Plain", "");
    await chmod(join(room.directory, "resource.d/fixture/Plain"), 0o644);
    expect(reasonOf(await agent.start(room.resource("Plain"), live()))).toContain("chmod +x");
    const path = join(room.directory, "resource.d/fixture/Odd");
    await writeFile(path, "#!/no/such/interpreter\n", { mode: 0o755 });
    expect(await agent.start(room.resource("Odd"), live())).toMatchObject({ ok: false, kind: "not-here" });
  });

  it.runIf(hasPackage)("an agent that only promotion makes useful; pgsql is none of them", async () => {
    const stateful = room.packaged("Stateful");
    expect(await agent.start(stateful, live())).toMatchObject({
      ok: false,
      kind: "not-here",
      reason: expect.stringContaining("Systole does not promote"),
    });
    expect(await agent.validate(stateful, live())).toContainEqual(
      expect.stringContaining("does not promote"),
    );
    const problems = await agent.validate(room.packaged("pgsql"), live());
    expect(problems.filter((problem) => problem.includes("promote"))).toEqual([]);
  });
});

describe("validate", () => {
  it("names parameters that are unknown or missing, and what the agent itself says", async () => {
    await room.write(
      "Strict",
      `case $1 in ${METADATA} validate-all) echo "ocf-exit-reason:no such file" >&2; exit 5 ;; esac`,
    );
    expect(await agent.validate(room.resource("Strict", { fiel: "x" }), live())).toEqual([
      "the agent has no parameter fiel; it has file",
      "the parameter file is required (A file)",
      "ocf:fixture:Strict validate-all: something is not installed here (exited with 5): no such file",
    ]);
  });

  it("takes an agent without the action for one without an opinion", async () => {
    await room.write("Silent", `case $1 in ${METADATA} *) exit 3 ;; esac`);
    expect(await agent.validate(room.resource("Silent", { file: "x" }), live())).toEqual([]);
  });
});
