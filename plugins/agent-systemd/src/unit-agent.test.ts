// Does a unit keep the contract of resources, by what systemctl is documented to answer?
import { NodeClock, NodeProcesses } from "@systole/core/node";
import type { OperationResult, ResourceSpec } from "@systole/sdk";
import { caseApplies, contractFor, RecordingLogger, runCase } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UnitCatalogue } from "./catalogue.js";
import { Systemctl } from "./systemctl.js";
import { openScriptedSystemctl, type ScriptedSystemctl } from "./testing/scripted-systemctl.js";
import { UnitAgent } from "./unit-agent.js";
import { unitName } from "./unit-name.js";

const contract = contractFor("resource-agent");
const live = (): AbortSignal => new AbortController().signal;
const unit = (...args: string[]): ResourceSpec => ({ name: `systemd:${args[0]}`, args, parameters: {} });
const web = unit("web.service");
const reasonOf = (result: OperationResult): string => (result.ok ? "" : result.reason);

let scripted: ScriptedSystemctl;
let agent: UnitAgent;
let log: RecordingLogger;

function agentOf({ program }: ScriptedSystemctl): UnitAgent {
  log = new RecordingLogger();
  return new UnitAgent(new Systemctl(program, new NodeProcesses()), new NodeClock(), log);
}

beforeEach(async () => {
  scripted = await openScriptedSystemctl();
  agent = agentOf(scripted);
});
afterEach(() => scripted.close());

describe("the contract", () => {
  it.each(contract.cases.filter((one) => caseApplies(one, ["broken", "crash", "probe"])))(
    "$id: $name",
    async (contractCase) => {
      const own = await openScriptedSystemctl();
      const result = await runCase(contract, contractCase, {
        open: () => ({
          agent: agentOf(own),
          resource: web,
          broken: unit("nothing.service"),
          crash: () => own.set("active", "failed"),
          probe: async () => (await own.state()) === "active",
        }),
        close: () => own.close(),
        timeoutMs: 20_000,
      });
      expect(result).toMatchObject({ outcome: "passed" });
    },
  );
});

describe("start", () => {
  it("that fails says what systemd says and what became of the unit", async () => {
    await scripted.let("start-fails");
    const result = await agent.start(web, live());
    expect(result).toMatchObject({ ok: false, kind: "error" });
    expect(reasonOf(result)).toContain(
      "web.service is failed (failed, exit-code): Job for web.service failed",
    );
  });

  it.each([
    ["masked", "run systemctl unmask web.service"],
    ["bad-setting", "cannot be loaded (bad-setting)"],
  ])("of a unit that is %s is not for this node", async (load, words) => {
    await scripted.set("load", load);
    const result = await agent.start(web, live());
    expect(result).toMatchObject({ ok: false, kind: "not-here", reason: expect.stringContaining(words) });
    expect(await agent.validate(web, live())).toEqual([expect.stringContaining(words)]);
  });

  it("of a unit that ends at once is an error that says what to change", async () => {
    await scripted.let("oneshot");
    expect(reasonOf(await agent.start(web, live()))).toContain("RemainAfterExit=yes");
  });

  it("that is aborted is taken back", async () => {
    await scripted.let("slow");
    const abort = new AbortController();
    const starting = agent.start(web, abort.signal);
    await expect.poll(() => scripted.state(), { timeout: 10_000 }).toBe("activating:start");
    abort.abort();
    expect(await starting).toMatchObject({ ok: false, kind: "timeout" });
    expect(await scripted.calls()).toEqual(["show", "start", "stop"]);
    expect(await scripted.state()).toBe("inactive");
  });

  it("warns of a unit that the machine starts at boot by itself", async () => {
    await scripted.set("file", "enabled");
    expect(await agent.start(web, live())).toEqual({ ok: true, state: "running" });
    expect(log.of("systemd.enabled-at-boot")[0]?.fields).toMatchObject({ unit: "web.service" });
  });
});

describe("stop", () => {
  it("of a unit that dies on the way clears its failure", async () => {
    await scripted.set("active", "active");
    await scripted.let("dies-in-stop");
    expect(await agent.stop(web, live())).toEqual({ ok: true, state: "stopped" });
    expect(await scripted.calls()).toEqual(["show", "stop", "show", "reset-failed"]);
  });

  it("that is refused is an error with the reason", async () => {
    await scripted.set("active", "active");
    await scripted.let("stop-fails");
    const result = await agent.stop(web, live());
    expect(result).toMatchObject({
      ok: false,
      kind: "error",
      reason: expect.stringContaining("Access denied"),
    });
  });

  it("that hangs is a timeout", async () => {
    await scripted.set("active", "active");
    await scripted.let("stop-hangs");
    const abort = new AbortController();
    const stopping = agent.stop(web, abort.signal);
    await expect.poll(() => scripted.calls(), { timeout: 10_000 }).toContain("stop");
    abort.abort();
    expect(await stopping).toMatchObject({ ok: false, kind: "timeout" });
  });

  it("of a unit that does not exist is a success", async () => {
    expect(await agent.stop(unit("nothing.service"), live())).toEqual({ ok: true, state: "stopped" });
  });
});

describe("status", () => {
  it.each([
    ["active", "running"],
    ["active:exited", "running"],
    ["reloading:reload", "running"],
    ["inactive", "stopped"],
    ["failed", "failed"],
    ["activating:auto-restart", "failed"],
    ["maintenance:maintenance", "failed"],
  ])("%s is %s", async (active, state) => {
    await scripted.set("active", active);
    expect(await agent.status(web, live())).toEqual({ ok: true, state });
  });

  it("waits for a unit that is on its way", async () => {
    await scripted.set("active", "deactivating:stop-sigterm");
    const looking = agent.status(web, live());
    await expect.poll(async () => (await scripted.calls()).length, { timeout: 10_000 }).toBeGreaterThan(1);
    await scripted.set("active", "inactive");
    expect(await looking).toEqual({ ok: true, state: "stopped" });
  });

  it("of one that stays on its way is a timeout", async () => {
    await scripted.set("active", "activating:start-pre");
    const result = await agent.status(web, AbortSignal.timeout(500));
    expect(result).toMatchObject({ ok: false, kind: "timeout" });
  });
});

it("where systemd does not run, nothing can be run, and that is said", async () => {
  await scripted.let("no-systemd");
  for (const result of [await agent.start(web, live()), await agent.status(web, live())]) {
    expect(result).toMatchObject({ ok: false, kind: "not-here" });
    expect(reasonOf(result)).toContain("not been booted with systemd");
  }
  const catalogue = new UnitCatalogue(new Systemctl(scripted.program, new NodeProcesses()));
  expect(await catalogue.list(live())).toEqual([]);
});

it("the catalogue lists services without templates, and describes one", async () => {
  const catalogue = new UnitCatalogue(new Systemctl(scripted.program, new NodeProcesses()));
  expect(await catalogue.list(live())).toEqual(["systemd:alias.service", "systemd:web.service"]);
  expect(await catalogue.describe(["web"], live())).toMatchObject({
    ok: true,
    description: { title: "A web server", text: "/lib/systemd/system/web.service, disabled" },
  });
  expect(await catalogue.describe(["nothing"], live())).toMatchObject({ ok: false });
});

it("parameters are refused, a unit takes none", async () => {
  const problems = await agent.validate({ ...unit("web", "x"), parameters: { port: "80" } }, live());
  expect(problems).toHaveLength(2);
});

it.each([
  ["nginx", "nginx.service"],
  ["nginx.service", "nginx.service"],
  ["a@b", "a@b.service"],
  ["tmp.mount", "tmp.mount"],
])("the name %s means %s", (text, expected) => {
  expect(unitName(text)).toEqual({ ok: true, unit: expected });
});

it.each([undefined, "", "--force", "../x", "a b", "a@.service", "x".repeat(300)])(
  "refuses the name %s",
  (text) => {
    expect(unitName(text)).toMatchObject({ ok: false });
  },
);
