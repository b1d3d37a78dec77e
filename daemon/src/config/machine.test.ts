import { mkdtempSync, mkdirSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { interfaceNames, thisMachine } from "./machine.js";

it("reads the names of interfaces, also those glued to a number", () => {
  const text = `Inter-|   Receive                |  Transmit
 face |bytes    packets errs drop|bytes    packets
    lo:  990599    2892    0    0 0     0
  eth0:990599    2892    0    0 0     0
br-1a2b: 0 0
`;
  expect([...interfaceNames(text)]).toEqual(["lo", "eth0", "br-1a2b"]);
});

it("knows the loopback interface of this machine, and no other that is made up", () => {
  const machine = thisMachine();
  expect(machine.interfaceExists("lo")).toBe(true);
  expect(machine.interfaceExists("no-such-eth")).toBe(false);
});

it("takes executable regular files for scripts, and nothing else", () => {
  const directory = mkdtempSync(join(tmpdir(), "systole-machine-"));
  try {
    writeFileSync(join(directory, "script"), "");
    chmodSync(join(directory, "script"), 0o755);
    writeFileSync(join(directory, "text"), "");
    mkdirSync(join(directory, "folder"));
    const { isExecutableFile } = thisMachine();
    const names = ["script", "text", "folder", "missing"];
    expect(names.filter((name) => isExecutableFile(join(directory, name)))).toEqual(["script"]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
