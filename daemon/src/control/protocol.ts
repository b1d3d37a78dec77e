// What is said over the control socket: one JSON object a line, first the question, then the answer.
import { z } from "zod";
import { FENCE_OPERATIONS, FENCE_QUESTIONS, FenceDocument, type FenceQuestion } from "./fence-documents.js";
import { JournalEntry } from "../journal/entry.js";
import { KeyDocument } from "./key-document.js";
import { StatusDocument } from "./status-document.js";

/** Longest line of a question. */
export const MAX_REQUEST_BYTES = 64 * 1024;
/** Longest line of an answer: a status of many groups. */
export const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
export const MAX_CONNECTIONS = 16;
/** Connections that may follow events: others find room for their questions. */
export const MAX_FOLLOWERS = 8;
/** Events that wait for a follower that reads slowly; the rest is left out, and counted. */
export const MAX_EVENTS_WAITING = 500;
/** How long a connection may stay without a complete question. */
export const IDLE_MS = 10_000;
/** Longest time that a question may ask for. */
export const MAX_TIMEOUT_MS = 3_600_000;
/** Names in one change of the list of nodes, characters of a name and of a site: no less than the engine takes. */
const MAX_NODES = 100;
const MAX_NODE_NAME = 255;
const MAX_SITE = 255;

/** Longest name of a resource or group that is asked for. */
const MAX_NAME_LENGTH = 1024;
/** A node's name here is judged by the engine; this only bounds it. */
const NodeName = z.string().min(1).max(MAX_NODE_NAME);

const Name = z.string().min(1).max(MAX_NAME_LENGTH);
const GroupSetSchema = z.enum(["all", "local", "foreign"]);
const NodeEdit = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("add"), nodes: z.array(NodeName).min(1).max(MAX_NODES).readonly() }),
  z.object({ kind: z.literal("delete"), nodes: z.array(NodeName).min(1).max(MAX_NODES).readonly() }),
  z.object({ kind: z.literal("weight"), node: NodeName, weight: z.int().nonnegative() }),
  z.object({ kind: z.literal("site"), node: NodeName, site: z.string().max(MAX_SITE) }),
]);
const timeoutMs = z.int().min(1).max(MAX_TIMEOUT_MS).optional();

export const ControlRequest = z.discriminatedUnion("command", [
  z.object({ command: z.literal("ping") }),
  z.object({ command: z.literal("status") }),
  z.object({ command: z.literal("keys") }),
  z.object({ command: z.literal("events"), afterSeq: z.int().nonnegative().optional() }),
  z.object({ command: z.literal("keys-rotate"), timeoutMs }),
  z.object({ command: z.literal("keys-reload"), timeoutMs }),
  z.object({ command: z.literal("standby"), set: GroupSetSchema, timeoutMs }),
  z.object({ command: z.literal("takeover"), set: GroupSetSchema, timeoutMs }),
  z.object({ command: z.literal("move"), group: Name, to: NodeName.optional(), timeoutMs }),
  z.object({ command: z.literal("restart"), name: Name, timeoutMs }),
  z.object({ command: z.literal("node"), edit: NodeEdit, timeoutMs }),
  z.object({
    command: z.literal("cleanup"),
    name: Name.optional(),
    timeoutMs,
  }),
  z.object({ command: z.literal("stop"), timeoutMs }),
  ...FENCE_QUESTIONS,
  ...FENCE_OPERATIONS,
]);
export type ControlRequest = z.infer<typeof ControlRequest>;
/** What an operator wants done, as opposed to a question. */
export type Operation = Exclude<
  ControlRequest,
  { command: "ping" | "status" | "keys" | "events" | FenceQuestion["command"] }
>;

/** Whether a request changes nothing: then whoever may look may ask it. A test of a fence device makes it work. */
export function onlyReads(request: ControlRequest): boolean {
  switch (request.command) {
    case "ping":
    case "status":
    case "keys":
    case "events":
    case "fence-list":
    case "fence-status":
    case "fence-history":
      return true;
    case "fence":
    case "fence-confirm":
    case "fence-test":
    case "keys-rotate":
    case "keys-reload":
    case "standby":
    case "takeover":
    case "move":
    case "restart":
    case "node":
    case "cleanup":
    case "stop":
      return false;
  }
}

/** Why a question was not answered with ok. */
const FailureCode = z.enum([
  "bad-request",
  "busy",
  "internal",
  "not-permitted",
  "refused",
  "starting",
  "stopping",
  "timeout",
  "too-long",
  "unknown-command",
]);
export type FailureCode = z.infer<typeof FailureCode>;

export const ControlResponse = z.union([
  z.object({
    ok: z.literal(true),
    pid: z.int(),
    version: z.string(),
    reason: z.string().optional(),
    status: StatusDocument.optional(),
    fence: FenceDocument.optional(),
    keys: KeyDocument.optional(),
  }),
  z.object({ ok: z.literal(false), code: FailureCode, reason: z.string() }),
]);
export type ControlResponse = z.infer<typeof ControlResponse>;

/** After a good answer to `events`, until the daemon ends: one a line, in order. */
export const EventLine = z.union([
  z.object({ entry: JournalEntry }),
  z.object({ missed: z.int().positive().describe("entries that were left out here") }),
]);
export type EventLine = z.infer<typeof EventLine>;

export type ParsedRequest =
  | { readonly ok: true; readonly request: ControlRequest }
  | { readonly ok: false; readonly code: FailureCode; readonly reason: string };

const COMMANDS = ControlRequest.options.map((option) => option.shape.command.value);

/** Reads a line of anybody's making. Never throws. */
export function parseRequest(line: string): ParsedRequest {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { ok: false, code: "bad-request", reason: "the line is not JSON" };
  }
  const parsed = ControlRequest.safeParse(json);
  if (parsed.success) return { ok: true, request: parsed.data };
  const command = typeof json === "object" && json !== null && "command" in json ? json.command : undefined;
  if (typeof command === "string" && !COMMANDS.some((known) => known === command)) {
    const reason = `this command is unknown; there are ${COMMANDS.join(", ")}`;
    return { ok: false, code: "unknown-command", reason };
  }
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "the request";
  return { ok: false, code: "bad-request", reason: `${where}: ${issue?.message ?? "invalid"}` };
}
