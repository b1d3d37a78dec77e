// What the contracts are run on: real sockets on the loopback interface, real programs, real files.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterEvent } from "@systole/sdk";
import { defineSubjects, RecordingLogger } from "@systole/sdk/testkit";
import { CommandFenceDevice } from "./command-fence-device.js";
import { FileNotifier } from "./file-notifier.js";
import { HmacAuthenticator } from "./hmac-authenticator.js";
import { ProgramAgent } from "./program-agent.js";
import { TcpTransport } from "./tcp-transport.js";

const [one, other] = ["127.0.0.1", "127.0.0.2"];
let directory: string;

function makeDirectory(): string {
  directory = mkdtempSync(join(tmpdir(), "custom-plugin-"));
  return directory;
}

const removeDirectory = (): void => rmSync(directory, { recursive: true });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, one, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<unknown>((resolve) => server.close(resolve));
  return port;
}

/** A power switch as a program: a file a node, and files that make it refuse or stall. */
const SWITCH = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
while IFS== read -r key value; do case $key in action) action=$value ;; node) node=$value ;; esac; done
[ -e stalled ] && exec sleep 60
[ -e broken ] && exit 1
boot() { echo on > "$node"; echo boot >> "$node.boots"; }
case $action in
  off) echo off > "$node" ;;
  on) [ "$(cat "$node")" = on ] || boot ;;
  reset) boot ;;
  status) cat "$node" ;;
esac
`;

async function openSwitch() {
  const place = makeDirectory();
  const at = (name: string) => join(place, name);
  const nodes = ["one", "two"];
  await writeFile(at("switch"), SWITCH);
  await chmod(at("switch"), 0o755);
  for (const node of nodes) {
    await writeFile(at(node), "on\n");
    await writeFile(at(`${node}.boots`), "boot\n");
  }
  return {
    device: new CommandFenceDevice({ program: at("switch"), nodes }),
    node: "one",
    bystander: "two",
    observe: async (node: string) =>
      ((await readFile(at(node), "utf8")) === "on\n" ? "on" : "off") as "on" | "off",
    boots: async (node: string) => (await readFile(at(`${node}.boots`), "utf8")).split("\n").length,
    break: () => writeFile(at("broken"), ""),
    stall: () => writeFile(at("stalled"), ""),
  };
}

function openProgram() {
  const pidFile = join(makeDirectory(), "pid");
  const pid = () => Number(readFileSync(pidFile, "utf8"));
  const isThere = () =>
    readFile(`/proc/${pid()}/cmdline`, "utf8").then(
      (text) => text !== "",
      () => false,
    );
  return {
    agent: new ProgramAgent(),
    resource: { name: "worker", args: [], parameters: { command: "/usr/bin/sleep 1000", pidFile } },
    broken: { name: "broken", args: [], parameters: { command: "/no/such/program", pidFile } },
    crash: async () => {
      process.kill(pid(), "SIGKILL");
      while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    probe: async () => (await readFile(pidFile, "utf8").catch(() => "")) !== "" && isThere(),
  };
}

function openFile() {
  const path = join(makeDirectory(), "events.jsonl");
  return {
    notifier: new FileNotifier(path),
    told: async () => {
      const text = await readFile(path, "utf8").catch(() => "");
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as ClusterEvent);
    },
  };
}

const keys = (...texts: readonly string[]) => new Map(texts.map((text, index) => [index + 1, text]));

export default defineSubjects({
  config: {
    tcp: { address: one, peer: other, port: 6942 },
    hmac: { sign: 1, keys: [{ index: 1, file: "/etc/ha.d/hmac.key" }] },
    command: { program: "/usr/local/sbin/power-switch", nodes: ["one", "two"] },
    file: { path: "/var/log/events.jsonl" },
  },
  subjects: {
    transport: {
      tcp: {
        open: () => ({
          offers: ["two-ends"],
          async open() {
            const port = await freePort();
            const end = (address: string, peer: string) =>
              new TcpTransport({ address, peer, port }, new RecordingLogger());
            return { sender: end(one, other), receiver: end(other, one), close: async () => undefined };
          },
        }),
      },
    },
    authenticator: {
      hmac: {
        open: () => ({
          authenticator: new HmacAuthenticator(1, keys("first key", "second key")),
          stranger: new HmacAuthenticator(1, keys("another key")),
          rotated: new HmacAuthenticator(2, keys("first key", "second key")),
        }),
      },
    },
    "resource-agent": {
      program: {
        open: openProgram,
        async close({ agent, resource }) {
          await agent.stop(resource, new AbortController().signal);
          removeDirectory();
        },
      },
    },
    "fence-device": { command: { open: openSwitch, close: removeDirectory } },
    notifier: { file: { open: openFile, close: removeDirectory } },
  },
});
