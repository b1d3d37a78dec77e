// Runs on the third machine of the demo: the runtime of the cloud, with the function in it as it is uploaded, and a port for the nodes.
// Usage: node witness-host.js workerd|lambda SECRET ADDRESS PORT
import { timeLimit } from "@systole/sdk";
import { fileURLToPath } from "node:url";
import { listen } from "@systole/sdk/functions/node";
import { bundle, startLambda, startWorkerd } from "@systole/test/hosts";
import { RealClock } from "@systole/sdk/testkit";
import { clusterKey } from "@systole/witness";
import { WitnessClient } from "@systole/witness/client";
import { startDynamo, TABLE } from "@systole/witness/testing";

const LONGEST_TTL_MS = 3000;
const [kind, secret = "", address = "", port = ""] = process.argv.slice(2);
const uploaded = (name: string): string => fileURLToPath(new URL(`${name}.js`, import.meta.url));

async function onWorkerd() {
  const entry = `export { default, LeaseObject } from ${JSON.stringify(uploaded("worker"))};`;
  return startWorkerd({
    script: await bundle({ entry, for: "workers", built: true }),
    durableObjects: { SYSTOLE_WITNESS_LEASES: "LeaseObject" },
    bindings: { SYSTOLE_WITNESS_SECRET: secret, SYSTOLE_WITNESS_LONGEST_TTL_MS: LONGEST_TTL_MS },
  });
}

async function onLambda() {
  const entry = `export { handler } from ${JSON.stringify(uploaded("function"))};`;
  const dynamo = await startDynamo();
  const cloud = await startLambda({
    script: await bundle({ entry, for: "node", built: true }),
    atOnce: 2,
    environment: {
      SYSTOLE_WITNESS_SECRET: secret,
      SYSTOLE_WITNESS_TABLE: TABLE,
      SYSTOLE_WITNESS_LONGEST_TTL_MS: String(LONGEST_TTL_MS),
      // What the cloud itself sets.
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_ACCESS_KEY_ID: "demo",
      AWS_SECRET_ACCESS_KEY: "demo",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
  });
  return {
    fetch: cloud.fetch,
    close: async () => {
      await cloud.close();
      await dynamo.close();
    },
  };
}

const cloud = kind === "lambda" ? await onLambda() : await onWorkerd();
const forward = async (request: Request): Promise<Response> => {
  const body = await request.text();
  const answer = await cloud.fetch(request.url, { method: request.method, headers: request.headers, body });
  const headers = new Headers(answer.headers);
  // They speak of the bytes on that side.
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) headers.delete(name);
  return new Response(await answer.text(), { status: answer.status, headers });
};
await listen({ fetch: forward }, { address, port: Number(port) });
// It grants nothing to a cluster that it has just met: the nodes need not wait for that when they start.
const url = `http://${address}:${port}/`;
const greeter = new WitnessClient({
  url,
  cluster: "web",
  key: await clusterKey(secret, "web"),
  clock: new RealClock(),
});
await greeter.hello("demo", timeLimit(10_000));
process.stdout.write("ready\n");
// Whoever has started this ends it so; what it has written goes with it.
process.stdin.resume().once("end", () => void cloud.close().then(() => process.exit()));
