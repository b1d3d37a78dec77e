// The program as a person starts it, and a node that asks it.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeClock } from "@systole/core/node";
import { WitnessClient } from "@systole/witness/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommandLine } from "../../cli.js";
import { recordingTerminal } from "../../testkit/recording-terminal.js";
import { runWitness, type WitnessOptions } from "./witness.js";
import { witnessLines } from "./witness-lines.js";

const SECRET_TEXT = "one secret for all clusters of this witness";
let directory: string;
let secretFile: string;
let store: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-witness-"));
  secretFile = join(directory, "secret");
  store = join(directory, "leases");
  writeFileSync(secretFile, `${SECRET_TEXT}\n`, { mode: 0o600 });
});
afterEach(() => rmSync(directory, { recursive: true }));

async function line(...args: string[]) {
  const terminal = recordingTerminal();
  const exitCode = await runCommandLine(["witness", ...args], terminal);
  return { exitCode, ...terminal.written };
}

describe("systole witness", () => {
  it("serves, says who has the lease, and ends in order", async () => {
    const terminal = recordingTerminal();
    const end = new AbortController();
    const ended = (): Promise<void> => new Promise((go) => end.signal.addEventListener("abort", () => go()));
    const options: WitnessOptions = { listen: "127.0.0.1:0", store, secretFile, longestLease: "1" };
    const running = runWitness(options, terminal, { env: {}, ended });
    const url = await expect
      .poll(() => /listens on (\S+)/.exec(terminal.written.out)?.[1], { timeout: 5000 })
      .toBeDefined()
      .then(() => /listens on (\S+)/.exec(terminal.written.out)?.[1] ?? "");
    const key = (await line("key", "web", "--secret-file", secretFile)).out.trim();
    const node = new WitnessClient({ url: `${url}/`, cluster: "web", key, clock: new NodeClock() });
    await node.hello("alpha", AbortSignal.timeout(5000));
    await expect
      .poll(() => node.acquire("alpha", 500, AbortSignal.timeout(5000)), { timeout: 5000 })
      .toMatchObject({ answer: { result: "granted" } });
    await node.release("alpha", 1, AbortSignal.timeout(5000));
    end.abort();
    expect(await running).toBe(0);
    expect(terminal.written.out).toContain(
      "web: alpha has the lease, epoch 1\nweb: alpha has given the lease back\n",
    );
  });

  it.each<readonly [readonly string[], string]>([
    [["--store", "x"], "--listen HOST:PORT is needed"],
    [["--listen", "8470", "--store", "x"], "--listen HOST:PORT is needed"],
    [["--listen", "127.0.0.1:8470"], "--store DIR is needed"],
    [["--listen", "127.0.0.1:8470", "--store", "x", "--longest-lease", "0"], "from 1 to 600 seconds"],
    [["--listen", "127.0.0.1:8470", "--store", "x", "--tls-key", "x"], "go together"],
    [["key", "a/b"], "is no name of a cluster"],
  ])("%j is wrong usage: %s", async (args, sentence) => {
    const { exitCode, err } = await line(...args, "--secret-file", secretFile);
    expect(err).toContain(sentence);
    expect(exitCode).toBe(64);
  });

  it("does not use a secret that others may read, or that can be guessed", async () => {
    chmodSync(secretFile, 0o644);
    expect((await line("key", "web", "--secret-file", secretFile)).err).toContain("chmod 0600");
    writeFileSync(secretFile, "short");
    chmodSync(secretFile, 0o600);
    expect((await line("key", "web", "--secret-file", secretFile)).err).toContain("openssl rand -hex 32");
    expect((await line("key", "web")).err).toContain("SYSTOLE_WITNESS_SECRET is not set");
  });

  it("prints the same key for a cluster each time, and another for another", async () => {
    const key = async (name: string): Promise<string> =>
      (await line("key", name, "--secret-file", secretFile)).out;
    expect(await key("web")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await key("web")).toBe(await key("web"));
    expect(await key("web")).not.toBe(await key("mail"));
  });
});

it("the lines of a witness say a thing once in a minute", () => {
  const terminal = recordingTerminal();
  let nowMs = 0;
  const tell = witnessLines(terminal, () => nowMs);
  for (nowMs = 0; nowMs < 90_000; nowMs += 10_000)
    tell({ kind: "store-failed", cluster: "web", reason: "timed\nout" });
  expect(terminal.written.err).toBe("web: the store fails: timed�out\n".repeat(2));
});
