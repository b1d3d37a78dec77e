// One group under claims: its highest known claim, what it does here, and why it is where it is.
import type { GroupSpec, NodeView, PolicyInit, PolicyOutput } from "../../../ports/index.js";
import type { GroupRunner } from "../group-runner.js";
import { compareClaims, sameClaim, UNCLAIMED, type Claim } from "./claim.js";
import type { Decision, GroupFacts } from "./decide.js";
import { Elsewhere, type ElsewhereAnswer } from "./elsewhere.js";
import type { GroupReport } from "./report.js";

export class GroupClaim {
  claim: Claim = UNCLAIMED;
  conflict: GroupFacts["conflict"];
  failedAtMs: number | undefined;
  failureReason: string | undefined;
  /** When the group may go home; undefined when it need not. */
  failbackAtMs: number | undefined;
  why = "nobody has held it yet";
  waiting: string | undefined;
  /** Why it stays down everywhere under this claim, as a sentence. */
  down: string | undefined;
  againAtMs = Number.POSITIVE_INFINITY;
  /** When the claim was heard from another node than its owner, and not from the owner since: that node hears the owner. */
  private secondHandAtMs: number | undefined;
  /** Other nodes that have held a claim, and have not been heard since without the group: they may run it. */
  private readonly holders = new Set<string>();
  /** Peers that were heard running it while this node has not let go: it is announced again when they do. */
  private readonly rivals = new Set<string>();

  constructor(
    readonly spec: GroupSpec,
    readonly runner: GroupRunner,
    readonly elsewhere: Elsewhere,
    /** No claim is made at or below this epoch. */
    private epochFloor: number,
  ) {}

  epoch(): number {
    return Math.max(this.claim.epoch, this.epochFloor);
  }

  /** Makes a claim above every one that this node knows. */
  take(owner: string, why: string): void {
    this.secondHandAtMs = undefined;
    this.own({ epoch: this.epoch() + 1, owner });
    this.down = undefined;
    this.why = why;
    this.conflict = undefined;
    this.failbackAtMs = undefined;
  }

  accept(claim: Claim, why: string): void {
    this.own(claim);
    this.down = undefined;
    this.why = why;
    this.conflict = undefined;
    this.failbackAtMs = undefined;
  }

  private own(claim: Claim): void {
    this.claim = claim;
    if (claim.owner !== undefined) this.holders.add(claim.owner);
  }

  /** Its home is there, and is another node than that of this name. */
  hasHomeBeside(name: string, nodes: readonly NodeView[]): boolean {
    const { home } = this.spec;
    return home !== name && nodes.some((node) => node.name === home && node.state === "active");
  }

  /** If it is here: it is to move home as soon as it can. */
  goHome({ failback, self }: PolicyInit, atMs: number): void {
    if (failback !== "off" && this.claim.owner === self) this.failbackAtMs = atMs;
  }

  /** Takes in what a peer reported of this group. Returns whether the group must be announced again. */
  hear(from: string, reported: GroupReport, self: string, nowMs: number): boolean {
    const runsThere = reported.state === "started" || reported.state === "starting";
    if (reported.state !== "stopped") this.holders.add(from);
    const order = compareClaims(reported.claim, this.claim, this.spec.home);
    if (order > 0) this.secondHandAtMs = nowMs;
    if (order >= 0 && from === reported.claim.owner) this.secondHandAtMs = undefined;
    if (order > 0) this.hearHigher(from, reported, self, runsThere, nowMs);
    if (reported.down && sameClaim(reported.claim, this.claim)) {
      this.down ??= reported.reason ?? `${from} says that it is to stay down`;
    }
    // Who has been given it may start it yet.
    if (reported.state === "stopped" && this.claim.owner !== from) this.holders.delete(from);
    return this.hearRival(from, reported, runsThere) && this.conflict === undefined;
  }

  private hearHigher(
    from: string,
    reported: GroupReport,
    self: string,
    runsThere: boolean,
    nowMs: number,
  ): void {
    const takenFromMe = this.claim.owner === self && reported.claim.owner !== self;
    // Two that run the same group: a partition has healed. Only then is there something to weigh.
    if (takenFromMe && runsThere && this.runningHere()) {
      const sinceMs = this.conflict?.sinceMs ?? nowMs;
      if (this.conflict === undefined || !sameClaim(this.conflict.claim, reported.claim)) {
        this.conflict = { claim: reported.claim, sinceMs };
      }
      return;
    }
    this.accept(
      reported.claim,
      reported.why || `${from} says that it belongs to ${reported.claim.owner ?? "nobody"}`,
    );
  }

  /** True when a node that ran it too has let go: only then does an announcement have the last word. */
  private hearRival(from: string, reported: GroupReport, runsThere: boolean): boolean {
    if (this.runner.state() === "stopped") {
      this.rivals.clear();
      return false;
    }
    if (runsThere) this.rivals.add(from);
    return reported.state === "stopped" && this.rivals.delete(from) && this.runningHere();
  }

  /** Another node was heard running it too, and has not let go. */
  isContested(): boolean {
    return this.rivals.size > 0;
  }

  forget(peer: string): void {
    this.rivals.delete(peer);
  }

  runningHere(): boolean {
    const state = this.runner.state();
    return this.runner.wanted() === "run" && (state === "started" || state === "starting");
  }

  facts(nowMs: number, elsewhere?: ElsewhereAnswer): GroupFacts {
    return {
      key: this.spec.key,
      home: this.spec.home,
      claim: this.claim,
      conflict: this.conflict,
      secondHandAtMs: this.secondHandAtMs,
      holders: this.holders,
      failedAtMs: this.failedAtMs,
      failbackDue: this.failbackAtMs !== undefined && nowMs >= this.failbackAtMs,
      runningHere: this.runningHere(),
      away: this.runner.recovery.wantsAway(),
      exhausted: this.runner.exhausted(),
      down: this.down,
      elsewhere,
    };
  }

  /** Notices a failed start, once, and forgets it when a later one worked or the runner has forgotten it. */
  noteOutcome(nowMs: number): boolean {
    this.down ??= this.runner.recovery.staysDown();
    const failure = this.runner.startFailure();
    if (failure !== undefined && this.failedAtMs === undefined) {
      this.failedAtMs = nowMs;
      this.failureReason = `${failure.resource}: ${failure.reason}`;
      return true;
    }
    if (failure === undefined || this.runner.state() === "started") this.forgetFailure();
    return false;
  }

  forgetFailure(): void {
    this.runner.forgetStartFailure();
    this.failedAtMs = undefined;
    this.failureReason = undefined;
  }

  settle(decision: Decision): void {
    this.waiting = decision.waiting;
    this.againAtMs = decision.againAtMs ?? Number.POSITIVE_INFINITY;
  }

  report(): GroupReport {
    const reason = this.down ?? this.runner.note() ?? this.failureReason;
    return {
      claim: this.claim,
      state: this.runner.state(),
      failed: this.failedAtMs !== undefined,
      exhausted: this.runner.exhausted(),
      down: this.down !== undefined,
      fence: this.runner.wantsFence(),
      failures: this.runner.resources().map(({ failures = 0 }) => failures),
      why: this.why,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  deadline(nowMs: number): number {
    const failbackAtMs =
      this.failbackAtMs !== undefined && this.failbackAtMs > nowMs ? this.failbackAtMs : Infinity;
    return Math.min(this.runner.deadline(), this.againAtMs, failbackAtMs);
  }
}

export interface GroupClaimsInit {
  readonly policy: PolicyInit;
  readonly runners: ReadonlyMap<string, GroupRunner>;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
  /** Highest epoch of each group that an earlier life of this node knew. */
  readonly epochs: ReadonlyMap<string, number>;
}

export function groupClaims({
  policy,
  runners,
  nextId,
  emit,
  epochs,
}: GroupClaimsInit): readonly GroupClaim[] {
  const timeoutMs = policy.operationTimeoutMs.elsewhere;
  return policy.groups.map((spec) => {
    const runner = runners.get(spec.key);
    if (runner === undefined) throw new Error(`no runner for group ${spec.key}`);
    const elsewhere = new Elsewhere({ group: spec, timeoutMs, nextId, emit });
    return new GroupClaim(spec, runner, elsewhere, epochs.get(spec.key) ?? 0);
  });
}
