// What the contracts of pure machines ask of data: that it is not changed behind one's back, and that it is JSON.
import { expectEqual, expectThat } from "./expectations.js";

/** Freezes a value and all that it holds, but for bytes, which cannot be frozen. */
export function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}

/** A snapshot is JSON with a version: what is saved and loaded again is the same. */
export function expectVersionedJson(snapshot: unknown, what: string): void {
  expectThat(typeof snapshot === "object" && snapshot !== null, `${what} is no object`);
  const { version } = snapshot as { readonly version?: unknown };
  expectThat(Number.isInteger(version), `${what} has no whole number as version`);
  const odd = notJson(snapshot, what);
  expectThat(odd === undefined, `${odd} is not JSON`);
  expectEqual(JSON.parse(JSON.stringify(snapshot)), snapshot, `${what} after saving and loading`);
}

/** The place of the first value that JSON cannot hold. */
function notJson(value: unknown, at: string): string | undefined {
  if (value === null || ["string", "boolean", "undefined"].includes(typeof value)) return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : at;
  if (typeof value !== "object") return at;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return at;
  for (const [key, inner] of Object.entries(value)) {
    const odd = notJson(inner, `${at}.${key}`);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

/** A number between 0 and 1 at each call, the same sequence for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
