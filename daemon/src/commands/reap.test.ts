import { createServer, type Server } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeldAddress, Network } from "@systole/core/ports";
import { afterEach, beforeEach, expect, it } from "vitest";
import { recordingTerminal } from "../testkit/recording-terminal.js";
import { reap } from "./reap.js";

const held = (address: string, change: Partial<HeldAddress> = {}): HeldAddress => ({
  address,
  family: 4,
  prefixLength: 24,
  interface: "eth0",
  ...change,
});

let runDir: string;
let addresses: HeldAddress[];
let server: Server | undefined;

beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "systole-reap-"));
  addresses = [
    held("10.0.0.1"),
    held("10.0.0.100", { owner: "systole" }),
    held("10.0.0.101", { owner: "systole" }),
  ];
});
afterEach(() => {
  server?.close();
  rmSync(runDir, { recursive: true, force: true });
});

async function run(stuck?: string) {
  const network = {
    addresses: {
      list: async () => [...addresses],
      remove: async ({ address }: { address: string }) => {
        if (address === stuck) throw new Error("EPERM: operation not permitted");
        addresses = addresses.filter((one) => one.address !== address);
        return "removed";
      },
    },
  } as unknown as Network;
  const terminal = recordingTerminal();
  const exitCode = await reap({ runDir }, terminal, (_log, use) => use(network));
  return { exitCode, ...terminal.written, left: addresses.map(({ address }) => address) };
}

it("removes what carries the tag, and nothing else", async () => {
  expect(await run()).toEqual({
    exitCode: 0,
    out: "removed 10.0.0.100/24 from eth0\nremoved 10.0.0.101/24 from eth0\n",
    err: "",
    left: ["10.0.0.1"],
  });
  expect(await run()).toMatchObject({ exitCode: 0, out: "" });
});

it("goes on where one cannot be removed, and says which", async () => {
  expect(await run("10.0.0.100")).toMatchObject({
    exitCode: 1,
    out: "removed 10.0.0.101/24 from eth0\n",
    err: expect.stringMatching(/10\.0\.0\.100\/24 stays on eth0: EPERM/u),
  });
});

it("removes nothing while a daemon lives, even one that answers nothing", async () => {
  server = createServer(() => undefined);
  await new Promise<void>((resolve) => server?.listen(join(runDir, "control.sock"), resolve));
  expect(await run()).toMatchObject({
    exitCode: 108,
    out: "",
    err: expect.stringMatching(/a daemon lives at .*; nothing is removed/u),
    left: ["10.0.0.1", "10.0.0.100", "10.0.0.101"],
  });
});
