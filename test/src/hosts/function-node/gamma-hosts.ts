// The same node on each host: a plain server of Node, the loop of a Lambda runtime, a Durable Object in workerd.
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { clusterFunction } from "@systole/core/lambda";
import { bundle } from "../bundle.js";
import type { FunctionHost } from "../host.js";
import { startLambda } from "../lambda-loop.js";
import { startNodeHost } from "../node-host.js";
import { startWorkerd } from "../workerd.js";
import { gamma, KEEPALIVE_MS, type GammaEnvironment } from "./gamma.js";
import type { Provider } from "./provider.js";

/** Starts gamma on a host. */
export type StartGamma = (provider: Provider, key: string) => Promise<FunctionHost>;

const sourceOf = (file: string): string =>
  JSON.stringify(fileURLToPath(new URL(file, import.meta.url)).replace("/dist/hosts/", "/src/hosts/"));

const WORKER = `
  import { durableNode, fetchDurableNode } from "@systole/core/workers";
  import { gamma } from ${sourceOf("gamma.ts")};
  export const Gamma = durableNode(gamma);
  export default { fetch: (request, env) => fetchDurableNode(env.NODE, "gamma", request) };
`;

const LAMBDA = `
  import { lambdaNode } from "@systole/core/lambda";
  import { gamma } from ${sourceOf("gamma.ts")};
  import { HttpCell } from ${sourceOf("http-cell.ts")};
  export const handler = lambdaNode({ ...gamma(process.env), cell: new HttpCell(process.env.PROVIDER + "/cell") });
`;

export const workerBundle = (minify = false): Promise<string> =>
  bundle({ entry: WORKER, for: "workers", minify });
export const newKey = (): string => randomBytes(24).toString("base64");

const onWorkerd: StartGamma = async (provider, key) => {
  return await startWorkerd({
    script: await workerBundle(),
    durableObjects: { NODE: "Gamma" },
    bindings: { PROVIDER: provider.url, KEY: key } satisfies GammaEnvironment,
  });
};

/** A schedule stands in for the alarm that Lambda has not. */
const onLambda: StartGamma = async (provider, key) => {
  const host = await startLambda({
    script: await bundle({ entry: LAMBDA, for: "node" }),
    environment: { PROVIDER: provider.url, KEY: key },
    atOnce: 3,
  });
  let ringing: Promise<unknown> = Promise.resolve();
  const schedule = setInterval(() => {
    ringing = host.invoke({ source: "aws.events", "detail-type": "Scheduled Event" }).catch(() => undefined);
  }, KEEPALIVE_MS);
  const close = async (): Promise<void> => {
    clearInterval(schedule);
    await ringing;
    await host.close();
  };
  return { ...host, close };
};

const onNode: StartGamma = async (provider, key) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const node = clusterFunction({
    ...gamma({ PROVIDER: provider.url, KEY: key }),
    runtime: "node",
    cell: provider.cell,
    ...(process.env["LOUD"] === undefined && { logger: SILENT }),
    wakeIn: async (delayMs) => ring(delayMs),
  });
  const ring = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void node.alarm().catch(() => ring(KEEPALIVE_MS)), delayMs);
  };
  const host = await startNodeHost((request) => node.fetch(request));
  return {
    ...host,
    close: async () => {
      clearTimeout(timer);
      await host.close();
    },
  };
};

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => SILENT };

export const HOSTS: Readonly<Record<string, StartGamma>> = {
  node: onNode,
  lambda: onLambda,
  workerd: onWorkerd,
};
