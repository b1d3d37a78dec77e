// The JSON that `systole status --json` prints. The schema here is the source of daemon/status.schema.json.
import type { IsolationView, NodeView, SelfView } from "@systole/core/ports";
import { z } from "zod";
import type { ClusterStatus } from "./cluster-handle.js";
import { FenceCase } from "./fence-documents.js";

const RunState = z.enum(["stopped", "starting", "started", "stopping", "failed", "unknown"]);
const Count = z.int().nonnegative();

const Resource = z.object({
  name: z.string().describe("as written in the configuration"),
  agent: z.string(),
  state: RunState.describe("on the owner, as it reports it"),
  reason: z.string().optional().describe("why it is not as it should be"),
  failures: Count.optional().describe("how often it failed on the owner, lately"),
});

const Group = z.object({
  key: z.string().describe("the first resource as written"),
  home: z.string().describe("the node that the configuration prefers"),
  owner: z
    .string()
    .nullable()
    .describe("the node that holds it as far as this node knows; null when nobody does"),
  state: RunState,
  epoch: Count.describe("how often it was claimed; the highest claim wins"),
  why: z.string().describe("why it is where it is, as a sentence"),
  failures: z
    .array(
      z.object({
        node: z.string(),
        count: Count.describe("of all its resources together"),
        exhausted: z.boolean().describe("true when it goes there only if no other node can run it"),
      }),
    )
    .optional()
    .describe("failures that are remembered, by node"),
  resources: z.array(Resource).describe("in the order in which they start"),
});

const Node = z.object({
  name: z.string(),
  kind: z.enum(["normal", "ping"]),
  state: z.enum(["init", "up", "active", "dead", "ping"]),
  reason: z.string().describe("why it is in that state, as a word"),
  dialect: z.enum(["unknown", "heartbeat", "systole"]).describe("what its daemon speaks"),
  generation: Count.describe("restart counter of its daemon; 0 while unknown"),
  weight: Count.optional().describe("as `systole node weight` said; absent: 100"),
  frames: z
    .enum(["sealed", "signed", "nothing"])
    .optional()
    .describe("how it speaks, where frames are sealed here; absent elsewhere and of this node"),
  site: z.string().optional().describe("as `systole node site` said; absent: none"),
  links: z.array(z.object({ name: z.string(), state: z.enum(["up", "dead"]) })),
  late: z
    .object({ times: Count, longestMs: Count })
    .optional()
    .describe(
      "how often its signs of life came later than warntime, since this daemon started; absent: never",
    ),
});

const UnderWay = z.object({
  resource: z.string(),
  action: z.enum(["start", "stop", "status", "announce", "warm", "elsewhere"]),
  forMs: Count.describe("since it was asked for"),
  timeoutMs: Count.describe("it is ended after so long"),
});

const Isolation = z.object({
  policy: z.enum(["hold", "release", "fence"]),
  rule: z.string().describe("which row of the table in docs/partitions.md decides, as its name"),
  serves: z.boolean().describe("false: what this node holds is stopped here, and it takes nothing"),
  why: z.string(),
  quorum: z
    .array(
      z.object({
        name: z.string(),
        answer: z.enum(["granted", "denied", "unreachable"]),
        reason: z.string().optional().describe("why it could not be asked, or who holds it"),
      }),
    )
    .describe("what each quorum said last; empty while nobody is asked"),
});

const Health = z.object({
  lateMs: z.number().describe("the longest that this node was late in the last five minutes"),
  lateTimes: Count.describe("how often it was late since it started"),
  suspendedMs: z.number().optional().describe("how long the machine was suspended since it started"),
  stealShare: z.number().optional().describe("share of CPU time that the hypervisor gave to others, 0 to 1"),
  cpuPressure: z
    .number()
    .optional()
    .describe("share of the last ten seconds in which something waited for a CPU, 0 to 1"),
  cutOff: z.boolean().describe("true when nothing that it could be heard through has carrier"),
  carriers: z.array(z.object({ interface: z.string(), state: z.enum(["up", "lost", "unknown"]) })),
});

const AddressGuard = z.object({
  state: z.enum(["starting", "watching", "down"]).describe("`down`: nobody watches at the moment"),
  afterMs: z.number().describe("addresses go after so much silence of this daemon"),
  pid: Count.optional().describe("of its process"),
  restarts: Count.describe("how often it was started again after it had ended unasked"),
});

export const StatusDocument = z.object({
  schemaVersion: z.literal(1).describe("raised when a field changes its meaning or goes away"),
  node: z.string().describe("the node that answers"),
  stable: z.boolean().describe("true when nothing is moving and nothing is about to"),
  why: z.string().describe("what it waits for when not stable, else why it rests"),
  nodes: z.array(Node).describe("the answering node first, ping nodes last"),
  groups: z.array(Group),
  operations: z
    .array(UnderWay)
    .optional()
    .describe("what agents are doing on the answering node, the oldest first; absent: nothing"),
  fencing: z
    .array(FenceCase)
    .optional()
    .describe("nodes that must be fenced before anything of theirs is taken over; absent: none"),
  sealing: z
    .enum(["receive-only", "permissive", "enforce"])
    .optional()
    .describe("how this node seals frames; absent: it signs them only"),
  isolation: Isolation.optional().describe("whether this node may serve while it does not hear the others"),
  health: Health.optional().describe("of the answering node itself"),
  addressGuard: AddressGuard.optional().describe(
    "the process that removes this node's addresses when the daemon cannot; absent: there is none",
  ),
  problems: z
    .array(z.string())
    .optional()
    .describe("what is wrong among the nodes and needs a person, each as a sentence"),
  counters: z.object({
    framesRefused: z.record(z.string(), Count).describe("by reason"),
    framesSent: Count,
    framesReceived: Count,
  }),
});

export type StatusDocument = z.infer<typeof StatusDocument>;

function nodeDocument(node: NodeView, { keys, lateBeats }: ClusterStatus): z.infer<typeof Node> {
  const frames = keys?.peers.find((peer) => peer.node === node.name)?.sends;
  const late = lateBeats?.get(node.name);
  const { name, kind, state, reason, dialect, generation, weight, site, links } = node;
  return {
    name,
    kind,
    state,
    reason,
    dialect,
    generation,
    ...(weight !== undefined && { weight }),
    ...(frames !== undefined && { frames }),
    ...(site !== undefined && { site }),
    links: links.map((link) => ({ name: link.name, state: link.state })),
    ...(late !== undefined && { late: { ...late } }),
  };
}

function isolationDocument({ policy, rule, serves, why, quorum }: IsolationView): z.infer<typeof Isolation> {
  const answers = quorum.map(({ name, answer }) => {
    const reason =
      answer.kind === "unreachable"
        ? answer.reason
        : answer.kind === "denied" && answer.holder !== undefined
          ? `${answer.holder} holds it`
          : undefined;
    return { name, answer: answer.kind, ...(reason !== undefined && { reason }) };
  });
  return { policy, rule, serves, why, quorum: answers };
}

function healthDocument({ carriers, ...health }: SelfView): z.infer<typeof Health> {
  return { ...health, carriers: carriers.map((carrier) => ({ ...carrier })) };
}

/** The document of this moment. */
export function statusDocument(status: ClusterStatus): StatusDocument {
  const { framesRefused, framesSent, framesReceived } = status.counters;
  const { fencing } = status.policy;
  const { operations = [] } = status;
  return {
    schemaVersion: 1,
    node: status.self,
    stable: status.policy.stable,
    why: status.policy.why,
    nodes: status.nodes.map((node) => nodeDocument(node, status)),
    ...(status.keys !== undefined && status.keys.mode !== "off" && { sealing: status.keys.mode }),
    groups: status.policy.groups.map(({ key, home, owner, state, epoch, why, failures, resources }) => ({
      key,
      home,
      owner: owner ?? null,
      state,
      epoch,
      why,
      ...(failures !== undefined && { failures: failures.map((one) => ({ ...one })) }),
      resources: resources.map(({ name, agent, state, reason, failures: count }) => ({
        name,
        agent,
        state,
        ...(reason !== undefined && { reason }),
        ...(count !== undefined && { failures: count }),
      })),
    })),
    ...(operations.length > 0 && { operations: operations.map((one) => ({ ...one })) }),
    ...(fencing !== undefined && { fencing: fencing.map((one) => ({ ...one })) }),
    ...(status.policy.isolation !== undefined && { isolation: isolationDocument(status.policy.isolation) }),
    ...(status.health !== undefined && { health: healthDocument(status.health) }),
    ...(status.addressGuard !== undefined && { addressGuard: { ...status.addressGuard } }),
    problems: [...(status.problems ?? [])],
    counters: { framesRefused: { ...framesRefused }, framesSent, framesReceived },
  };
}

/** JSON Schema of the document. Readers must accept fields that they do not know. */
export function statusJsonSchema(): Record<string, unknown> {
  return {
    $id: "urn:systole:schema:status:1",
    title: "Status of a Systole node",
    ...z.toJSONSchema(StatusDocument, { io: "input" }),
  };
}
