// Somebody else's plugins: written, built, tested and run with nothing but the published packages, outside the checkout.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NodeName } from "./cluster-files.js";
import { stepsOfPage, type PageStep } from "./followed-page.js";
import { closeLab, describeInLab, PATIENCE_MS } from "./in-lab.js";
import {
  DAEMON_LOG,
  filesOfExample,
  filesOfProtocols,
  InstalledNodes,
  POWER_LOG,
} from "./installed-nodes.js";
import { Lab } from "./lab.js";
import { PackedSite } from "./packed-site.js";
import { waitFor } from "./wait.js";

const KINDS = [
  "transport",
  "authenticator",
  "membership",
  "resource-policy",
  "resource-agent",
  "fence-device",
  "quorum",
  "store",
  "notifier",
];
const EVENTS = "/var/log/cluster-events.jsonl";
/** What `systole plugin new` gives a package. */
const TSCONFIG = "node_modules/@systole/daemon/templates/package/tsconfig.template.json";
const SETUP_MS = 300_000;

/** Throws where nobody catches it, and never clears its interval. */
const UNRULY = {
  "unruly/package.json": JSON.stringify({
    name: "unruly",
    version: "1.0.0",
    type: "module",
    exports: "./index.js",
    peerDependencies: { "@systole/sdk": "^0.1.0" },
  }),
  "unruly/index.js": `import { definePlugin, Notifier } from "@systole/sdk";
export default definePlugin({
  name: "unruly",
  runtimes: ["node"],
  register(host) {
    host.provide(Notifier, "unruly", {
      inject: [],
      create() {
        setInterval(() => undefined, 1000);
        setTimeout(() => { throw new Error("bug"); }, 300);
        return { notify: async () => undefined };
      },
    });
  },
});
`,
};

describeInLab("plugins from outside the checkout", () => {
  let site: PackedSite;
  let lab: Lab | undefined;
  let nodes: InstalledNodes | undefined;

  beforeAll(async () => {
    site = await PackedSite.open();
    site.copy("examples/custom-plugin", "custom-plugin");
    for (const [path, text] of Object.entries(UNRULY)) site.write(path, text);
  }, SETUP_MS);

  const systole = (...args: readonly string[]) => site.run(".", process.execPath, site.systole, ...args);

  it.each(KINDS)(
    "systole plugin new %s: builds, and keeps its contract as generated",
    async (kind) => {
      const directory = `new-${kind}`;
      expect(await systole("plugin", "new", kind, "sample", "--directory", site.path(directory))).toContain(
        "Wrote",
      );
      await site.run(directory, site.path("node_modules/.bin/tsc"));
      expect(await site.run(directory, process.execPath, "--test", "dist/contract.test.js")).toMatch(
        /fail 0\b/,
      );
      expect(await systole("plugin", "test", site.path(directory))).toMatch(
        /keeps its contracts: \d+ passed, 0 failed/,
      );
    },
    SETUP_MS,
  );

  it(
    "the example builds there, and keeps its contracts",
    async () => {
      await site.run("custom-plugin", "cp", site.path(TSCONFIG), "tsconfig.json");
      await site.run("custom-plugin", site.path("node_modules/.bin/tsc"));
      const said = await systole("plugin", "test", site.path("custom-plugin"));
      expect(said).toMatch(/keeps its contracts: \d+ passed, 0 failed/);
      expect(
        said.match(
          /^(transport tcp|authenticator hmac|resource-agent program|fence-device command|notifier file)$/gm,
        ),
      ).toHaveLength(5);
    },
    SETUP_MS,
  );

  it(
    "two nodes run with protocols as they were generated: they find each other, hand over, and take over",
    async () => {
      lab = await Lab.open({
        implementation: "systole",
        files: { master: filesOfProtocols(site), cluster1: filesOfProtocols(site) },
      });
      nodes = new InstalledNodes(lab, site);
      nodes.startAll();
      expect(await holdersWhenServedBy("master")).toEqual(["master"]);
      await lab.node("master").host.must([process.execPath, site.systole, "standby"]);
      expect(await holdersWhenServedBy("cluster1")).toEqual(["cluster1"]);
      nodes.signal("cluster1", "SIGKILL");
      // A killed daemon leaves its address behind.
      expect(await holdersWhenServedBy("master")).toContain("master");
      await closeLab(lab);
    },
    SETUP_MS,
  );

  it(
    "two nodes run with it: its medium, its signatures, its agent, its notifier",
    async () => {
      lab = await Lab.open({
        implementation: "systole",
        variant: { resources: "10.10.180.220/24/eth0:0 worker" },
        files: { master: filesOfExample(site, "master"), cluster1: filesOfExample(site, "cluster1") },
      });
      nodes = new InstalledNodes(lab, site);
      nodes.startAll();
      await waitFor(
        "the worker to run on master alone, both nodes hearing each other over tcp",
        async () => {
          const status = await nodes?.status("master");
          const links = status?.nodes.find(({ name }) => name === "cluster1")?.links;
          return (
            workers("master") === 1 &&
            workers("cluster1") === 0 &&
            links?.find(({ name }) => name === "tcp")?.state === "up"
          );
        },
        { timeoutMs: PATIENCE_MS, describe: () => lab?.node("master").logTail() ?? "" },
      );
      expect(lab.holders.now()).toEqual(["master"]);
      const status = await nodes?.status("cluster1");
      // Over two media most frames come twice; none is refused for its signature.
      expect(
        Object.keys(status?.counters.framesRefused ?? {}).filter((reason) => reason !== "duplicate"),
      ).toEqual([]);
      expect(status?.counters.framesReceived).toBeGreaterThan(0);
      expect(lab.node("master").read(EVENTS)).toContain('"name":"node.changed"');
    },
    SETUP_MS,
  );

  it("systole plugin list shows it on the node, and from where", async () => {
    const said = await lab
      ?.node("master")
      .host.must([process.execPath, site.systole, "plugin", "list", "--node", "master", "--json"]);
    const { plugins } = JSON.parse(said ?? "") as {
      readonly plugins: readonly { name: string; from: string }[];
    };
    expect(plugins.find(({ name }) => name === "custom-plugin")?.from).toBe(site.path("custom-plugin"));
    expect(plugins.find(({ name }) => name === "transport-udp")?.from).toContain(site.directory);
  });

  it("a node that falls silent is fenced by it before the other takes over", async () => {
    nodes?.signal("master", "SIGKILL");
    await waitFor("the worker to run on cluster1", () => workers("cluster1") === 1, {
      timeoutMs: PATIENCE_MS,
      describe: () => lab?.node("cluster1").logTail() ?? "",
    });
    expect(lab?.node("cluster1").read(POWER_LOG)).toContain("reset master\n");
    const told = () => {
      const lines = lab?.node("cluster1").read(EVENTS).split("\n").slice(0, -1) ?? [];
      return lines.map((line) => (JSON.parse(line) as { readonly name: string }).name);
    };
    // Telling goes on beside the takeover, at its own pace.
    await waitFor("the notifier to be told of it", () => told().includes("fence.done"), {
      timeoutMs: PATIENCE_MS,
      describe: () => told().join(" "),
    });
    const names = told();
    expect(names.indexOf("fence.done")).toBeGreaterThan(names.indexOf("node.changed"));
  });

  it("a plugin that throws in a timer and forgets another is named, and the daemon ends in order", async () => {
    const cluster1 = lab?.node("cluster1");
    const daemons = () => nodes?.daemons("cluster1") ?? [];
    expect(cluster1?.read(DAEMON_LOG)).toMatch(/plugin\.failed.*unruly/);
    expect(daemons().length).toBeGreaterThan(0);
    nodes?.signal("cluster1", "SIGTERM");
    await waitFor("the daemon to end", () => daemons().length === 0, { timeoutMs: PATIENCE_MS });
    expect(workers("cluster1")).toBe(0);
    expect(cluster1?.read(DAEMON_LOG)).toMatch(/daemon\.left-open.*Timeout.*unruly/);
    expect(cluster1?.read(DAEMON_LOG)).toContain("daemon.stopped");
  });

  it(
    "docs/write-a-plugin.md, followed line by line",
    async () => {
      await closeLab(lab);
      lab = await Lab.open({
        implementation: "systole",
        variant: { resources: "10.10.180.220/24/eth0:0 lamp" },
      });
      const steps = stepsOfPage("write-a-plugin.md");
      expect(steps.map(({ kind }) => kind)).toContain("file");
      for (const step of steps) {
        const { said, prints } = await follow(step);
        expect(said).toContain(prints);
      }
    },
    SETUP_MS,
  );

  afterAll(async () => {
    await closeLab(lab);
    site.close();
  });

  /** What the registry and a service manager do is done here; everything else is run as it stands. */
  async function follow(step: PageStep): Promise<{ readonly said: string; readonly prints: string }> {
    if (step.kind === "file") {
      site.write(step.path, step.text);
      return { said: step.text, prints: "definePlugin" };
    }
    const { where, command, prints } = step;
    if (command.endsWith("npm install")) return { said: prints, prints };
    const script = `export HOME=${site.directory} PATH=${site.path("node_modules/.bin")}:$PATH\n${command}`;
    if (where !== "a node") return { said: await site.run(".", "bash", "-c", script), prints };
    if (command.startsWith("systemctl")) {
      if (lab !== undefined) new InstalledNodes(lab, site).start("master");
      return { said: prints, prints };
    }
    return { said: await sayOnMaster(script, prints), prints };
  }

  /** Runs it again until it prints what it must: a cluster takes a moment. */
  async function sayOnMaster(script: string, prints: string): Promise<string> {
    const master = lab?.node("master");
    let said = "";
    await waitFor(
      script,
      async () => {
        const answer = await master?.host.run(["bash", "-c", script]);
        said = `${answer?.stdout ?? ""}${answer?.stderr ?? ""}`;
        return answer?.code === 0 && said.includes(prints);
      },
      { timeoutMs: PATIENCE_MS, everyMs: 300, describe: () => `${said}\n${master?.logTail() ?? ""}` },
    );
    return said;
  }

  /** Who has the address when that node says that it serves. */
  async function holdersWhenServedBy(node: NodeName): Promise<readonly string[]> {
    await waitFor(
      `${node} to serve`,
      async () => {
        const groups = (await nodes?.status(node))?.groups ?? [];
        return groups.some(({ owner, state }) => owner === node && state === "started");
      },
      { timeoutMs: PATIENCE_MS, describe: () => lab?.node(node).logTail() ?? "" },
    );
    return lab?.holders.now() ?? [];
  }

  function workers(node: NodeName): number {
    const processes = lab?.node(node).host.processes() ?? [];
    return processes.filter(({ commandLine }) => commandLine.startsWith("/usr/bin/sleep 100000")).length;
  }
});
