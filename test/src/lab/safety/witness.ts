// A witness on the gateway's machine, which both nodes reach as long as they reach anything.
import { fileURLToPath } from "node:url";
import { clusterKey } from "@systole/witness";
import { GATEWAY, NODE_NAMES, waitFor, type Lab } from "../index.js";

const LAUNCHER = fileURLToPath(new URL("../../../../bin/systole", import.meta.url));
const SECRET = "the secret of this lab's witness, and of nothing else";
const CLUSTER = "lab";
const PORT = 8470;
const KEY_FILE = "/etc/ha.d/witness.key";
/** A witness that nobody knows grants nothing for so long: shorter than a cold start. */
const LONGEST_LEASE_SECONDS = 2;
const START_MS = 20_000;

/** For `plugins` of systole.yaml. */
export const WITNESS_PLUGIN: readonly string[] = [
  "  - use: quorum-witness",
  "    with:",
  `      cluster: ${CLUSTER}`,
  `      witnesses: [{ url: "http://${GATEWAY}:${String(PORT)}/", key: { file: ${KEY_FILE} } }]`,
  `      ttlMs: ${String(LONGEST_LEASE_SECONDS * 1000)}`,
  `      marginMs: ${String(LONGEST_LEASE_SECONDS * 250)}`,
];

/** It ends with the lab. */
export async function startWitness(lab: Lab): Promise<void> {
  const text = `${await clusterKey(SECRET, CLUSTER)}\n`;
  for (const name of NODE_NAMES) lab.node(name).write([{ path: KEY_FILE, text, mode: 0o600 }]);
  const listen = ["--listen", `${GATEWAY}:${String(PORT)}`, "--store", `${lab.directory}/witness`];
  const lease = ["--longest-lease", String(LONGEST_LEASE_SECONDS)];
  const env = { SYSTOLE_WITNESS_SECRET: SECRET };
  lab.gateway.spawn([process.execPath, LAUNCHER, "witness", ...listen, ...lease], "ignore", env);
  const port = `${GATEWAY}:${String(PORT)}`;
  await waitFor(
    "the witness to listen",
    async () => (await lab.gateway.run(["ss", "-Hltn"])).stdout.includes(port) || undefined,
    { timeoutMs: START_MS },
  );
}
