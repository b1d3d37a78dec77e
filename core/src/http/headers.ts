// What a signed call and its answer say beside their bodies.

export const KEY_HEADER = "systole-key";
export const ID_HEADER = "systole-id";
export const DATE_HEADER = "systole-date";
export const SIGNATURE_HEADER = "systole-signature";

/** Every status that is signed, and what it says of the call. */
export const STATUS = {
  /** The body is the answer. */
  answered: 200,
  /** The same call is being done; ask again under its id. */
  "under-way": 202,
  /** The call is well signed and the function makes no sense of it; the body says why. It is not done, nor will be. */
  refused: 400,
  /** The call's date is too far from the answer's. */
  stale: 409,
} as const;

const KINDS = new Map<number, keyof typeof STATUS>(
  (Object.keys(STATUS) as (keyof typeof STATUS)[]).map((kind) => [STATUS[kind], kind]),
);

/** Undefined for a status that nobody signs. */
export function kindOf(status: number): keyof typeof STATUS | undefined {
  return KINDS.get(status);
}
