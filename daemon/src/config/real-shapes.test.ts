import { basename } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { REAL_SHAPES, type RealShape } from "../testkit/real-shapes.js";
import { makeHaDirectory, seedMachine, type HaDirectory } from "../testkit/seed-files.js";
import { loadConfig } from "./load-config.js";

const directories: HaDirectory[] = [];

afterEach(() => {
  for (const made of directories.splice(0)) made.remove();
});

function load({ haCf, haResources, authKeys = "auth 1\n1 sha1 our-own-key\n", node = "web1" }: RealShape) {
  const files = { "ha.cf": haCf, haresources: haResources, authkeys: authKeys };
  const made = makeHaDirectory(files);
  directories.push(made);
  const machine = seedMachine({
    hostname: () => node,
    interfaceExists: () => true,
    isExecutableFile: (path) => !path.includes("absent") && !/IPaddr|IPv6addr/.test(basename(path)),
    // They come from clusters that heartbeat ran.
    namesIn: (directory) => (directory === "/var/lib/heartbeat" ? ["hb_generation"] : []),
    accountExists: (_kind, name) => name !== "cluster-ghost",
  });
  return loadConfig({ haDirectory: made.path, machine });
}

describe("files as people write them", () => {
  it.each(REAL_SHAPES)("$shape", (shape) => {
    const { problems, model } = load(shape);
    const found = problems.map(
      ({ file, line, severity, code }) => `${basename(file)} ${line} ${severity} ${code}`,
    );
    expect(found).toEqual(shape.findings);
    expect(model !== undefined).toBe(!shape.findings.some((finding) => finding.includes(" error ")));
  });

  it("say what to write instead, wherever they are refused", () => {
    const messages = REAL_SHAPES.flatMap((shape) => load(shape).problems)
      .filter(({ severity }) => severity === "error")
      .map(({ message }) => message);
    expect(messages.length).toBeGreaterThan(10);
    expect(
      messages.filter((message) => !/write|delete|did you mean|install|type|begin|join|add/.test(message)),
    ).toEqual([]);
  });

  it("may be Latin-1 in their comments", () => {
    const made = makeHaDirectory();
    directories.push(made);
    made.write(
      "ha.cf",
      Buffer.from("# für Müller\nbcast eth0 # dr\u00fcben\nauto_failback on\nnode web1 web2\n", "latin1"),
    );
    made.write("haresources", "web1 192.0.2.10\n");
    const machine = seedMachine({ hostname: () => "web1" });
    expect(loadConfig({ haDirectory: made.path, machine }).problems).toEqual([]);
  });
});
