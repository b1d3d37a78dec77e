// What every membership protocol must do, as data: deterministic machines that find each other and notice who is gone.
import type { Membership } from "@systole/core/ports";
import type { ContractCase } from "./contract.js";
import { expectEqual, expectThat } from "./expectations.js";
import { MembershipCluster, note, SETTLE_MS, TIMINGS } from "./membership-cluster.js";
import { expectVersionedJson, seeded } from "./plain-data.js";

export interface MembershipSubject {
  readonly membership: Membership;
}

/** There is nothing that a membership may leave out. */
export function membershipOffers(): readonly string[] {
  return [];
}

/** Two nodes that have found each other. */
function settled(membership: Membership, names?: readonly string[]): MembershipCluster {
  const cluster = new MembershipCluster(membership, names);
  cluster.run(SETTLE_MS);
  for (const of of cluster.nodes.keys())
    for (const about of cluster.nodes.keys())
      expectEqual(cluster.state(of, about), "active", `state of ${about} as ${of} sees it`);
  return cluster;
}

function say(cluster: MembershipCluster, from: string, text: string, to?: string): void {
  const address = to === undefined ? {} : { to };
  cluster.step(from, { kind: "message.send", message: note(text), ...address });
}

export const membershipContract: readonly ContractCase<MembershipSubject>[] = [
  {
    id: "same-in-same-out",
    name: "answers the same inputs with the same outputs",
    async run({ membership }) {
      const transcript = () => {
        const cluster = new MembershipCluster(membership);
        cluster.run(SETTLE_MS);
        cluster.kill("cluster1");
        cluster.run(SETTLE_MS);
        return JSON.stringify(cluster.nodes.get("master")?.outputs);
      };
      expectThat(transcript() === transcript(), "two runs with the same inputs gave different outputs");
    },
  },
  {
    id: "finds-the-others",
    name: "finds the configured nodes, and takes part itself",
    run: async ({ membership }) => void settled(membership, ["master", "cluster1", "cluster2"]),
  },
  {
    id: "lists-in-order",
    name: "lists itself first, then the others as configured, ping nodes last",
    async run({ membership }) {
      const cluster = new MembershipCluster(membership, ["master", "cluster1", "cluster2"]);
      cluster.start("cluster1", { pingNodes: [{ name: "gateway", group: false }] });
      const names = cluster.view("cluster1").map(({ name }) => name);
      expectEqual(names, ["cluster1", "master", "cluster2", "gateway"], "names in the view");
      expectEqual(cluster.view("cluster1").at(-1)?.kind, "ping", "kind of the ping node");
    },
  },
  {
    id: "rests",
    name: "reports no change while nothing changes, however long",
    async run({ membership }) {
      const cluster = settled(membership);
      const sinceMs = cluster.nowMs;
      cluster.run(60_000);
      for (const kind of ["node.changed", "link.changed"] as const)
        expectEqual(cluster.outputs("master", kind, sinceMs).length, 0, `${kind} within a quiet minute`);
    },
  },
  {
    id: "notices-death",
    name: "reports a node dead after deadMs of silence, not before and not much later",
    async run({ membership }) {
      const cluster = settled(membership);
      const sinceMs = cluster.nowMs;
      cluster.kill("cluster1");
      cluster.run(SETTLE_MS);
      const death = cluster
        .outputs("master", "node.changed", sinceMs)
        .find(({ output }) => output.node === "cluster1" && output.to === "dead");
      expectThat(death !== undefined, "the silent node was not reported dead");
      const afterMs = death.atMs - sinceMs;
      const { deadMs, keepaliveMs } = TIMINGS;
      expectThat(afterMs >= deadMs - 2 * keepaliveMs, `it was reported dead after ${afterMs} ms`);
      expectThat(afterMs <= deadMs + 2 * keepaliveMs, `it was reported dead only after ${afterMs} ms`);
      expectEqual(cluster.state("master", "cluster1"), "dead", "state in the view");
      expectThat(death.output.reason !== "", "the change has no reason");
    },
  },
  {
    id: "notices-dead-link",
    name: "reports a link dead that carries nothing any more, while the node lives on over another",
    async run({ membership }) {
      const cluster = settled(membership);
      const sinceMs = cluster.nowMs;
      cluster.fate = (_from, _to, link) => (link === "eth1" ? "drop" : "deliver");
      cluster.run(SETTLE_MS);
      const links = cluster
        .outputs("master", "link.changed", sinceMs)
        .map(({ output: { node, link, to } }) => `${node} ${link} ${to}`);
      expectEqual(links, ["cluster1 eth1 dead"], "changes of links");
      expectEqual(cluster.state("master", "cluster1"), "active", "state of the node behind the link");
    },
  },
  {
    id: "takes-back",
    name: "takes a node back that was restarted, and one that was cut off",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.kill("cluster1");
      cluster.run(SETTLE_MS);
      cluster.start("cluster1", { generation: 2 });
      cluster.run(SETTLE_MS);
      expectEqual(cluster.state("master", "cluster1"), "active", "state after the restart");
      cluster.fate = () => "drop";
      cluster.run(SETTLE_MS);
      expectEqual(cluster.state("master", "cluster1"), "dead", "state while it is cut off");
      cluster.fate = () => "deliver";
      cluster.run(SETTLE_MS);
      for (const [of, about] of [
        ["master", "cluster1"],
        ["cluster1", "master"],
      ] as const)
        expectEqual(cluster.state(of, about), "active", `state of ${about} after the cut`);
    },
  },
  {
    id: "leaves",
    name: "is silent once it has left, and the others notice as they notice a death, or sooner",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.step("cluster1", { kind: "leave" });
      const leftMs = cluster.nowMs + 1;
      cluster.run(TIMINGS.deadMs + 2 * TIMINGS.keepaliveMs);
      expectEqual(cluster.state("master", "cluster1"), "dead", "state of the node that left");
      cluster.run(SETTLE_MS);
      say(cluster, "cluster1", "from the grave");
      expectEqual(cluster.outputs("cluster1", "message.send", leftMs).length, 0, "messages after leaving");
      expectEqual(
        cluster.nodes.get("cluster1")?.machine.deadline() === Infinity,
        true,
        "no deadline after leaving",
      );
    },
  },
  {
    id: "delivers-once",
    name: "hands every message to the others once and never to itself, also over two links that repeat",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.fate = () => "repeat";
      const texts = Array.from({ length: 10 }, (_, index) => `note ${index}`);
      for (const text of texts) {
        say(cluster, "master", text);
        cluster.run(50);
      }
      cluster.run(SETTLE_MS);
      expectEqual(cluster.heard("cluster1").toSorted(), texts, "what the other heard");
      expectEqual(cluster.heard("master"), [], "what the sender heard");
      const senders = cluster.outputs("cluster1", "message.delivered").map(({ output: { from } }) => from);
      expectThat(
        senders.every((from) => from === "master"),
        "a message came from somebody else",
      );
    },
  },
  {
    id: "delivers-despite-loss",
    name: "hands every message over although the network loses a third of what it carries",
    async run({ membership }) {
      const cluster = settled(membership);
      const random = seeded(7);
      cluster.fate = (_from, _to, link) => (link === "eth1" || random() < 1 / 3 ? "drop" : "deliver");
      const texts = Array.from({ length: 20 }, (_, index) => `note ${String(index).padStart(2, "0")}`);
      for (const text of texts) {
        say(cluster, "master", text);
        cluster.run(100);
      }
      cluster.run(20_000);
      expectEqual(cluster.heard("cluster1").toSorted(), texts, "what the other heard");
    },
  },
  {
    id: "delivers-to-whom",
    name: "hands a message for one node to that node only",
    async run({ membership }) {
      const cluster = settled(membership, ["master", "cluster1", "cluster2"]);
      say(cluster, "master", "for cluster2", "cluster2");
      cluster.run(SETTLE_MS);
      expectEqual(cluster.heard("cluster2"), ["for cluster2"], "what the addressed node heard");
      expectEqual(cluster.heard("cluster1"), [], "what the other node heard");
    },
  },
  {
    id: "publishes",
    name: "tells the others what it publishes, at once and with every status",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.step("master", { kind: "publish", fields: { contract: "published" } });
      const told = () =>
        cluster
          .outputs("cluster1", "status.heard")
          .filter(({ output }) =>
            output.message.fields.some(
              ({ name, ...field }) => name === "contract" && "value" in field && field.value === "published",
            ),
          ).length;
      cluster.run(TIMINGS.keepaliveMs / 2);
      expectThat(told() >= 1, "nothing was told at once");
      cluster.run(10 * TIMINGS.keepaliveMs);
      expectThat(told() >= 5, `it was told ${told()} times in ten keepalives`);
    },
  },
  {
    id: "keeps-strangers-out",
    name: "takes no notice of nodes that are not configured",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.start("stranger");
      cluster.run(SETTLE_MS);
      say(cluster, "stranger", "let me in");
      cluster.run(SETTLE_MS);
      const names = cluster.view("master").map(({ name }) => name);
      expectEqual(names, ["master", "cluster1"], "names in the view");
      expectEqual(cluster.heard("master"), [], "what was handed over of a stranger");
    },
  },
  {
    id: "refuses-what-does-not-fit",
    name: "does not send what no medium can carry, and goes on",
    async run({ membership }) {
      const cluster = settled(membership);
      const isLong = ({ fields }: ReturnType<typeof note>) =>
        fields.some(({ name, ...field }) => name === "text" && "value" in field && field.value === "long");
      cluster.start("master", { generation: 2, fits: (message) => !isLong(message) });
      cluster.run(SETTLE_MS);
      say(cluster, "master", "long");
      say(cluster, "master", "short");
      cluster.run(SETTLE_MS);
      expectEqual(cluster.heard("cluster1"), ["short"], "what the other heard");
    },
  },
  {
    id: "answers-edits",
    name: "answers every request to edit the nodes, with a reason",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.step("master", {
        kind: "nodes.edit",
        id: 4711,
        request: { kind: "delete", nodes: ["nobody"] },
      });
      cluster.run(SETTLE_MS);
      const [answer, ...others] = cluster.outputs("master", "nodes.edited").map(({ output }) => output);
      expectEqual([answer?.id, answer?.ok, others.length], [4711, false, 0], "answers");
      expectThat(answer !== undefined && answer.reason !== "", "the answer has no reason");
    },
  },
  {
    id: "survives-garbage",
    name: "survives authentic messages that make no sense, and a memory that is not its own",
    async run({ membership }) {
      const cluster = settled(membership);
      const odd = [
        { fields: [] },
        note(""),
        ...["status", "\0", "__proto__"].map((t) => ({
          fields: [{ name: "t", type: "string", value: t } as const],
        })),
      ];
      for (const message of odd) cluster.step("master", { kind: "message.received", link: "eth0", message });
      cluster.step("master", { kind: "message.received", link: "no-such-link", message: note("x") });
      for (const restored of [null, 7, "x", [], {}, { version: 99 }, { nodes: "all" }])
        cluster.start("cluster1", { generation: 2, restored });
      cluster.run(SETTLE_MS);
      expectEqual(cluster.state("master", "cluster1"), "active", "state of the other node afterwards");
    },
  },
  {
    id: "snapshot-is-json",
    name: "shows itself as versioned JSON",
    async run({ membership }) {
      const cluster = settled(membership);
      cluster.kill("cluster1");
      cluster.run(SETTLE_MS);
      expectVersionedJson(cluster.nodes.get("master")?.machine.snapshot(), "the snapshot");
    },
  },
];
