// Both ways to systemd's notification socket say the same: the C library, and the program `systemd-notify` where koffi does
// not load.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NotifyReceiver } from "../testkit/notify-receiver.js";
import { openNotifySocket, type LoadKoffi, type NotifySocket } from "./notify-socket.js";

const PATIENCE_MS = 10_000;
/** In CI it has to be there. */
const hasProgram = spawnSync("systemd-notify", ["--version"]).status === 0 || process.env["CI"] === "true";
const withoutKoffi: LoadKoffi = () => {
  throw new Error("Cannot find module 'koffi'");
};

let directory: string;
let path: string;
let receiver: NotifyReceiver;
let socket: NotifySocket | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-notify-"));
  path = join(directory, "notify");
  receiver = new NotifyReceiver(path);
});

afterEach(() => {
  socket?.close();
  receiver.close();
  rmSync(directory, { recursive: true });
});

async function until(what: string, probe: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!probe()) {
    if (performance.now() > endMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What a receiver was told, one variable a line, in alphabetical order. */
function variables(): readonly string[] {
  return receiver
    .heard()
    .flatMap((text) => text.split("\n"))
    .filter((line) => line !== "")
    .toSorted();
}

describe.each([
  ["the C library", undefined, true],
  ["the program systemd-notify", withoutKoffi, hasProgram],
] as const)("a notification by %s", (_how, load, isThere) => {
  it.skipIf(!isThere)("arrives, with every variable", async () => {
    socket = openNotifySocket(path, load);
    expect(socket.send("RELOADING=1\nMONOTONIC_USEC=12")).toBeUndefined();
    await until("the first message", () => variables().length >= 2);
    socket.send("STATUS=serves 10.0.0.1, and more");
    await until("the second message", () => variables().length >= 3);
    expect(variables()).toEqual(["MONOTONIC_USEC=12", "RELOADING=1", "STATUS=serves 10.0.0.1, and more"]);
  });

  it.skipIf(!isThere)(
    "that nobody takes is said at once, or with the next one, and throws nothing",
    async () => {
      socket = openNotifySocket(join(directory, "nobody"), load);
      const opened = socket;
      let problem: string | undefined;
      await until("a problem", () => {
        problem = opened.send("READY=1");
        return problem !== undefined;
      });
      expect(problem).toMatch(load === undefined ? /nobody does not take it/u : /^systemd-notify failed: /u);
    },
  );
});

it("the program is found missing only when it is called, and that is a sentence too", async () => {
  const { PATH } = process.env;
  process.env["PATH"] = directory;
  try {
    socket = openNotifySocket(path, withoutKoffi);
    const opened = socket;
    await until("a problem", () => /ENOENT/u.test(opened.send("READY=1") ?? ""));
    expect(receiver.heard()).toEqual([]);
  } finally {
    process.env["PATH"] = PATH;
  }
});
