// A cluster that does nothing and an API in front of it, on a socket in a directory of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Clock,
  type ClusterAccess,
  type ClusterHappening,
  type ClusterSituation,
  type Logger,
  type Message,
  type MessageCodec,
  type NodeView,
  type OperatorRequest,
  textMessage,
  timeLimit,
} from "@systole/sdk";
import { ApiClient } from "../api-client.js";
import type { ApiConfig } from "../config.js";
import { HeartbeatApi } from "../heartbeat-api.js";
import type { Credentials, CredentialsLoad } from "../peer-credentials.js";

export function nodeView(name: string, more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    kind: "normal",
    state: "active",
    reason: "started",
    generation: 1,
    dialect: "systole",
    links: [{ name: "eth0", state: "up" }],
    heardAtMs: 0,
    ...more,
  };
}

export const SITUATION: ClusterSituation = {
  node: "alpha",
  nodes: [
    nodeView("alpha", { uuid: new Uint8Array(16).fill(7) }),
    nodeView("bravo", { weight: 50, site: "north" }),
    nodeView("10.0.0.1", { kind: "ping", state: "ping", links: [{ name: "10.0.0.1", state: "up" }] }),
  ],
  stable: true,
  why: "",
  groups: [],
};

/** Text fields only, which is all that these tests say. */
export const TEXT_CODEC: MessageCodec = {
  encode: ({ fields }) => {
    const lines = fields.map((field) => `${field.name}=${field.type === "string" ? field.value : ""}\n`);
    return Buffer.from(`>>>\n${lines.join("")}<<<\n`, "latin1");
  },
  decode: (bytes) => {
    const lines = Buffer.from(bytes).toString("latin1").replace(/\0$/, "").split("\n");
    if (lines[0] !== ">>>" || lines.at(-2) !== "<<<") return undefined;
    const pairs = lines.slice(1, -2).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)] as const;
    });
    return textMessage(Object.fromEntries(pairs));
  },
};

export const REAL_CLOCK: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  wakeAt: (atMs, wake) => {
    const timer = setTimeout(wake, Math.max(0, atMs - performance.now()));
    return () => clearTimeout(timer);
  },
};

export class QuietCluster implements ClusterAccess {
  situation: ClusterSituation = SITUATION;
  readonly sent: { readonly message: Message; readonly to: string | undefined }[] = [];
  readonly requested: OperatorRequest[] = [];
  private readonly listeners = new Set<(happening: ClusterHappening) => void>();

  view(): ClusterSituation {
    return this.situation;
  }

  watch(listener: (happening: ClusterHappening) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  send(message: Message, to?: string): void {
    this.sent.push({ message, to });
  }

  request(request: OperatorRequest): Promise<{ ok: boolean; reason: string }> {
    this.requested.push(request);
    return Promise.resolve({ ok: true, reason: "done" });
  }

  happens(happening: ClusterHappening): void {
    for (const listener of this.listeners) listener(happening);
  }
}

export const ROOT: Credentials = { pid: 1, uid: 0, gid: 0 };

export interface ApiRoom {
  readonly cluster: QuietCluster;
  readonly api: HeartbeatApi;
  readonly path: string;
  readonly logged: string[];
  /** Whom the kernel says the next client is. */
  as(credentials: Credentials): void;
  casual(): Promise<ApiClient | undefined>;
  close(): Promise<void>;
}

export async function openApi(
  config: Partial<ApiConfig> = {},
  credentials?: CredentialsLoad,
): Promise<ApiRoom> {
  const directory = mkdtempSync(join(tmpdir(), "systole-api-"));
  const path = join(directory, "heartbeat", "register");
  const cluster = new QuietCluster();
  const logged: string[] = [];
  let next: Credentials = ROOT;
  const note = (name: string): void => void logged.push(name);
  const log: Logger = { debug: note, info: note, warn: note, error: note, child: () => log };
  const api = new HeartbeatApi({
    config: {
      socket: path,
      nodes: ["10.0.0.1", "alpha", "bravo"],
      keepaliveMs: 1000,
      deadMs: 6000,
      parameters: { keepalive: "1", logfacility: "local0" },
      access: [],
      heardOver: [],
      builtIn: [],
      ...config,
    },
    cluster,
    codec: TEXT_CODEC,
    log,
    clock: REAL_CLOCK,
    credentials: credentials ?? { ok: true, ask: () => next },
    readAccess: () => ({
      rules: config.access ?? [],
      users: new Map([
        ["root", 0],
        ["hacluster", 103],
      ]),
      groups: new Map([["haclient", 106]]),
    }),
  });
  await api.start();
  return {
    cluster,
    api,
    path,
    logged,
    as: (who) => (next = who),
    casual: () => ApiClient.signOn(path, TEXT_CODEC, timeLimit(5000)),
    close: async () => {
      await api.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
