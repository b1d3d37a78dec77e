// Judges what came over a network: a value has the shape that is wanted, or it is nothing. Pure.
import { MAX_ENTRIES } from "./limits.js";

export type Check = (value: unknown) => boolean;

export const isBoolean: Check = (value) => typeof value === "boolean";
export const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
export const isAnything: Check = () => true;

export function isText(maxCharacters: number): Check {
  return (value) => typeof value === "string" && value.length <= maxCharacters;
}

export function isOneOf(...words: readonly string[]): Check {
  return (value) => words.some((word) => word === value);
}

export function isListOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.length <= MAX_ENTRIES && value.every((one) => check(one));
}

export function isRecordOf(check: Check): Check {
  return (value) => {
    if (!isPlain(value)) return false;
    const values = Object.values(value);
    return values.length <= MAX_ENTRIES && values.every((one) => check(one));
  };
}

/** All of `required`, perhaps some of `optional`, and nothing else. */
export function isObjectOf(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return (value) =>
    isPlain(value) &&
    Object.keys(required).every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, one]) => {
      const check = Object.hasOwn(required, key)
        ? required[key]
        : Object.hasOwn(optional, key)
          ? optional[key]
          : undefined;
      return check?.(one) === true;
    });
}

/** `text` as JSON; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
