// The JSON that `systole fence … --json` prints, and what is asked for it over the control socket.
import { z } from "zod";
import type { ClusterHandle } from "./cluster-handle.js";

const Count = z.int().nonnegative();
/** A node's name is judged by the cluster; this only bounds it. */
const NodeName = z.string().min(1).max(255);
const timeoutMs = z.int().min(1).max(3_600_000).optional();

/** Questions: they change nothing. `fence-test` makes devices work, so it is not for everybody. */
export const FENCE_QUESTIONS = [
  z.object({ command: z.literal("fence-list") }),
  z.object({ command: z.literal("fence-status") }),
  z.object({ command: z.literal("fence-history") }),
  z.object({ command: z.literal("fence-test"), node: NodeName, timeoutMs }),
] as const;

/** Those of them that whoever may see the status may ask. */
export const OPEN_FENCE_QUESTIONS = ["fence-list", "fence-status", "fence-history"] as const;

/** What an operator wants done. */
export const FENCE_OPERATIONS = [
  z.object({ command: z.literal("fence"), node: NodeName, timeoutMs }),
  z.object({ command: z.literal("fence-confirm"), node: NodeName, timeoutMs }),
] as const;

export const FenceQuestion = z.discriminatedUnion("command", FENCE_QUESTIONS);
export type FenceQuestion = z.infer<typeof FenceQuestion>;

export const FenceCase = z.object({
  node: z.string(),
  why: z.string().describe("why it must be fenced, as a sentence"),
  phase: z.enum(["delayed", "under-way", "retrying", "given-up", "elsewhere"]),
  waitsFor: z.string().describe("what it waits for, as a sentence"),
  failures: Count.describe("attempts that have failed so far"),
  lastFailure: z.string().optional().describe("what the last one failed of"),
  nextInMs: Count.optional().describe("until the next attempt, while it waits for one"),
});

const FencingOfNode = z.object({
  node: z.string(),
  levels: z.array(z.array(z.string())).describe("tried in this order; the devices of one must all succeed"),
  delayMs: Count.describe("how long the others wait before they fence it"),
});

const Step = z.object({
  device: z.string(),
  action: z.enum(["off", "on", "reset"]),
  ok: z.boolean(),
  verified: z.boolean().describe("true when the device's own status said so"),
  reason: z.string().optional(),
  tookMs: Count,
});

const schemaVersion = z.literal(1);

export const FenceDocument = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("list"),
    schemaVersion,
    action: z.enum(["off", "reset"]).describe("what is done to a node"),
    devices: z.array(
      z.object({
        name: z.string(),
        nodes: z.array(z.string()).describe("nodes that it can fence, as it says"),
        problem: z.string().optional().describe("why it could not say"),
      }),
    ),
    nodes: z.array(FencingOfNode).describe("the other nodes"),
  }),
  z.object({
    kind: z.literal("status"),
    schemaVersion,
    cases: z.array(FenceCase).describe("nodes that are to be fenced and are not yet"),
    questions: z.array(z.string()).describe("nodes about which a person is asked"),
    nodes: z.array(FencingOfNode),
  }),
  z.object({
    kind: z.literal("test"),
    schemaVersion,
    node: z.string(),
    ok: z.boolean().describe("there is a level of which every device lists the node and answers"),
    devices: z.array(
      z.object({
        device: z.string(),
        level: Count,
        lists: z.boolean(),
        status: z.enum(["on", "off", "unknown"]),
        problem: z.string().optional(),
      }),
    ),
  }),
  z.object({
    kind: z.literal("history"),
    schemaVersion,
    records: z
      .array(
        z.object({
          atWallMs: z.number().describe("milliseconds since 1970 UTC"),
          node: z.string(),
          by: z.string().describe("the node that did it, or `operator`"),
          ok: z.boolean(),
          how: z.string().describe("what was done, or why it failed"),
          why: z.string().describe("why it was done"),
          tookMs: z.number(),
          steps: z.array(Step).describe("what each device was asked"),
        }),
      )
      .describe("the latest last"),
  }),
]);
export type FenceDocument = z.infer<typeof FenceDocument>;

export type FenceDocumentOf<Kind extends FenceDocument["kind"]> = Extract<FenceDocument, { kind: Kind }>;

/** Undefined when the node is not another one of this cluster. */
export async function fenceDocument(
  handle: ClusterHandle,
  question: FenceQuestion,
): Promise<FenceDocument | undefined> {
  const { fencing } = handle;
  const nodes = fencing.nodes().map(({ node, levels, delayMs }) => {
    return { node, levels: levels.map((level) => [...level]), delayMs };
  });
  switch (question.command) {
    case "fence-list": {
      const devices = await fencing.devices();
      const listed = devices.map((device) => ({ ...device, nodes: [...device.nodes] }));
      return { kind: "list", schemaVersion: 1, action: fencing.action, devices: listed, nodes };
    }
    case "fence-status": {
      const cases = (handle.status().policy.fencing ?? []).map((one) => ({ ...one }));
      return { kind: "status", schemaVersion: 1, cases, questions: [...fencing.questions()], nodes };
    }
    case "fence-test": {
      if (!nodes.some(({ node }) => node === question.node)) return undefined;
      const { node, ok, devices } = await fencing.test(question.node);
      return { kind: "test", schemaVersion: 1, node, ok, devices: devices.map((device) => ({ ...device })) };
    }
    case "fence-history": {
      const records = fencing
        .history()
        .map((record) => ({ ...record, steps: record.steps.map((step) => ({ ...step })) }));
      return { kind: "history", schemaVersion: 1, records };
    }
  }
}

export function isFenceQuestion(request: { readonly command: string }): request is FenceQuestion {
  return FENCE_QUESTIONS.some((question) => question.shape.command.value === request.command);
}
