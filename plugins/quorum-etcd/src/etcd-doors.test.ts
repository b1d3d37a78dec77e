// How a node comes to etcd: over TLS with a certificate of its own, as a user with a password, and what is refused before that.
import { mkdtemp, rm, writeFile, chmod } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestHost } from "@systole/sdk/testkit";
import { HAS_ETCD, startEtcd } from "@systole/witness/testing";
import { describe, expect, it } from "vitest";
import plugin from "./index.js";
import { etcdctl, openNode, type TestNode } from "./testing/site.js";

const PASSWORD = "a password for one test";
const ENV = { ETCD_PASSWORD: PASSWORD };
const USER = { user: "nodes", password: { env: "ETCD_PASSWORD" } };

const ask = ({ quorum }: TestNode) =>
  quorum.ask({ self: "alpha", nodes: ["alpha", "bravo"], alive: ["alpha"] }, AbortSignal.timeout(2000));

describe.runIf(HAS_ETCD)("an etcd that wants to know who asks", () => {
  it("over TLS sees the node's certificate, and refuses others", { timeout: 30_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), "systole-etcd-tls-"));
    const at = (name: string): string => join(directory, name);
    await makeCertificates(directory);
    const clientCa = at("authority.pem");
    const etcd = await startEtcd({ cert: at("etcd.pem"), key: at("etcd.key"), clientCa });
    const open = (tls: Record<string, string>) => openNode([etcd.url], { tls, callMs: 1000 });
    const nodes = await Promise.all([
      open({ ca: clientCa, cert: at("node.pem"), key: at("node.key") }),
      open({ ca: clientCa }),
      open({ cert: at("node.pem"), key: at("node.key") }),
    ]);
    try {
      const answers = [];
      for (const node of nodes) answers.push((await ask(node)).kind);
      expect(answers).toEqual(["granted", "unreachable", "unreachable"]);
    } finally {
      for (const node of nodes) await node.close();
      await etcd.close();
      await rm(directory, { recursive: true });
    }
  });

  it(
    "with users lets in who knows the password, also after it has forgotten",
    { timeout: 30_000 },
    async () => {
      const etcd = await startEtcd();
      const say = (path: string, body: unknown) => etcdctl(etcd.url, `auth/${path}`, body);
      await say("user/add", { name: "root", password: "root" });
      await say("user/grant", { user: "root", role: "root" });
      await say("role/add", { name: "quorum" });
      const key = Buffer.from("/systole/quorum/").toString("base64");
      const range_end = Buffer.from("/systole/quorum0").toString("base64");
      await say("role/grant", { name: "quorum", perm: { permType: "READWRITE", key, range_end } });
      await say("user/add", { name: "nodes", password: PASSWORD });
      await say("user/grant", { user: "nodes", role: "quorum" });
      await say("enable", {});
      const good = await openNode([etcd.url], { ...USER, callMs: 1000 }, ENV);
      const wrong = await openNode([etcd.url], USER, { ETCD_PASSWORD: "guessed" });
      const nobody = await openNode([etcd.url]);
      const beyond = await openNode([etcd.url], { ...USER, prefix: "/elsewhere/" }, ENV);
      try {
        expect((await ask(good)).kind).toBe("granted");
        for (const node of [wrong, nobody, beyond]) expect((await ask(node)).kind).toBe("unreachable");
        expect(JSON.stringify(wrong.log.entries)).not.toContain("guessed");
        // Its tokens go with it.
        await etcd.startAgain();
        expect((await ask(good)).kind).toBe("granted");
      } finally {
        for (const node of [good, wrong, nobody, beyond]) await node.close();
        await etcd.close();
      }
    },
  );
});

describe("the configuration", () => {
  const good = { cluster: "web", endpoints: ["https://etcd.example:2379"] };
  it.each([
    { ...good, cluster: "a/b" },
    { ...good, endpoints: [] },
    { ...good, endpoints: ["etcd.example:2379"] },
    { ...good, endpoints: ["http://user:word@etcd.example:2379"] },
    { ...good, endpoints: ["http://etcd.example:2379/v3"] },
    { ...good, endpoints: [...good.endpoints, ...good.endpoints] },
    { ...good, user: "nodes" },
    { ...good, user: "nodes", password: "in the open" },
    { ...good, tls: { cert: "/etc/node.pem" } },
    { ...good, tls: { ca: "relative.pem" } },
    { ...good, endpoints: ["http://etcd.example:2379"], tls: { ca: "/etc/ca.pem" } },
    { ...good, ttlSeconds: 1 },
    { ...good, ttlSeconds: 2, marginMs: 1100 },
    { ...good, etcd: "typo" },
  ])("refuses %j", async (config) => {
    await expect(TestHost.boot(plugin, { config })).rejects.toMatchObject({ code: "PLUGIN_CONFIG_INVALID" });
  });

  it.each<readonly [string, Record<string, unknown>, string]>([
    [
      "the password that it names",
      { user: "nodes", password: { env: "NOT_SET_ANYWHERE" } },
      "NOT_SET_ANYWHERE",
    ],
    ["the certificates that it names", { tls: { ca: "/nowhere/ca.pem" } }, "/nowhere/ca.pem cannot be read"],
  ])("does not start without %s", async (_what, more, reason) => {
    const host = await TestHost.boot(plugin, { config: { ...good, ...more } });
    await expect(host.start()).rejects.toThrow(reason);
  });
});

/** An authority, and what it has signed for etcd and for a node. */
async function makeCertificates(directory: string): Promise<void> {
  const openssl = (words: string) =>
    execFileSync("openssl", words.split(" "), { cwd: directory, stdio: "pipe" });
  const fresh = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  openssl(`req -x509 ${fresh} -days 2 -subj /CN=authority -keyout authority.key -out authority.pem`);
  await writeFile(join(directory, "san.cnf"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  for (const name of ["etcd", "node"]) {
    openssl(`req ${fresh} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
    openssl(`x509 -req -in ${name}.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile san.cnf -out ${name}.pem`); // prettier-ignore
    await chmod(join(directory, `${name}.key`), 0o600);
  }
}
