// The quorum: whoever has the key in etcd is granted, so long as its lease runs for certain by this node's own clock.
import { timeLimit, type Clock, type Logger, type Quorum, type QuorumAnswer, type QuorumQuestion, type Startable } from "@systole/sdk"; // prettier-ignore
import type { EtcdConfig } from "./config.js";
import { LeaseKey, type AskEtcd, type Standing } from "./lease-key.js";
import { LEAST_ATTEMPTS, RELEASE_MS } from "./limits.js";

/** Asks etcd, and closes what that has opened. */
export interface EtcdDoor {
  readonly ask: AskEtcd;
  close(): void;
}

export interface EtcdQuorumInit {
  readonly config: EtcdConfig;
  /** Throws `SECRET_UNREADABLE`. */
  readonly open: () => Promise<EtcdDoor>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Lease {
  readonly id: string;
  /** By this node's clock, counted from before it was asked for. */
  readonly untilMs: number;
}

export class EtcdQuorum implements Quorum, Startable {
  readonly #init: EtcdQuorumInit;
  readonly #ended = new AbortController();
  #door: EtcdDoor | undefined;
  #key: LeaseKey | undefined;
  #lease: Lease | undefined;
  /** As etcd was seen last. */
  #seen: Pick<Standing, "etcd" | "revision"> | undefined;
  /** etcd has lost something: what it had granted before may run until then. */
  #distrustedUntilMs = Number.NEGATIVE_INFINITY;
  #told = "";

  constructor(init: EtcdQuorumInit) {
    this.#init = init;
  }

  /** Throws `SECRET_UNREADABLE`. That etcd cannot be reached is no reason not to start. */
  async start(): Promise<void> {
    const { open, config, log } = this.#init;
    const door = await open();
    this.#door = door;
    this.#key = new LeaseKey((...call) => this.#ask(door, ...call), `${config.prefix}${config.cluster}`);
    // What it knows now can be missed later.
    void this.#key
      .look(this.#ended.signal)
      .then((standing) => this.#note(standing))
      .catch((cause: unknown) => {
        if (!this.#ended.signal.aborted) log.warn("etcd.unreachable", { reason: reasonOf(cause) });
      });
  }

  /** What runs here has been stopped: another node need not wait for the end of the lease. */
  async stop(signal: AbortSignal): Promise<void> {
    await this.#release(signal);
    this.#ended.abort();
    this.#door?.close();
  }

  async ask(question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const key = this.#key;
    if (signal.aborted || key === undefined)
      return { kind: "unreachable", reason: "the question was given up" };
    const { self, nodes, alive } = question;
    const questionMs = this.#init.clock.nowMs();
    // Nobody is missed any more: what decided between the sides is given back.
    if (nodes.every((node) => alive.includes(node))) {
      void this.#release(this.#ended.signal);
      return { kind: "granted" };
    }
    const bounded = AbortSignal.any([signal, this.#ended.signal]);
    try {
      const answer = await this.#judge(key, self, alive, questionMs, bounded);
      this.#tell(answer);
      return answer;
    } catch (cause) {
      const answer: QuorumAnswer = { kind: "unreachable", reason: reasonOf(cause) };
      this.#tell(answer);
      return answer;
    }
  }

  async #judge(
    key: LeaseKey,
    self: string,
    alive: readonly string[],
    questionMs: number,
    signal: AbortSignal,
  ): Promise<QuorumAnswer> {
    const { clock } = this.#init;
    const { kept } = this.#note(await this.#take(key, self, signal));
    if (kept === undefined) throw new Error("the key went away while it was asked for");
    if (kept.lease === "0")
      throw new Error(`the key of ${kept.holder} has no lease: somebody else has put it there`);
    if (clock.nowMs() < this.#distrustedUntilMs) {
      const waitMs = Math.ceil(this.#distrustedUntilMs - clock.nowMs());
      throw new Error(`etcd has lost what it knew: what it had granted may run for ${waitMs} ms more`);
    }
    if (kept.holder === self && kept.lease === this.#lease?.id)
      return this.#grantedUntil(this.#lease.untilMs, questionMs);
    if (!alive.includes(kept.holder)) return { kind: "denied", holder: kept.holder };
    // What a node of this side has, no node of another side has, as long as it lasts.
    const askedAtMs = clock.nowMs();
    const runsForSeconds = await key.runsFor(kept.lease, signal);
    return this.#grantedUntil(askedAtMs + runsForSeconds * 1000, questionMs);
  }

  #grantedUntil(untilMs: number, questionMs: number): QuorumAnswer {
    const { marginMs } = this.#init.config;
    const forMs = untilMs - marginMs - questionMs;
    if (forMs > 0) return { kind: "granted", forMs };
    return { kind: "unreachable", reason: `what is granted ends within ${marginMs} ms` };
  }

  /** Takes the key if nobody has it. Resolves with what stands in etcd then. */
  async #take(key: LeaseKey, self: string, signal: AbortSignal): Promise<Standing> {
    await this.#keepAlive(key, signal);
    if (this.#lease === undefined) {
      const standing = this.#note(await key.look(signal));
      if (standing.kept !== undefined && standing.kept.holder !== self) return standing;
      if (this.#init.clock.nowMs() < this.#distrustedUntilMs)
        return { ...standing, kept: standing.kept ?? LOST };
    }
    const lease = (this.#lease ??= await this.#newLease(key, signal));
    const standing = await key.take(self, lease.id, signal);
    if (standing.kept?.lease === lease.id) return standing;
    // From an earlier life, or given back and not gone yet.
    if (standing.kept?.holder === self && standing.kept.lease !== "0")
      return key.move(self, lease.id, signal);
    void this.#release(this.#ended.signal);
    return standing;
  }

  async #keepAlive(key: LeaseKey, signal: AbortSignal): Promise<void> {
    if (this.#lease === undefined) return;
    const { id } = this.#lease;
    const askedAtMs = this.#init.clock.nowMs();
    const seconds = await key.keepAlive(id, signal);
    this.#lease = seconds > 0 ? { id, untilMs: askedAtMs + seconds * 1000 } : undefined;
  }

  async #newLease(key: LeaseKey, signal: AbortSignal): Promise<Lease> {
    const askedAtMs = this.#init.clock.nowMs();
    const { id, ttlSeconds } = await key.newLease(this.#init.config.ttlSeconds, signal);
    return { id, untilMs: askedAtMs + ttlSeconds * 1000 };
  }

  /** An etcd that is another one, or an older one, may have forgotten who has the key. */
  #note(standing: Standing): Standing {
    const { clock, config, log } = this.#init;
    const { etcd, revision } = standing;
    const before = this.#seen;
    this.#seen = { etcd, revision };
    if (before !== undefined && (before.etcd !== etcd || before.revision > revision)) {
      this.#distrustedUntilMs = clock.nowMs() + config.ttlSeconds * 1000;
      log.warn("etcd.lost", { revision, before: before.revision });
    }
    return standing;
  }

  /** Where that fails, it ends by itself. Never rejects. */
  async #release(signal: AbortSignal): Promise<void> {
    if (this.#lease === undefined) return;
    const { id } = this.#lease;
    this.#lease = undefined;
    await this.#key?.end(id, timeLimit(RELEASE_MS, signal)).catch(() => undefined);
  }

  /** One member after the other. */
  async #ask<Answer>(door: EtcdDoor, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const { endpoints, callMs } = this.#init.config;
    const attempts = Math.max(endpoints.length, LEAST_ATTEMPTS);
    for (let attempt = 1; ; attempt += 1) {
      const bounded = timeLimit(callMs, signal);
      try {
        return await door.ask<Answer>(path, body, bounded);
      } catch (cause) {
        const reason = bounded.aborted ? `etcd did not answer within ${callMs} ms` : reasonOf(cause);
        if (signal.aborted || attempt >= attempts) throw new Error(reason, { cause });
      }
    }
  }

  /** Once, until something else is to be said. */
  #tell(answer: QuorumAnswer): void {
    const { log } = this.#init;
    const what = answer.kind === "denied" ? `denied ${answer.holder}` : answer.kind;
    if (this.#told === what) return;
    this.#told = what;
    if (answer.kind === "granted") log.info("etcd.granted", {});
    else if (answer.kind === "denied") log.warn("etcd.denied", { holder: answer.holder });
    else log.warn("etcd.unreachable", { reason: answer.reason });
  }
}

/** In the place of a key that may have been there. */
const LOST = { holder: "somebody", lease: "lost" };

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
