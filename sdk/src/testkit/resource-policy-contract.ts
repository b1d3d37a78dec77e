// What every resource policy must do, as data: groups run once, in order, where they should, and nowhere else.
import type { OperationResult, PolicyInit, ResourcePolicy } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectEqual, expectThat } from "./expectations.js";
import { expectVersionedJson } from "./plain-data.js";
import { GROUP, PolicyCluster, REST_MS } from "./policy-cluster.js";

export interface ResourcePolicySubject {
  readonly policy: ResourcePolicy;
}

/** There is nothing that a policy may leave out. */
export function resourcePolicyOffers(): readonly string[] {
  return [];
}

const ALL = GROUP.resources.map(({ name }) => name);
const FAILED: OperationResult = { ok: false, kind: "error", reason: "it does not work" };

/** Two nodes of which `master` holds the group, at rest. */
function settled(policy: ResourcePolicy, init?: Partial<PolicyInit>): PolicyCluster {
  const cluster = new PolicyCluster(policy, init);
  cluster.run(REST_MS);
  expectRuns(cluster, { master: ALL, cluster1: [] }, "at the beginning");
  return cluster;
}

function expectRuns(
  cluster: PolicyCluster,
  wanted: Readonly<Record<string, readonly string[]>>,
  when: string,
): void {
  for (const [node, resources] of Object.entries(wanted))
    expectEqual(cluster.runs(node), resources, `what runs on ${node} ${when}`);
}

export const resourcePolicyContract: readonly ContractCase<ResourcePolicySubject>[] = [
  {
    id: "starts-at-home",
    name: "starts a group on its home node, its resources in order, each once",
    async run({ policy }) {
      const cluster = settled(policy);
      expectEqual(cluster.log, ["+master 10.0.0.1", "+master nginx"], "what was started");
    },
  },
  {
    id: "waits-for-agents",
    name: "has started what it says is started, also when agents take longer than joining does",
    async run({ policy }) {
      const cluster = new PolicyCluster(policy);
      cluster.operationMs = 3000;
      cluster.kill("cluster1");
      cluster.run(2 * REST_MS);
      expectRuns(cluster, { master: ALL }, "with slow agents");
      expectEqual(cluster.view("master").groups[0]?.state, "started", "state of the group");
    },
  },
  {
    id: "rests",
    name: "moves nothing while nothing happens, and says that it is stable and why",
    async run({ policy }) {
      const cluster = settled(policy);
      const before = cluster.log.length;
      cluster.run(60_000);
      expectEqual(cluster.log.length, before, "starts and stops so far");
      const { stable, why } = cluster.view("master");
      expectEqual(stable, true, "stable");
      expectThat(why !== "", "it does not say why it rests");
    },
  },
  {
    id: "shows-who-holds",
    name: "shows every group with who holds it, on every node",
    async run({ policy }) {
      const cluster = settled(policy);
      for (const node of ["master", "cluster1"]) {
        const shown = cluster.view(node).groups.map(({ key, owner, state }) => ({ key, owner, state }));
        expectEqual(
          shown,
          [{ key: GROUP.key, owner: "master", state: "started" }],
          `groups as ${node} shows them`,
        );
      }
    },
  },
  {
    id: "takes-over",
    name: "takes over from a node that died",
    async run({ policy }) {
      const cluster = settled(policy);
      cluster.kill("master");
      cluster.run(REST_MS);
      expectRuns(cluster, { cluster1: ALL }, "after the other died");
    },
  },
  {
    id: "fails-back",
    name: "brings a group home with failback on, after it has stopped elsewhere",
    async run({ policy }) {
      const cluster = settled(policy);
      cluster.kill("master");
      cluster.run(REST_MS);
      cluster.join("master");
      cluster.run(REST_MS);
      expectRuns(cluster, { master: ALL, cluster1: [] }, "when its home is back");
    },
  },
  {
    id: "stays",
    name: "leaves a group where it is with failback off",
    async run({ policy }) {
      const cluster = settled(policy, { failback: "off" });
      cluster.kill("master");
      cluster.run(REST_MS);
      cluster.join("master");
      cluster.run(REST_MS);
      expectRuns(cluster, { master: [], cluster1: ALL }, "when its home is back");
    },
  },
  {
    id: "stands-by",
    name: "hands over on standby: stopped in reverse order here, then started in order there, then answered",
    async run({ policy }) {
      const cluster = settled(policy);
      cluster.log.length = 0;
      cluster.request("master", { kind: "standby", set: "all" });
      cluster.run(REST_MS);
      const moves = ["-master nginx", "-master 10.0.0.1", "+cluster1 10.0.0.1", "+cluster1 nginx"];
      expectEqual(cluster.log, moves, "what was stopped and started");
      expectEqual(cluster.answer("master")?.ok, true, "the operator's answer");
    },
  },
  {
    id: "takes-on-request",
    name: "takes a group when an operator asks the other node to take it",
    async run({ policy }) {
      const cluster = settled(policy);
      cluster.request("cluster1", { kind: "takeover", set: "all" });
      cluster.run(REST_MS);
      expectRuns(cluster, { master: [], cluster1: ALL }, "after the takeover");
      expectEqual(cluster.answer("cluster1")?.ok, true, "the operator's answer");
    },
  },
  {
    id: "releases",
    name: "gives all up on stop, says so once it is done, and the other node takes it",
    async run({ policy }) {
      const cluster = settled(policy);
      cluster.request("master", { kind: "stop" });
      cluster.run(REST_MS);
      expectEqual(
        cluster.outputs("master", "released").map(({ clean }) => clean),
        [true],
        "released",
      );
      expectRuns(cluster, { master: [], cluster1: ALL }, "after the stop");
    },
  },
  {
    id: "keeps-what-does-not-stop",
    name: "starts nothing elsewhere that could not be stopped, and does not call that clean",
    async run({ policy }) {
      const cluster = settled(policy);
      for (const name of ALL) cluster.failures.set(`master stop ${name}`, FAILED);
      cluster.request("master", { kind: "stop" });
      cluster.run(REST_MS);
      expectEqual(cluster.runs("cluster1"), [], "what runs on the other node");
      const clean = cluster.outputs("master", "released").some((released) => released.clean);
      expectEqual(clean, false, "released clean");
    },
  },
  {
    id: "moves-what-does-not-start",
    name: "runs a group on the other node when it cannot be started here, and leaves no part of it behind",
    async run({ policy }) {
      const cluster = new PolicyCluster(policy);
      cluster.failures.set("master start nginx", FAILED);
      cluster.run(REST_MS);
      expectRuns(cluster, { master: [], cluster1: ALL }, "after the failed start");
    },
  },
  {
    id: "gives-up",
    name: "does not try for ever what can be started nowhere, and leaves no part of it running",
    async run({ policy }) {
      const cluster = new PolicyCluster(policy);
      for (const node of ["master", "cluster1"]) cluster.failures.set(`${node} start nginx`, FAILED);
      cluster.run(5 * REST_MS);
      expectThat(
        cluster.starts <= 100,
        `${cluster.starts} starts were tried within ${(5 * REST_MS) / 1000} s`,
      );
      expectRuns(cluster, { master: [], cluster1: [] }, "when nothing can be started");
    },
  },
  {
    id: "fences-first",
    name: "takes nothing from a silent node before the fence device has said that it is off",
    async run({ policy }) {
      const cluster = settled(policy, { fencing: true });
      cluster.fence = undefined;
      cluster.kill("master");
      cluster.run(REST_MS);
      expectThat(cluster.fenced.includes("master"), "fencing of the silent node was not asked for");
      expectRuns(cluster, { cluster1: [] }, "while the fence device has not answered");
    },
  },
  {
    id: "believes-the-fence",
    name: "takes over when the fence device succeeds, and not when it fails",
    async run({ policy }) {
      const outcomes = [
        { fence: { ok: true }, runs: ALL },
        { fence: { ok: false, kind: "error", reason: "no power switch" }, runs: [] },
      ] as const;
      for (const { fence, runs } of outcomes) {
        const cluster = settled(policy, { fencing: true });
        cluster.fence = fence;
        cluster.kill("master");
        cluster.run(REST_MS);
        expectRuns(cluster, { cluster1: runs }, `when fencing is ${fence.ok ? "done" : "failed"}`);
      }
    },
  },
  {
    id: "survives-garbage",
    name: "survives reports that nobody waits for, messages that make no sense, and a memory that is not its own",
    async run({ policy }) {
      for (const restored of [null, 7, "x", [], { epochs: "all" }, { version: 99 }])
        settled(policy, { restored });
      const cluster = settled(policy);
      const message = { fields: [] };
      cluster.step("master", { kind: "agent.reported", id: 4711, result: FAILED });
      cluster.step("master", { kind: "fence.reported", id: 4711, result: { ok: true } });
      cluster.step("master", { kind: "message.delivered", from: "cluster1", message });
      cluster.step("master", { kind: "status.heard", from: "nobody", message });
      cluster.run(REST_MS);
      expectRuns(cluster, { master: ALL, cluster1: [] }, "afterwards");
    },
  },
  {
    id: "same-in-same-out",
    name: "answers the same inputs with the same outputs",
    async run({ policy }) {
      const transcript = () => {
        const cluster = settled(policy);
        cluster.request("master", { kind: "standby", set: "all" });
        cluster.run(REST_MS);
        return JSON.stringify(cluster.node("master").outputs);
      };
      expectThat(transcript() === transcript(), "two runs with the same inputs gave different outputs");
    },
  },
  {
    id: "snapshot-is-json",
    name: "shows itself as versioned JSON",
    async run({ policy }) {
      expectVersionedJson(settled(policy).node("master").machine.snapshot(), "the snapshot");
    },
  },
];
