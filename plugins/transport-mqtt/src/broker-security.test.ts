// Who is let in: client certificates, users and passwords, rights to topics, at a real mosquitto; and that no secret is ever said.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import { makeCertificates, type Certificates } from "./testing/certificates.js";
import { Mosquitto, WITHOUT_MOSQUITTO } from "./testing/mosquitto.js";
import { never, nodeAt, until, type NodeAtBroker } from "./testing/node-at-broker.js";

const PASSWORD = "correct-horse-battery";

let directory: string;
let certificates: Certificates;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-mqtt-tls-"));
  if (WITHOUT_MOSQUITTO === undefined) certificates = makeCertificates(directory);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function broker(lines: readonly string[]): Promise<Mosquitto> {
  const started = await Mosquitto.start({ lines });
  closing.push(() => started.close());
  return started;
}

async function started(node: NodeAtBroker): Promise<NodeAtBroker> {
  closing.push(() => node.transport.stop());
  await node.transport.start(never);
  return node;
}

/** Why it does not get in. */
async function refusal(broken: Parameters<typeof nodeAt>[0]): Promise<string> {
  const node = await started(nodeAt(broken, "alpha", {}, 50));
  await until("a reason", () => node.log.of("medium.waiting").length > 0);
  const said = JSON.stringify([node.log.entries, node.ear.failures]);
  expect(said).not.toContain(PASSWORD);
  const failure = await node.transport.send(Buffer.from("x")).catch((error: unknown) => error);
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(PASSWORD);
  return String(node.log.of("medium.waiting")[0]?.fields["reason"]);
}

function file(name: string, text: string, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("with client certificates", () => {
  const tlsLines = (): string[] => [
    `cafile ${certificates.ca}`,
    `certfile ${certificates.brokerCert}`,
    `keyfile ${certificates.brokerKey}`,
    "require_certificate true",
    "allow_anonymous true",
  ];

  it.each([
    ["mqtts", 5, [] as string[]],
    ["mqtts", "3.1.1", []],
    ["wss", 5, ["protocol websockets"]],
  ] as const)("nodes talk over %s, protocol %s", async (scheme, version, more) => {
    const { port } = await broker([...more, ...tlsLines()]);
    const { ca, nodeCert: cert, nodeKey: key } = certificates;
    const at = { url: `${scheme}://127.0.0.1:${port}`, version, ca, cert, key };
    const [alpha, beta] = [await started(nodeAt(at, "alpha")), await started(nodeAt(at, "beta"))];
    await alpha.transport.send(Buffer.from("hello"));
    await until("the frame", () => beta.ear.frames.length > 0);
    expect(beta.ear.frames).toEqual(["alpha: hello"]);
  });

  it("a node without one, with a foreign one, or that does not know the broker's authority is told so", async () => {
    const { port } = await broker(tlsLines());
    const url = `mqtts://127.0.0.1:${port}`;
    const { ca, strangerCert, strangerKey, nodeCert, nodeKey } = certificates;
    expect(await refusal({ url, ca })).toMatch(/certificate required|CERTIFICATE_REQUIRED/i);
    expect(await refusal({ url, ca, cert: strangerCert, key: strangerKey })).toMatch(
      /unknown ca|UNKNOWN_CA/i,
    );
    expect(await refusal({ url, cert: nodeCert, key: nodeKey })).toMatch(/self-signed|unable to/);
  });
});

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("with users and passwords", () => {
  function passwords(): string {
    const path = file("passwords", `shop:${PASSWORD}\n`);
    execFileSync(
      ["/usr/bin/mosquitto_passwd", "/usr/sbin/mosquitto_passwd"].find(existsSync) ?? "mosquitto_passwd",
      ["-U", path],
    );
    return path;
  }

  it("a password is read from a file or from the environment, and a wrong one is said to be wrong", async () => {
    const { port } = await broker([`password_file ${passwords()}`, "allow_anonymous false"]);
    const url = `mqtt://127.0.0.1:${port}`;
    const right = file("password", `${PASSWORD}\n`);
    process.env["SYSTOLE_TEST_MQTT"] = PASSWORD;
    const alpha = await started(nodeAt({ url, user: "shop", password: { file: right } }, "alpha"));
    const beta = await started(nodeAt({ url, user: "shop", password: { env: "SYSTOLE_TEST_MQTT" } }, "beta"));
    delete process.env["SYSTOLE_TEST_MQTT"];
    await alpha.transport.send(Buffer.from("hello"));
    await until("the frame", () => beta.ear.frames.includes("alpha: hello"));
    for (const version of [5, "3.1.1"] as const) {
      const wrong = file("wrong", "guess\n");
      expect(await refusal({ url, version, user: "shop", password: { file: wrong } })).toMatch(/refuses/);
      expect(await refusal({ url, version, user: PASSWORD, password: { file: right } })).toMatch(/refuses/);
      expect(await refusal({ url, version })).toMatch(/refuses/);
    }
  });

  it("a file that is not there or that everybody may read, and a variable that is not set, end the start", async () => {
    const url = "mqtt://127.0.0.1:1";
    const open = file("open", PASSWORD, 0o644);
    const start = (broken: Parameters<typeof nodeAt>[0]) => nodeAt(broken, "alpha").transport.start(never);
    await expect(start({ url, user: "u", password: { file: "/nowhere/password" } })).rejects.toThrow(
      /cannot be read/,
    );
    await expect(start({ url, user: "u", password: { file: open } })).rejects.toThrow(/chmod 0600/);
    await expect(start({ url, user: "u", password: { env: "SYSTOLE_NOT_SET" } })).rejects.toThrow(/not set/);
    const tls = { url: "mqtts://127.0.0.1:1" };
    await expect(start({ ...tls, ca: open })).rejects.toThrow(/no PEM file/);
    const looseKey = file("loose.key", "-----BEGIN PRIVATE KEY-----\n", 0o644);
    await expect(start({ ...tls, cert: certificates.nodeCert, key: looseKey })).rejects.toThrow(/chmod 0600/);
    const mixed = { ...tls, cert: certificates.nodeCert, key: certificates.otherKey };
    await expect(start(mixed)).rejects.toThrow(/no usable certificate and key/);
    await expect(start({ ...tls, ca: open })).rejects.toMatchObject({ code: "TRANSPORT_START_FAILED" });
  });
});

describe.skipIf(WITHOUT_MOSQUITTO !== undefined)("with the set-up of docs/mqtt.md", () => {
  /** The first block of that kind whose first line has `mark` in it. */
  function block(mark: string): string {
    const text = readFileSync(new URL("../../../docs/mqtt.md", import.meta.url), "utf8");
    const found = [...text.matchAll(/```[a-z]*\n([\s\S]*?)```/g)].find(([, body]) =>
      body?.split("\n", 1)[0]?.includes(mark),
    );
    if (found?.[1] === undefined) throw new Error(`docs/mqtt.md has no block with ${mark} in its first line`);
    return found[1];
  }

  it("each node writes its own topic alone, reads all of its cluster, and a stranger with a good certificate neither", async () => {
    const acl = file("acl", block("/etc/mosquitto/systole.acl"));
    const { ca, brokerCert, brokerKey, nodeCert: cert, nodeKey: key } = certificates;
    const lines = block("/etc/mosquitto/conf.d/systole.conf")
      .replaceAll("/etc/mosquitto/systole.acl", acl)
      .replaceAll("/etc/mosquitto/ca.pem", ca)
      .replaceAll("/etc/mosquitto/broker.pem", brokerCert)
      .replaceAll("/etc/mosquitto/broker.key", brokerKey)
      .split("\n");
    const { port } = await broker(lines.filter((line) => !/^listener|^#/.test(line)));
    const at = { url: `mqtts://127.0.0.1:${port}`, ca, cert, key };
    const other = { ...at, cert: certificates.otherCert, key: certificates.otherKey };
    const alpha = await started(nodeAt(at, "alpha", { cluster: "shop" }));
    const beta = await started(nodeAt(other, "beta", { cluster: "shop" }));
    await alpha.transport.send(Buffer.from("hello"));
    await until("the frame", () => beta.ear.frames.includes("alpha: hello"));
    // As somebody who has alpha's certificate, and says that he is beta, or belongs to another cluster.
    for (const [name, cluster] of [
      ["beta", "shop"],
      ["alpha", "bank"],
    ] as const) {
      const forger = await started(nodeAt({ ...at, clientId: "forger-{node}" }, name, { cluster }));
      await expect(forger.transport.send(Buffer.from("forged"))).rejects.toThrow(/Not authorized/);
    }
    const spy = await started(
      nodeAt({ ...at, cert: certificates.spyCert, key: certificates.spyKey }, "spy", { cluster: "shop" }),
    );
    await alpha.transport.send(Buffer.from("again"));
    await until("the frame", () => beta.ear.frames.includes("alpha: again"));
    await expect(spy.transport.send(Buffer.from("forged"))).rejects.toThrow(/Not authorized/);
    expect(spy.ear.frames).toEqual([]);
    expect(beta.ear.frames.join()).not.toContain("forged");
  });
});
