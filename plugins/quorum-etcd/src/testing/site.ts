// Nodes that ask a real etcd on the loopback interface, each through a quorum of its own.
import { timeLimit, type Quorum } from "@systole/sdk";
import { RealClock, RecordingLogger } from "@systole/sdk/testkit";
import { EtcdGateway } from "@systole/witness/etcd-gateway";
import * as v from "valibot";
import { EtcdConfig } from "../config.js";
import { EtcdQuorum } from "../etcd-quorum.js";
import { openDoor } from "../https-door.js";

export interface TestNode {
  readonly quorum: Quorum;
  readonly log: RecordingLogger;
  close(): Promise<void>;
}

/** Of the cluster `web`; `env`: the variables that its configuration names. */
export async function openNode(
  endpoints: readonly string[],
  told: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<TestNode> {
  const log = new RecordingLogger();
  const clock = new RealClock();
  const { ttlSeconds, ...others } = told;
  const parsed = v.parse(EtcdConfig, { cluster: "web", endpoints, callMs: 150, ...others });
  // Shorter than anybody may configure it, so that its end can be waited for.
  const config = typeof ttlSeconds === "number" ? { ...parsed, ttlSeconds } : parsed;
  const places = { env, read: () => Promise.reject(new Error("there are no files here")) };
  const quorum = new EtcdQuorum({ config, open: () => openDoor(config, places), clock, log });
  await quorum.start();
  return {
    quorum,
    log,
    close: async () => {
      await quorum.stop(timeLimit(2000));
      if (clock.pending > 0) throw new Error(`${clock.pending} alarms are still set after the stop`);
    },
  };
}

/** As an operator with etcdctl. */
export function etcdctl(url: string, path: string, body: unknown): Promise<unknown> {
  return new EtcdGateway({ endpoints: [url] }).ask(path, body, timeLimit(3000));
}
