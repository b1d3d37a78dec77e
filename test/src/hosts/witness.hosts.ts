// The witness on every host, with every store: the same transcript from each, and a line of figures.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RealClock } from "@systole/sdk/testkit";
import { clusterKey, LeasesInMemory, keysFrom, witness, type LeaseStore } from "@systole/witness";
import { WitnessClient } from "@systole/witness/client";
import { EtcdLeases } from "@systole/witness/etcd";
import { LeaseFiles } from "@systole/witness/node";
import { HAS_ETCD, startDynamo, startEtcd, TABLE } from "@systole/witness/testing";
import { afterAll, describe, expect, it } from "vitest";
import { bundle } from "./bundle.js";
import type { FunctionHost } from "./host.js";
import { startLambda } from "./lambda-loop.js";
import { startNodeHost } from "./node-host.js";
import { LONGEST_MS, runWitness, SECRET, TRANSCRIPT } from "./witness-suite.js";
import { startWorkerd, workerdMissing } from "./workerd.js";

type Closing = { close(): Promise<unknown> };
const opened: Closing[] = [];
const keep = <One extends Closing>(one: One): One => {
  opened.unshift(one);
  return one;
};
afterAll(async () => {
  for (const one of opened) await one.close();
});

const onNode = (store: LeaseStore): Promise<FunctionHost> =>
  startNodeHost(witness({ store, keyOf: keysFrom(SECRET), longestTtlMs: LONGEST_MS }));

const ON_LAMBDA = `
  import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
  import { keysFrom, witness } from "@systole/witness";
  import { DynamoLeases } from "@systole/witness/dynamodb";
  import { lambdaWitness } from "@systole/witness/lambda";
  const store = new DynamoLeases({
    client: new DynamoDBClient({ endpoint: process.env.DYNAMO, region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" } }),
    table: "${TABLE}",
  });
  const published = [];
  export const handler = lambdaWitness({
    handler: witness({ store, keyOf: keysFrom(process.env.SECRET), longestTtlMs: ${LONGEST_MS} }),
    publish: async (topic, payload) => void published.push({ topic, payload }),
  });
`;

async function onLambda() {
  const dynamo = keep(await startDynamo());
  return startLambda({
    script: await bundle({ entry: ON_LAMBDA, for: "node" }),
    environment: { DYNAMO: dynamo.url, SECRET },
    atOnce: 2,
  });
}

async function onWorkers(): Promise<FunctionHost> {
  const entry = `export { default, LeaseObject } from "@systole/witness/workers";`;
  return startWorkerd({
    script: await bundle({ entry, for: "workers" }),
    durableObjects: { SYSTOLE_WITNESS_LEASES: "LeaseObject" },
    bindings: { SYSTOLE_WITNESS_SECRET: SECRET, SYSTOLE_WITNESS_LONGEST_TTL_MS: LONGEST_MS },
  });
}

async function onFiles(): Promise<FunctionHost> {
  const directory = await mkdtemp(join(tmpdir(), "witness-"));
  keep({ close: () => rm(directory, { recursive: true }) });
  return onNode(keep(await LeaseFiles.open(directory)));
}

async function onEtcd(): Promise<FunctionHost> {
  return onNode(new EtcdLeases({ endpoints: [keep(await startEtcd()).url] }));
}

const missing = workerdMissing();
const hasWorkerd = missing === undefined || process.env["CI"] === "true";

const KINDS: readonly (readonly [string, boolean, () => Promise<FunctionHost>])[] = [
  ["Node, memory", true, () => onNode(new LeasesInMemory())],
  ["Node, files", true, onFiles],
  ["Node, etcd", HAS_ETCD, onEtcd],
  ["Lambda loop, DynamoDB (dynalite)", true, onLambda],
  ["workerd, Durable Object", hasWorkerd, onWorkers],
];

// At the same time: most of it is waiting for leases to run out.
describe.concurrent("a witness", () => {
  for (const [name, isHere, start] of KINDS)
    it.runIf(isHere)(`on ${name} says the same as every other`, async () => {
      const host = keep(await start());
      const { transcript, races, tookMs } = await runWitness(`${host.url}/witness?v=1`, (url, init) =>
        fetch(url, init),
      );
      expect(transcript).toEqual(TRANSCRIPT);
      process.stdout.write(
        `witness on ${name}: ${transcript.length} lines, ${races} races, ${Math.round(tookMs)} ms\n`,
      );
    });
});

describe("a witness behind a rule of AWS IoT", () => {
  it("answers a message as it answers a request", async () => {
    const host = keep(await onLambda());
    const key = await clusterKey(SECRET, "web");
    const node = new WitnessClient({
      url: "https://iot.invalid/",
      cluster: "web",
      key,
      clock: new RealClock(),
    });
    const before = globalThis.fetch;
    globalThis.fetch = async (to, { headers, body } = {}) => {
      const message = { path: new URL(String(to)).pathname, headers, body };
      const answer = (await host.invoke(message)) as {
        statusCode: number;
        headers: Record<string, string>;
        body: string;
      };
      return new Response(answer.body, { status: answer.statusCode, headers: answer.headers });
    };
    try {
      expect(await node.hello("alpha", AbortSignal.timeout(10_000))).toMatchObject({
        kind: "answered",
        answer: { result: "known", longestTtlMs: LONGEST_MS },
      });
    } finally {
      globalThis.fetch = before;
    }
    await expect(host.invoke({ Records: [] })).rejects.toThrow("neither an HTTP request nor a question");
  });
});
