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
 * time of day, which is later than any that was counted up from an earlier one; it never goes back. With
 * `uuidFromName` the uuid is made of that name, and none is stored.
 */
export async function nextIdentity(
  store: Store,
  wallMs: number,
  randomBytes: (count: number) => Uint8Array,
  uuidFromName?: string,
): Promise<Identity> {
  const stored = readNumber(await store.read("generation"));
  const generation = Math.max(stored + 1, Math.floor(wallMs / 1000));
  await store.write("generation", text(`${generation}\n`));
  if (uuidFromName !== undefined) return { generation, uuid: uuidOfName(uuidFromName) };
  const known = await store.read("uuid");
  if (known?.length === UUID_BYTES) return { generation, uuid: known };
  const uuid = randomBytes(UUID_BYTES);
  await store.write("uuid", uuid);
  return { generation, uuid };
}

/** The same 16 bytes for the same name on every machine: FNV-1a, run on until there are enough. */
export function uuidOfName(name: string): Uint8Array {
  const uuid = new Uint8Array(UUID_BYTES);
  let hash = 0x811c9dc5;
  for (let index = 0; index < UUID_BYTES; index += 1) {
    for (const byte of text(`${name}/${index}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    uuid[index] = (hash >>> 11) & 0xff;
  }
  return uuid;
}

function readNumber(bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return 0;
  const digits = new TextDecoder().decode(bytes).trim();
  return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : 0;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
