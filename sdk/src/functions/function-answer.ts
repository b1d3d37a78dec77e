// What a function answers: what the port that it was asked for answers, as JSON. Nothing is believed that has not the right
// shape. Pure.
import type { AgentLookup, FenceResult, OperationResult } from "@systole/core/ports";
import { MAX_NAME_CHARACTERS, MAX_SENTENCE_CHARACTERS } from "./limits.js";
import { isBoolean, isListOf, isNumber, isObjectOf, isOneOf, isText, type Check } from "./shapes.js";

const sentence = isText(MAX_SENTENCE_CHARACTERS);
const text = isText(Number.MAX_SAFE_INTEGER);
const name = isText(MAX_NAME_CHARACTERS);
const ok: Check = (value) => value === true;
const not: Check = (value) => value === false;

function failure(...kinds: readonly string[]): Check {
  return isObjectOf({ ok: not, kind: isOneOf(...kinds), reason: sentence });
}

const isFenceFailure = failure("timeout", "unknown-node", "error");
const isFenceSuccess = isObjectOf({ ok });
const isPower = isObjectOf({ state: isOneOf("on", "off", "unknown") });
const isNodes = isObjectOf({ nodes: isListOf(name) });
const isOperationFailure = failure("timeout", "not-here", "error");
const isOperationSuccess = isObjectOf(
  { ok, state: isOneOf("running", "stopped", "failed") },
  { reason: sentence },
);
const isProblems = isObjectOf({ problems: isListOf(sentence) });
const isToldFailure = isObjectOf({ ok: not, reason: sentence });

const parameter = isObjectOf({ name, required: isBoolean, type: name, title: text, text }, { default: text });
const action = isObjectOf({ name }, { timeoutMs: isNumber });
const description = isObjectOf(
  { title: text, text, parameters: isListOf(parameter), actions: isListOf(action) },
  { version: name, refusal: text },
);
const isFound = isObjectOf({ ok, description });

/** To `off`, `on`, `reset`. Undefined, here and below: it is not such an answer. */
export function asFenceResult(value: unknown): FenceResult | undefined {
  return isFenceSuccess(value) || isFenceFailure(value) ? (value as FenceResult) : undefined;
}

/** To `status` of a fence device. */
export function asPower(value: unknown): { readonly state: "on" | "off" | "unknown" } | undefined {
  return isPower(value) ? (value as { state: "on" | "off" | "unknown" }) : undefined;
}

/** To `list` of a fence device. */
export function asNodes(value: unknown): { readonly nodes: readonly string[] } | undefined {
  return isNodes(value) ? (value as { nodes: readonly string[] }) : undefined;
}

/** To what an agent does with a resource. */
export function asOperationResult(value: unknown): OperationResult | undefined {
  return isOperationSuccess(value) || isOperationFailure(value) ? (value as OperationResult) : undefined;
}

/** To `validate`. */
export function asProblems(value: unknown): { readonly problems: readonly string[] } | undefined {
  return isProblems(value) ? (value as { problems: readonly string[] }) : undefined;
}

/** To `describe`. */
export function asLookup(value: unknown): AgentLookup | undefined {
  return isFound(value) || isToldFailure(value) ? (value as AgentLookup) : undefined;
}

export type Told = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** To `notify`. */
export function asTold(value: unknown): Told | undefined {
  return isFenceSuccess(value) || isToldFailure(value) ? (value as Told) : undefined;
}
