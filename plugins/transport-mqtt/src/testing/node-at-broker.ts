// A node's end of the medium as tests need it: without a cluster around it, and with everything it hears kept.
import type { FrameReceiver } from "@systole/sdk";
import { RealClock, RecordingLogger } from "@systole/sdk/testkit";
import * as v from "valibot";
import { MqttConfig, type MqttConfigInput } from "../config.js";
import { readCredentials } from "../credentials.js";
import { MqttTransport } from "../mqtt-transport.js";

type BrokerInput = MqttConfigInput["brokers"][number];

export const never = new AbortController().signal;

/** What a node heard, oldest first. */
export class Ear implements FrameReceiver {
  readonly frames: string[] = [];
  readonly hints: string[] = [];
  readonly refusals: string[] = [];
  readonly failures: string[] = [];

  frame(bytes: Uint8Array, from: string): void {
    this.frames.push(`${from}: ${Buffer.from(bytes).toString("utf8")}`);
  }

  failed(error: Error): void {
    this.failures.push(error.message);
  }

  hinted(node: string): void {
    this.hints.push(node);
  }

  refused(reason: string, from: string): void {
    this.refusals.push(`${from}: ${reason}`);
  }
}

export interface NodeAtBroker {
  readonly transport: MqttTransport;
  readonly ear: Ear;
  readonly log: RecordingLogger;
}

/** Not started. The configuration passes the schema first, as it does in a daemon. */
export function nodeAt(
  broker: Omit<BrokerInput, "name">,
  node: string,
  settings: Omit<MqttConfigInput, "brokers"> = {},
  startPatienceMs = 5000,
  connectTimeoutMs = 10_000,
): NodeAtBroker {
  const config = v.parse(MqttConfig, { ...settings, brokers: [{ name: "test", ...broker }] });
  const [parsed] = config.brokers;
  if (parsed === undefined) throw new Error("no broker");
  const log = new RecordingLogger();
  const ear = new Ear();
  const transport = new MqttTransport({
    broker: parsed,
    cluster: config.cluster,
    prefix: config.prefix,
    node: () => node,
    clock: new RealClock(),
    log,
    credentials: readCredentials,
    random: Math.random,
    startPatienceMs,
    connectTimeoutMs,
  });
  transport.attach(ear);
  return { transport, ear, log };
}

/** Waits until `holds`; throws with what it waited for. */
export async function until(what: string, holds: () => boolean, withinMs = 8000): Promise<void> {
  const endAtMs = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > endAtMs) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
