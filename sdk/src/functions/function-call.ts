// What a node asks of a function: one operation of one port, as JSON. Nothing is believed that has not the right shape. Pure.
import type { ClusterEvent, FenceAction, ResourceAction, ResourceSpec } from "@systole/core/ports";
import { MAX_NAME_CHARACTERS, MAX_SENTENCE_CHARACTERS } from "./limits.js";
import {
  isAnything,
  isBoolean,
  isListOf,
  isNumber,
  isObjectOf,
  isOneOf,
  isRecordOf,
  isText,
  parsedJson,
} from "./shapes.js";

/** What signed calls to a function are for. */
export const FUNCTION_PURPOSE = "function";

interface Addressed {
  /** Under which the function's plugin provides it. Absent: the only one that it has. */
  readonly name?: string;
  /** Nothing is done for it after that: milliseconds since 1970, by the clock that the call's date is of. */
  readonly untilMs: number;
}

export interface FenceCall extends Addressed {
  readonly port: "fence-device";
  readonly operation: FenceAction | "status" | "list";
  /** "" for a list. */
  readonly node: string;
}

export interface AgentCall extends Addressed {
  readonly port: "resource-agent";
  readonly operation: ResourceAction | "validate" | "describe";
  /** Of one that is described, its arguments. */
  readonly resource: ResourceSpec;
  /** That asks, and that shall have the resource, or not have it. */
  readonly node?: string;
  /** Of a stop. */
  readonly urgent?: boolean;
}

export interface NotifyCall extends Addressed {
  readonly port: "notifier";
  readonly operation: "notify";
  readonly event: ClusterEvent;
}

export type FunctionCall = FenceCall | AgentCall | NotifyCall;

const name = isText(MAX_NAME_CHARACTERS);
const text = isText(Number.MAX_SAFE_INTEGER);
const addressed = { untilMs: isNumber };
const maybe = { name };

const resource = isObjectOf({
  name: isText(MAX_SENTENCE_CHARACTERS),
  args: isListOf(text),
  parameters: isRecordOf(text),
});
const event = isObjectOf({
  name,
  severity: isOneOf("info", "warning", "critical"),
  atWallMs: isNumber,
  node: name,
  fields: isRecordOf(isAnything),
});

const isFenceCall = isObjectOf(
  {
    ...addressed,
    port: isOneOf("fence-device"),
    operation: isOneOf("off", "on", "reset", "status", "list"),
    node: name,
  },
  maybe,
);
const isAgentCall = isObjectOf(
  {
    ...addressed,
    port: isOneOf("resource-agent"),
    operation: isOneOf("start", "stop", "status", "announce", "warm", "validate", "describe"),
    resource,
  },
  { ...maybe, node: name, urgent: isBoolean },
);
const isNotifyCall = isObjectOf(
  { ...addressed, port: isOneOf("notifier"), operation: isOneOf("notify"), event },
  maybe,
);

/** Undefined when it is not a call. */
export function parseFunctionCall(body: string): FunctionCall | undefined {
  const value = parsedJson(body);
  return [isFenceCall, isAgentCall, isNotifyCall].some((check) => check(value))
    ? (value as FunctionCall)
    : undefined;
}

const LOOKS: ReadonlySet<string> = new Set(["status", "list", "validate", "describe"]);

/** Whether it changes nothing, so that it may be done again as often as it comes. */
export function onlyLooks({ operation }: FunctionCall): boolean {
  return LOOKS.has(operation);
}
