import { EventEmitter } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterModel } from "@systole/core";
import { SystoleError } from "@systole/core/ports";
import type { ComposeOptions } from "../compose.js";
import { controlSocketPath } from "../control/run-directory.js";
import { probeSocket } from "../control/control-client.js";
import { FakeCluster } from "../testkit/fake-cluster.js";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { makeHaDirectory, seedMachine, SEED_HA_CF, type HaDirectory } from "../testkit/seed-files.js";
import { reloadKeys, standby, stop } from "./operate.js";
import { run, type RunParts } from "./run.js";
import { status } from "./status.js";

let directory: string;
let made: HaDirectory;
let cluster: FakeCluster;
let signals: EventEmitter;
let composed: { model: ClusterModel; options: ComposeOptions }[];
let terminal: ReturnType<typeof recordingTerminal>;
const CLIENT = { runDir: "", timeout: 5 };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-run-"));
  mkdirSync(join(directory, "log"));
  made = makeHaDirectory({
    "ha.cf": SEED_HA_CF.replaceAll("/var/log", join(directory, "log")).replace(
      "logfacility     local0\n",
      "",
    ),
  });
  cluster = new FakeCluster();
  signals = new EventEmitter();
  composed = [];
  terminal = recordingTerminal();
  CLIENT.runDir = join(directory, "run");
});

afterEach(() => {
  made.remove();
  rmSync(directory, { recursive: true });
});

function parts(compose?: RunParts["compose"]): RunParts {
  return {
    compose: (model, options) => {
      composed.push({ model, options });
      return compose?.(model, options) ?? Promise.resolve(cluster);
    },
    machine: seedMachine(),
    logOptions: { consoleDescriptor: openSync(join(directory, "console"), "a") },
    onSignal: (name, listener) => {
      signals.on(name, listener);
      return () => signals.off(name, listener);
    },
  };
}

function start(compose?: RunParts["compose"]): Promise<number> {
  const options = { haDir: made.path, stateDir: join(directory, "state"), runDir: CLIENT.runDir };
  return run(options, terminal, parts(compose));
}

async function untilAnswering(): Promise<void> {
  const path = controlSocketPath(CLIENT.runDir);
  await expect.poll(async () => (await probeSocket(path)).kind).toBe("alive");
  await expect.poll(() => composed.length).toBe(1);
}

const logText = () => readFileSync(join(directory, "log/ha-log"), "utf8");

describe("systole run", () => {
  it("composes what the files say, answers, and ends in order on SIGTERM", async () => {
    const running = start();
    await untilAnswering();
    expect(composed[0]?.model.self).toBe("master");
    expect(composed[0]?.options.stateDirectory).toBe(join(directory, "state"));
    const client = recordingTerminal();
    expect(await status({ runDir: CLIENT.runDir }, client)).toBe(0);
    expect(client.written.out).toContain("master is stable");
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
    expect(cluster.stops).toBe(1);
    expect(readdirSync(CLIENT.runDir)).toEqual([]);
    expect(signals.eventNames()).toEqual([]);
    expect(logText()).toMatch(
      /info daemon\.starting .*\n.*info daemon\.signal signal=SIGTERM\n.*info daemon\.stopped/,
    );
  });

  it("ends when an operator says stop, who waits until it has", async () => {
    const running = start();
    await untilAnswering();
    const client = recordingTerminal();
    expect(await stop(CLIENT, client)).toBe(0);
    expect(await running).toBe(0);
    expect(cluster.requests).toEqual([{ kind: "stop" }]);
  });

  it("tells an operator why something was not done", async () => {
    const running = start();
    await untilAnswering();
    const client = recordingTerminal();
    cluster.answer = () => Promise.resolve({ ok: false, reason: "cluster1 is dead" });
    expect(await standby("all", CLIENT, client)).toBe(1);
    expect(client.written.err).toBe("systole standby: cluster1 is dead\n");
    cluster.answer = () => new Promise(() => undefined);
    expect(await standby("all", { ...CLIENT, timeout: 0.02 }, client)).toBe(124);
    signals.emit("SIGINT");
    expect(await running).toBe(0);
  });

  it("ends with the cluster's own exit code", async () => {
    const running = start();
    await untilAnswering();
    cluster.end(70, "an invariant does not hold");
    expect(await running).toBe(70);
    expect(logText()).toContain('reason="an invariant does not hold"');
  });

  it("opens its log files again on SIGHUP and goes on", async () => {
    const running = start();
    await untilAnswering();
    rmSync(join(directory, "log/ha-log"));
    signals.emit("SIGHUP");
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
    expect(logText()).toContain("daemon.signal signal=SIGHUP");
  });

  it("takes new keys on SIGHUP, and keeps the old ones when the file has errors", async () => {
    const running = start();
    await untilAnswering();
    made.write("authkeys", "auth 2\n1 sha1 oldsecret\n2 sha1 newsecret\n");
    signals.emit("SIGHUP");
    await expect.poll(() => cluster.renewed.length).toBe(1);
    const keys = [
      { index: 1, method: "sha1", key: "oldsecret" },
      { index: 2, method: "sha1", key: "newsecret" },
    ];
    expect(cluster.renewed).toEqual([{ use: "auth-classic", with: { sign: 2, keys } }]);
    made.write("authkeys", "auth 3\n1 sha1 brokensecret\n");
    signals.emit("SIGHUP");
    chmodSync(join(made.path, "authkeys"), 0o644);
    signals.emit("SIGHUP");
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
    expect(cluster.renewed.length).toBe(1);
    expect(logText().match(/error daemon\.keys\.kept/g)).toHaveLength(2);
    expect(logText()).toContain("info daemon.keys.renewed sign=2");
    expect(logText()).not.toMatch(/secret/);
  });

  it("does not let crc sign by SIGHUP where nobody said that it may", async () => {
    const running = start();
    await untilAnswering();
    made.write("authkeys", "auth 1\n1 crc\n");
    signals.emit("SIGHUP");
    await expect.poll(logText).toContain("error daemon.keys.kept");
    expect(logText()).toContain("insecure");
    expect(cluster.renewed).toEqual([]);
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
  });

  it("goes over to the mode of systole.yaml by SIGHUP and by request, and keeps its own when the file has errors", async () => {
    const running = start();
    await untilAnswering();
    const client = recordingTerminal();
    made.write("systole.yaml", "security: { mode: receive-only }\n");
    signals.emit("SIGHUP");
    await expect.poll(() => cluster.keyRequests).toEqual([{ kind: "reload", mode: "receive-only" }]);
    made.write("systole.yaml", "security: { mode: permissive }\n");
    expect(await reloadKeys(CLIENT, client)).toBe(0);
    expect(cluster.keyRequests.at(-1)).toEqual({ kind: "reload", mode: "permissive" });
    made.write("systole.yaml", "security: { mode: permisive }\n");
    expect(await reloadKeys(CLIENT, client)).toBe(1);
    expect(client.written.err).toMatch(/^systole keys reload: .*systole.yaml has errors/);
    expect(cluster.keyRequests).toHaveLength(2);
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
  });

  it("believes a crc that stays listed while the nodes change to a key, and no longer", async () => {
    made.write("authkeys", "auth 1\n1 crc\n");
    made.write("systole.yaml", "security: { insecure: true }\n");
    const running = start();
    await untilAnswering();
    const renewed = async (text: string): Promise<unknown> => {
      const before = cluster.renewed.length;
      made.write("authkeys", text);
      signals.emit("SIGHUP");
      await expect.poll(() => cluster.renewed.length).toBe(before + 1);
      return cluster.renewed.at(-1)?.with;
    };
    const both = "1 crc\n2 sha1 secret\n";
    expect(await renewed(`auth 1\n${both}`)).not.toHaveProperty("crcToo");
    expect(await renewed(`auth 2\n${both}`)).toMatchObject({ sign: 2, crcToo: true });
    expect(await renewed(`auth 2\n${both}`)).toMatchObject({ sign: 2, crcToo: true });
    expect(await renewed("auth 2\n2 sha1 secret\n")).not.toHaveProperty("crcToo");
    expect(await renewed(`auth 2\n${both}`)).not.toHaveProperty("crcToo");
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
    expect(logText().match(/warn daemon\.keys\.crc-believed/g)).toHaveLength(2);
  });

  it("prints every problem and exits 6 when the configuration has errors", async () => {
    made.write("ha.cf", "keepalve 2\n");
    expect(await start()).toBe(6);
    expect(terminal.written.err).toContain('did you mean "keepalive"?');
    expect(terminal.written.err).toContain("    ^~~~~~~~\n");
    expect(terminal.written.err).toMatch(/not started, the configuration has \d errors, \d warnings?\.\n$/);
    expect(composed).toEqual([]);
  });

  it("logs warnings and starts", async () => {
    made.write("authkeys", "auth 1\n1 crc\n");
    made.write("systole.yaml", "security: { insecure: true }\n");
    const running = start();
    await untilAnswering();
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
    expect(logText()).toMatch(
      /warn config\.warning code=authkeys\.crc file=\S+ line=2 message="crc protects/,
    );
  });

  it("refuses to be the second one", async () => {
    const running = start();
    await untilAnswering();
    await expect(start()).rejects.toMatchObject({ code: "CONTROL_REFUSED", details: { exitCode: 108 } });
    expect(composed).toHaveLength(1);
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
  });

  it("can be stopped while it starts", async () => {
    const running = start(
      (_model, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    );
    await untilAnswering();
    signals.emit("SIGTERM");
    expect(await running).toBe(0);
  });

  it("leaves nothing behind when a part cannot start", async () => {
    const failure = new SystoleError("TRANSPORT_START_FAILED", "no socket");
    await expect(start(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(readdirSync(CLIENT.runDir)).toEqual([]);
    expect(logText()).toContain('error daemon.failed error="no socket (TRANSPORT_START_FAILED)"');
  });
});
