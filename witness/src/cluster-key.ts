// The key of a cluster, made from the one secret that a witness has: it serves thousands of clusters, and stores no key.
import { MAX_CLUSTER_CHARACTERS } from "./limits.js";

const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
/** A secret that is shorter can be guessed. */
const MIN_SECRET_CHARACTERS = 32;
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();

/** Letters, digits, `_`, `.` and `-`, at most 100 of them; the first is a letter or a digit. */
export function isClusterName(name: string): boolean {
  return name.length <= MAX_CLUSTER_CHARACTERS && CLUSTER.test(name);
}

/** 64 hexadecimal digits. Who has the key of one cluster learns nothing of the secret, nor of another cluster's key. */
export async function clusterKey(secret: string, cluster: string): Promise<string> {
  if (secret.length < MIN_SECRET_CHARACTERS)
    throw new RangeError(
      `the secret of a witness has at least ${MIN_SECRET_CHARACTERS} characters: openssl rand -hex 32`,
    );
  if (!isClusterName(cluster))
    throw new RangeError(
      `${JSON.stringify(cluster)} is no name of a cluster: letters, digits, _ . and -, at most ${MAX_CLUSTER_CHARACTERS}`,
    );
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, ["sign"]);
  const text = encoder.encode(`systole-witness-key-1\n${cluster}`);
  const bytes = new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, text));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `keyOf` of a witness. Throws at once when the secret is too short. */
export function keysFrom(secret: string): (cluster: string) => Promise<string> {
  if (secret.length < MIN_SECRET_CHARACTERS)
    throw new RangeError(
      `the secret of a witness has at least ${MIN_SECRET_CHARACTERS} characters: openssl rand -hex 32`,
    );
  return (cluster) => clusterKey(secret, cluster);
}
