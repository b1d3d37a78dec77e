// The daemon's end of the control socket: answers `systole status`, and does what an operator wants.
import { timeLimit } from "@systole/sdk";
import { createServer, type Server, type Socket } from "node:net";
import type { Logger } from "@systole/core/ports";
import type { RecentEntries } from "../journal/recent-entries.js";
import type { Answer, ClusterHandle } from "./cluster-handle.js";
import { Connection } from "./connection.js";
import { followEvents } from "./follow-events.js";
import { fenceDocument, isFenceQuestion } from "./fence-documents.js";
import { keyDocument } from "./key-document.js";
import {
  MAX_CONNECTIONS,
  MAX_FOLLOWERS,
  type ControlRequest,
  type ControlResponse,
  type FailureCode,
  onlyReads,
  type Operation,
} from "./protocol.js";
import { claimSocket, type Release } from "./socket-claim.js";
import { statusDocument } from "./status-document.js";

const DEFAULT_TIMEOUT_MS = 180_000;
const NOT_SEALED =
  "frames are signed only here, as authkeys says; `security: { mode: receive-only }` in systole.yaml is the first step to seal them";
/** How long `close` lets answers that are under way go out. */
const CLOSE_GRACE_MS = 1000;

export interface ControlServerOptions {
  /** Full path of the socket, in a directory that `prepareRunDirectory` accepted. */
  readonly path: string;
  readonly version: string;
  readonly log: Logger;
  /** Whose members may connect, and look only: the number of a group. Absent: root alone, who may do everything. */
  readonly readers?: number;
  /** What happens here. Absent: nobody can follow it. */
  readonly events?: RecentEntries;
}

/** What the daemon does besides the cluster's own requests. */
export interface DaemonRequests {
  /** Reads keys and mode again. */
  reloadKeys(): Promise<Answer>;
}

function failure(code: FailureCode, reason: string): ControlResponse {
  return { ok: false, code, reason };
}

function notAnotherNode(handle: ClusterHandle): string {
  const others = handle.fencing.nodes().map(({ node }) => node);
  return `that is no other node of this cluster; the others are: ${others.join(", ") || "none"}`;
}

/** What the log says of an operation. */
function fieldsOf(operation: Operation): Record<string, unknown> {
  const { command, timeoutMs: _timeoutMs, ...rest } = operation;
  return {
    kind: command,
    ...("edit" in rest ? { ...rest.edit, kind: `${command} ${rest.edit.kind}` } : rest),
  };
}

function perform({ handle, requests }: Attached, operation: Operation, signal: AbortSignal): Promise<Answer> {
  switch (operation.command) {
    case "keys-rotate":
      return handle.changeKeys({ kind: "rotate" });
    case "keys-reload":
      return requests.reloadKeys();
    case "node":
      return handle.editNodes(operation.edit);
    case "stop":
      return handle.request({ kind: "stop" }, signal);
    case "cleanup":
      return handle.request(
        { kind: "cleanup", ...(operation.name !== undefined && { name: operation.name }) },
        signal,
      );
    case "move": {
      const { group, to } = operation;
      return handle.request({ kind: "move", group, ...(to !== undefined && { to }) }, signal);
    }
    case "restart":
      return handle.request({ kind: "restart", name: operation.name }, signal);
    case "fence":
    case "fence-confirm":
      return handle.request({ kind: operation.command, node: operation.node }, signal);
    case "standby":
    case "takeover":
      return handle.request({ kind: operation.command, set: operation.set }, signal);
  }
}

interface Attached {
  readonly handle: ClusterHandle;
  readonly requests: DaemonRequests;
}

/** Settles when `signal` aborts, also when nobody listens to it in there. */
function orAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value | "aborted"> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve("aborted");
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

export class ControlServer {
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  private readonly underWay = new Set<Promise<ControlResponse>>();
  private readonly closing = new AbortController();
  private readonly options: ControlServerOptions;
  private release: Release | undefined;
  private attached: Attached | undefined;
  private followers = 0;

  private constructor(options: ControlServerOptions) {
    this.options = options;
    // Half-open, so that `echo '{"command":"status"}' | nc -U` is answered.
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Throws `CONTROL_REFUSED` when a daemon lives there already. Until `attach`, questions are answered with `starting`. */
  static async open(options: ControlServerOptions): Promise<ControlServer> {
    const control = new ControlServer(options);
    control.release = await claimSocket(control.server, options.path, options.readers);
    control.server.on("error", (error) => options.log.error("control.failed", { error }));
    return control;
  }

  attach(handle: ClusterHandle, requests: DaemonRequests): void {
    this.attached = { handle, requests };
  }

  /** Lets answers go out, then closes every connection: `systole stop` waits for that. Idempotent. */
  async close(): Promise<void> {
    if (this.release === undefined) return;
    this.release();
    this.release = undefined;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const grace = timeLimit(CLOSE_GRACE_MS);
    await orAborted(Promise.allSettled(this.underWay), grace);
    this.closing.abort();
    await Promise.allSettled(this.underWay);
    // The answers are handed to the kernel one turn later.
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of this.connections) connection.close();
    await closed;
  }

  private accept(socket: Socket): void {
    const connection = new Connection(
      socket,
      (request) => this.track(this.respond(request)),
      (follower, afterSeq) => this.follow(follower, afterSeq),
    );
    this.connections.add(connection);
    socket.on("close", () => this.connections.delete(connection));
  }

  private mayFollow(): ControlResponse | undefined {
    if (this.options.events === undefined) return failure("refused", "nobody keeps events here");
    if (this.followers < MAX_FOLLOWERS) return undefined;
    return failure("busy", `${MAX_FOLLOWERS} others follow the events already`);
  }

  private follow(socket: Socket, afterSeq: number | undefined): () => void {
    const { events } = this.options;
    if (events === undefined) return () => undefined;
    this.followers += 1;
    const end = followEvents(socket, events, afterSeq);
    return () => {
      this.followers -= 1;
      end();
    };
  }

  private track(response: Promise<ControlResponse>): Promise<ControlResponse> {
    this.underWay.add(response);
    void response.finally(() => this.underWay.delete(response));
    return response;
  }

  /** Never rejects. */
  private async respond(request: ControlRequest): Promise<ControlResponse> {
    try {
      const good = { ok: true, pid: process.pid, version: this.options.version } as const;
      if (this.options.readers !== undefined && !onlyReads(request))
        return failure(
          "not-permitted",
          "this socket is for looking only; run the command as the daemon's user, mostly root",
        );
      if (request.command === "ping") return good;
      if (request.command === "events") return this.mayFollow() ?? good;
      const { attached } = this;
      if (attached === undefined)
        return failure("starting", "the daemon is still starting; ask again in a moment");
      const { handle } = attached;
      if (request.command === "status") return { ...good, status: statusDocument(handle.status()) };
      if (request.command === "keys") {
        const { keys } = handle.status();
        return keys === undefined ? failure("refused", NOT_SEALED) : { ...good, keys: keyDocument(keys) };
      }
      if (isFenceQuestion(request)) {
        const fence = await fenceDocument(handle, request);
        return fence === undefined ? failure("refused", notAnotherNode(handle)) : { ...good, fence };
      }
      const answer = await this.operate(attached, request);
      return "code" in answer ? answer : { ...good, reason: answer.reason };
    } catch (error) {
      this.options.log.error("control.answer.failed", { command: request.command, error });
      return failure("internal", "the daemon failed to answer; its log says why");
    }
  }

  private async operate(
    attached: Attached,
    operation: Operation,
  ): Promise<Answer | (ControlResponse & { ok: false })> {
    const { log } = this.options;
    const fields = fieldsOf(operation);
    const timeoutMs = operation.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = timeLimit(timeoutMs);
    const signal = AbortSignal.any([timeout, this.closing.signal]);
    log.info("operator.requested", fields);
    const answer = await orAborted(perform(attached, operation, signal), signal);
    if (answer !== "aborted" && answer.ok) {
      log.info("operator.done", { ...fields, reason: answer.reason });
      return answer;
    }
    const refusal = { ok: false, ...this.refusal(answer, timeoutMs) } as const;
    log.warn("operator.refused", { ...fields, code: refusal.code, reason: refusal.reason });
    return refusal;
  }

  private refusal(answer: Answer | "aborted", timeoutMs: number): { code: FailureCode; reason: string } {
    if (answer !== "aborted") return { code: "refused", reason: answer.reason };
    if (this.closing.signal.aborted) return { code: "stopping", reason: "the daemon is stopping" };
    const reason = `not done within ${timeoutMs / 1000} s; it may still happen, \`systole status\` tells`;
    return { code: "timeout", reason };
  }
}
