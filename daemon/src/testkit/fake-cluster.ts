// A cluster that exists as data only, for tests of everything that stands before it.
import type { FenceDesk, PluginUse } from "@systole/core";
import type { KeyRequest, NodeRequest, NodeView, OperatorRequest } from "@systole/core/ports";
import type { Answer, ClusterHandle, ClusterStatus } from "../control/cluster-handle.js";
import type { Logger } from "@systole/core/ports";

function node(name: string, changes: Partial<NodeView> = {}): NodeView {
  return {
    name,
    kind: "normal",
    state: "active",
    reason: "started",
    generation: 12,
    dialect: "systole",
    links: [{ name: "eth0", state: "up" }],
    heardAtMs: 1000,
    ...changes,
  };
}

/** Two nodes, a gateway and the seed's group, at home and started. */
export function sampleStatus(changes: { owner?: string | undefined; stable?: boolean } = {}): ClusterStatus {
  const owner = "owner" in changes ? changes.owner : "master";
  return {
    self: "master",
    nodes: [
      node("master"),
      node("cluster1", { dialect: "heartbeat", generation: 7 }),
      node("10.10.180.1", { kind: "ping", state: "ping", dialect: "unknown", generation: 0 }),
    ],
    policy: {
      stable: changes.stable ?? true,
      why: "every group is at home",
      groups: [
        {
          key: "10.10.180.220/24/eth0:0",
          home: "master",
          owner,
          state: "started",
          epoch: 3,
          why: "master is its home and is active",
          resources: [
            { name: "10.10.180.220/24/eth0:0", agent: "ipaddr", state: "started" },
            { name: "nginx", agent: "nginx", state: "started" },
          ],
        },
      ],
    },
    counters: { framesSent: 120, framesReceived: 240, framesRefused: { mismatch: 2 } },
  };
}

/** A power switch that lists the other node, and one fencing in its past. */
export function sampleFencing(): FenceDesk {
  const levels = [["rack"], ["left", "right"]];
  return {
    action: "reset",
    nodes: () => [{ node: "cluster1", levels, delayMs: 3000 }],
    devices: () =>
      Promise.resolve([
        { name: "rack", nodes: ["master", "cluster1"] },
        { name: "left", nodes: [], problem: "the list of its nodes took longer than 10000 ms" },
      ]),
    test: (node) =>
      Promise.resolve({
        node,
        ok: true,
        devices: [
          { device: "rack", level: 1, lists: true, status: "on" },
          { device: "left", level: 2, lists: false, status: "unknown", problem: "no route" },
        ],
      }),
    questions: () => ["cluster1"],
    history: () => [
      {
        atWallMs: Date.UTC(2026, 0, 2, 3, 4, 5),
        node: "cluster1",
        by: "master",
        ok: true,
        how: "off by rack, whose status says so",
        why: "cluster1 fell silent, and may still run what it had",
        tookMs: 2300,
        steps: [{ device: "rack", action: "off", ok: true, verified: true, tookMs: 2100 }],
      },
    ],
  };
}

/** A handle that records what it is asked; `answer` decides what it says. */
export class FakeCluster implements ClusterHandle {
  readonly requests: OperatorRequest[] = [];
  readonly signals: AbortSignal[] = [];
  readonly renewed: PluginUse[] = [];
  readonly edits: NodeRequest[] = [];
  fencing: FenceDesk = sampleFencing();
  readonly keyRequests: KeyRequest[] = [];
  answer: (request: OperatorRequest) => Promise<Answer> = () => Promise.resolve({ ok: true, reason: "done" });
  answerEdit: (request: NodeRequest) => Answer = () => ({ ok: true, reason: "done, and told to the others" });
  current: ClusterStatus = sampleStatus();
  stops = 0;
  readonly done: Promise<{ exitCode: number; reason: string }>;
  private finish: (end: { exitCode: number; reason: string }) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  status(): ClusterStatus {
    return this.current;
  }

  async request(request: OperatorRequest, signal: AbortSignal): Promise<Answer> {
    this.requests.push(request);
    this.signals.push(signal);
    const answer = await this.answer(request);
    if (request.kind === "stop" && answer.ok) this.end(0, "stopped");
    return answer;
  }

  editNodes(request: NodeRequest): Promise<Answer> {
    this.edits.push(request);
    return Promise.resolve(this.answerEdit(request));
  }

  renewKeys(use: PluginUse): Promise<void> {
    this.renewed.push(use);
    return Promise.resolve();
  }

  changeKeys(request: KeyRequest): Promise<Answer> {
    this.keyRequests.push(request);
    return Promise.resolve({ ok: true, reason: "done" });
  }

  stop(): Promise<void> {
    this.stops += 1;
    this.end(0, "stopped");
    return Promise.resolve();
  }

  /** The cluster ends by itself. */
  end(exitCode: number, reason: string): void {
    this.finish({ exitCode, reason });
  }
}

export interface RecordedEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps what it is told. */
export function recordingLogger(events: RecordedEvent[] = []): Logger & { readonly events: RecordedEvent[] } {
  const at =
    (level: RecordedEvent["level"]) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
      events.push({ level, event, fields });
    };
  const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), events };
  return { ...log, child: () => recordingLogger(events) };
}
