// Who this node is across restarts: a generation that only grows, and a uuid that never changes.
import type { Store } from "../ports/index.js";

export interface Identity {
  readonly generation: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
}

const UUID_BYTES = 16;

/**
 * Reads the identity and stores the next generation before it is used. A generation that was lost is replaced by the
 * time of day, which is later than any that was counted up from an earlier one; it never goes back.
 */
export async function nextIdentity(
  store: Store,
  wallMs: number,
  randomBytes: (count: number) => Uint8Array,
): Promise<Identity> {
  const stored = readNumber(await store.read("generation"));
  const generation = Math.max(stored + 1, Math.floor(wallMs / 1000));
  await store.write("generation", text(`${generation}\n`));
  const known = await store.read("uuid");
  if (known?.length === UUID_BYTES) return { generation, uuid: known };
  const uuid = randomBytes(UUID_BYTES);
  await store.write("uuid", uuid);
  return { generation, uuid };
}

function readNumber(bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return 0;
  const digits = new TextDecoder().decode(bytes).trim();
  return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : 0;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
