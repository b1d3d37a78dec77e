// The witness as a process has it: leases that survive it in files, and a server that anybody may reach.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { listen, type ListeningFunction } from "@systole/sdk/functions/node";
import { RealClock } from "@systole/sdk/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WitnessClient } from "../client.js";
import { clusterKey, keysFrom } from "../cluster-key.js";
import { runRaces } from "../testing/races.js";
import { live, SECRET } from "../testing/wire.js";
import { witness } from "../witness.js";
import { LeaseFiles } from "./lease-files.js";

const LONGEST_MS = 300;
let directory: string;
let opened: { close(): Promise<void> }[];

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "witness-")), "leases");
  opened = [];
});
afterEach(async () => {
  for (const one of opened) await one.close();
  await rm(join(directory, ".."), { recursive: true });
});

async function files(): Promise<LeaseFiles> {
  const store = await LeaseFiles.open(directory);
  opened.push(store);
  return store;
}

async function serve(store: LeaseFiles): Promise<ListeningFunction> {
  const handler = witness({ store, keyOf: keysFrom(SECRET), longestTtlMs: LONGEST_MS });
  const server = await listen({ fetch: handler }, { port: 0 });
  opened.unshift(server);
  return server;
}

async function node({ url }: ListeningFunction): Promise<WitnessClient> {
  return new WitnessClient({
    url: `${url}/witness?of=web`,
    cluster: "web",
    key: await clusterKey(SECRET, "web"),
    clock: new RealClock(),
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("leases in files", () => {
  it("are not written through a link that somebody has put there", async () => {
    const store = await files();
    const victim = join(directory, "..", "victim");
    await writeFile(victim, "untouched");
    await symlink(victim, join(directory, "web.lease.next"));
    expect(await store.write("web", "mine", undefined)).toBe(true);
    expect([await readFile(victim, "utf8"), (await store.read("web"))?.text]).toEqual(["untouched", "mine"]);
  });

  it("are won by one of two, 100 times", async () => {
    const store = await files();
    const { wins } = await runRaces({ stores: [store, store], cluster: "web", races: 100 });
    expect((wins["alpha"] ?? 0) + (wins["bravo"] ?? 0)).toBe(100);
    expect(await readdir(directory)).toEqual([".lock", "web.lease"]);
    expect((await stat(join(directory, "web.lease"))).mode & 0o777).toBe(0o600);
  });

  it("run on when the process is another, with the epoch that they had", async () => {
    const first = await files();
    const client = await node(await serve(first));
    await client.hello("somebody", live());
    await pause(LONGEST_MS + 10);
    expect(await client.acquire("alpha", LONGEST_MS, live())).toMatchObject({ answer: { epoch: 1 } });
    for (const one of opened.splice(0)) await one.close();
    const again = await node(await serve(await files()));
    expect(await again.acquire("bravo", LONGEST_MS, live())).toMatchObject({
      answer: { result: "held", holder: "alpha" },
    });
    await pause(LONGEST_MS + 10);
    expect(await again.acquire("bravo", LONGEST_MS, live())).toMatchObject({
      answer: { result: "granted", epoch: 2 },
    });
  });

  it("have one witness at a time, and a dead one's directory is taken over", async () => {
    const parent = String(process.ppid);
    await (await LeaseFiles.open(directory)).close();
    await writeFile(join(directory, ".lock"), parent);
    await expect(LeaseFiles.open(directory)).rejects.toThrow(`in use by process ${parent}`);
    await writeFile(join(directory, ".lock"), "4194305");
    const store = await files();
    expect(await readFile(join(directory, ".lock"), "utf8")).toBe(String(process.pid));
    expect(await store.read("web")).toBeUndefined();
  });

  it("that cannot be read are an error, and not a store that holds nothing", async () => {
    const store = await files();
    await store.write("web", "{}", undefined);
    await rm(join(directory, "web.lease"));
    await (await import("node:fs/promises")).mkdir(join(directory, "web.lease"));
    await expect(store.read("web")).rejects.toThrow("EISDIR");
  });
});

describe("the server", () => {
  async function raw(server: ListeningFunction, text: string): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    let heard = "";
    socket.setEncoding("utf8").on("data", (data) => (heard += String(data)));
    socket.on("error", () => undefined);
    socket.write(text);
    await new Promise((resolve) => socket.once("close", resolve));
    return heard;
  }

  it("answers a signed question under whatever path", async () => {
    const client = await node(await serve(await files()));
    expect(await client.hello("alpha", live())).toMatchObject({
      answer: { result: "known", longestTtlMs: LONGEST_MS },
    });
  });

  it("ends a connection on which too much is sent, and answers the next", async () => {
    const server = await serve(await files());
    const much = await raw(
      server,
      `POST / HTTP/1.1\r\nhost: w\r\ncontent-length: 9000000\r\n\r\n${"x".repeat(100_000)}`,
    );
    expect(much).toContain("HTTP/1.1 413");
    const headers = await raw(server, `GET / HTTP/1.1\r\nhost: w\r\nx: ${"y".repeat(10_000)}\r\n\r\n`);
    expect(headers).toContain("HTTP/1.1 431");
    expect(await raw(server, "\u0016\u0003\u0001\r\n\r\n")).toContain("HTTP/1.1 400");
    expect((await (await node(server)).hello("alpha", live())).kind).toBe("answered");
  });

  it("lets go of whoever goes away in the middle", async () => {
    const server = await serve(await files());
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\nhalf");
    await pause(20);
    socket.destroy();
    expect((await (await node(server)).hello("alpha", live())).kind).toBe("answered");
  });

  it("says where it cannot listen", async () => {
    const server = await serve(await files());
    const port = Number(new URL(server.url).port);
    await expect(listen({ fetch: async () => new Response("") }, { port })).rejects.toThrow("EADDRINUSE");
  });
});

describe.runIf(existsSync("/usr/bin/openssl"))("the server with a certificate", () => {
  it("speaks TLS, and nothing else", async () => {
    const made = join(directory, "..");
    const [key, cert] = [join(made, "key.pem"), join(made, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await promisify(execFile)("openssl", ["req", ...kind, "-keyout", key, "-out", cert, ...subject]);
    const tls = { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
    const handler = witness({ store: await files(), keyOf: keysFrom(SECRET) });
    const server = await listen({ fetch: handler }, { port: 0, tls });
    opened.unshift(server);
    expect(server.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      get(server.url, { ca: tls.cert }, (response) => resolve(response.resume().statusCode)).on(
        "error",
        reject,
      );
    });
    expect(status).toBe(405);
    await expect(fetch(server.url.replace("https", "http"))).rejects.toThrow("fetch failed");
  });
});
