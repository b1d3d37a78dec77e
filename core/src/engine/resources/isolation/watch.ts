// Judges, at every moment, whether this node may serve: it remembers what the table cannot see, namely since when this
// node may trust its ears, and that one that has let go does not serve again before the others had time to be heard.
import type {
  EngineEvent,
  IsolationPolicy,
  IsolationView,
  NamedQuorumAnswer,
  NodeView,
  PolicyInit,
  PolicyOutput,
  SelfJudgement,
} from "../../../ports/index.js";
import { LIMITS } from "../../limits.js";
import { QuorumPoll } from "./quorum-poll.js";
import { look, patienceOf, type Patience, type Seen, type Watched } from "./sight.js";
import { rowFor, type Row, type Take, type Verdict } from "./table.js";

/** What this node may do, at this moment. */
export interface Standing {
  readonly rule: string;
  readonly serves: boolean;
  readonly take: Take;
  readonly why: string;
  /** Nodes that are not heard and have not said goodbye. */
  readonly missing: readonly string[];
}

export interface IsolationInit {
  readonly self: string;
  readonly nodes: readonly string[];
  readonly isolation: IsolationPolicy;
  readonly keepaliveMs: number;
  /** Undefined: nothing is judged, and everything may be done. */
  readonly deadMs: number | undefined;
  readonly quorum: boolean;
  readonly nextId: () => number;
  readonly emit: (output: PolicyOutput) => void;
}

const UNJUDGED: Standing = { rule: "in-company", serves: true, take: "yes", why: "", missing: [] };

export class IsolationWatch {
  private readonly patience: Patience;
  private readonly poll: QuorumPoll | undefined;
  private standing: Standing = UNJUDGED;
  /** What was told of it last. */
  private told: Pick<Standing, "rule" | "serves" | "why"> = UNJUDGED;
  private cutOff = false;
  private freshSinceMs = Number.NEGATIVE_INFINITY;
  /** Silence says nothing before: it was away, or its carrier has just come back. */
  private awayUntilMs = Number.NEGATIVE_INFINITY;
  private reconnectingUntilMs = Number.NEGATIVE_INFINITY;
  private grantedSinceMs: number | undefined;
  /** Some others are heard, and some are not. */
  private inPartSinceMs: number | undefined;
  private changesAtMs = Number.POSITIVE_INFINITY;

  constructor(private readonly init: IsolationInit) {
    const { self, nodes, nextId, emit, deadMs = 0 } = init;
    this.patience = patienceOf(init.keepaliveMs, deadMs, init.quorum);
    const answerWithinMs = this.patience.silentAfterMs - this.patience.askAfterMs;
    const poll = { self, nodes, deadMs, answerWithinMs, nextId, emit };
    this.poll = init.quorum ? new QuorumPoll(poll) : undefined;
  }

  /** Returns whether what was heard so far is of no use any more. */
  judged(self: SelfJudgement, nowMs: number): boolean {
    const { deadMs, keepaliveMs } = this.init;
    if (deadMs === undefined) return false;
    const wasCutOff = this.cutOff;
    this.cutOff = self.cutOff;
    const gone = self.awayMs >= deadMs;
    if (gone) this.awayUntilMs = nowMs + deadMs;
    // What was said meanwhile is still on its way through the sockets, and is old: it does not count.
    const lateInDoubt = self.awayMs > keepaliveMs && nowMs < this.awayUntilMs;
    if (gone || lateInDoubt) this.freshSinceMs = nowMs + keepaliveMs;
    if (wasCutOff && !self.cutOff) {
      this.reconnectingUntilMs = nowMs + deadMs;
      this.freshSinceMs = Math.max(this.freshSinceMs, nowMs);
    }
    const anew = gone || wasCutOff !== self.cutOff;
    if (anew) {
      this.poll?.forget();
      this.grantedSinceMs = undefined;
    }
    return anew;
  }

  reported(id: number, answers: readonly NamedQuorumAnswer[]): void {
    this.poll?.report(id, answers);
  }

  /** As it was judged last. */
  stands(): Standing {
    return this.standing;
  }

  /** Whoever is cut off, or has no quorum, fences nobody. */
  mayFence(): boolean {
    return this.standing.take !== "no";
  }

  /** `silently`: no event tells of it, for nothing but fences is ruled by it. */
  step(nodes: readonly NodeView[], watched: Watched, nowMs: number, silently = false): Standing {
    if (this.init.deadMs === undefined) return this.standing;
    const ears = { freshSinceMs: this.freshSinceMs, cutOff: this.cutOff };
    const seen = look(nodes, ears, this.patience, watched, nowMs);
    this.poll?.tick(seen.doubtful, seen.certain, watched.idle, nowMs);
    const quorum = this.verdict(seen, nowMs);
    this.grantedSinceMs = quorum === "granted" ? (this.grantedSinceMs ?? nowMs) : undefined;
    const row = rowFor({
      self: nowMs < this.awayUntilMs ? "returned" : "present",
      sight: seen.sight,
      quorum,
      carrier: this.cutOff || nowMs < this.reconnectingUntilMs ? "lost" : "up",
      isolation: this.init.isolation,
    });
    this.inPartSinceMs = row.id === "in-part" ? (this.inPartSinceMs ?? nowMs) : undefined;
    this.changesAtMs = seen.changesAtMs;
    this.settle(row, seen, nowMs, silently);
    return this.standing;
  }

  deadline(nowMs: number): number {
    if (this.init.deadMs === undefined) return Number.POSITIVE_INFINITY;
    const moments = [this.changesAtMs, this.awayUntilMs, this.reconnectingUntilMs, this.settledAtMs()];
    const next = Math.min(Number.POSITIVE_INFINITY, ...moments.filter((atMs) => atMs > nowMs));
    return Math.min(next, this.poll?.deadline(nowMs) ?? Number.POSITIVE_INFINITY);
  }

  view(): IsolationView {
    const { rule, serves, why } = this.standing;
    return { policy: this.init.isolation, rule, serves, why, quorum: this.poll?.said() ?? [] };
  }

  private verdict(seen: Seen, nowMs: number): Verdict {
    if (this.poll !== undefined) return this.poll.verdict(nowMs);
    // A ping node says only whether this node is alone.
    if (seen.pinged === undefined || seen.sight === "some") return "none";
    return seen.pinged ? "granted" : "unreachable";
  }

  private settle(row: Row, seen: Seen, nowMs: number, silently: boolean): void {
    const before = this.standing;
    const { missing } = seen;
    // When a network heals, whoever grants, or one of several others, may be heard before the node that serves; unless it grants to one node only.
    const mayBeFirst = row.id.startsWith("granted") || (row.id === "in-part" && missing.length > 0);
    const mayServeTwo = mayBeFirst && this.poll?.grantsToOne() !== true;
    const tooEarly = !before.serves && mayServeTwo && nowMs < this.settledAtMs();
    const serves = tooEarly ? false : row.serve === "unchanged" ? before.serves : row.serve === "yes";
    const why = tooEarly ? `${row.why}; it waits for a deadtime in which the others may be heard` : row.why;
    this.standing = { rule: row.id, serves, take: tooEarly ? "no" : row.take, why, missing };
    // The answer comes in a moment, and is told then.
    if (silently || row.id === "in-part-asked") return;
    const { told } = this;
    if (told.rule === row.id && told.serves === serves) return;
    this.told = this.standing;
    // Beside others nothing is to be told but the return to it.
    if (row.id === "in-company" && told.rule === UNJUDGED.rule && told.why === UNJUDGED.why) return;
    const level: EngineEvent["level"] = serves && row.take === "yes" ? "info" : "warn";
    const { isolation } = this.init;
    const fields = { rule: row.id, policy: isolation, serves, take: this.standing.take, missing, why };
    this.init.emit({ kind: "event", event: { name: "isolation.judged", level, fields } });
  }

  /** Another node that lives is heard by then: its silence would be a death, and its machine has found this one's address. */
  private settledAtMs(): number {
    const { deadMs = 0, keepaliveMs } = this.init;
    const waitMs = Math.max(deadMs, LIMITS.neighbourMs + keepaliveMs) + keepaliveMs;
    return (this.inPartSinceMs ?? this.grantedSinceMs ?? Number.NEGATIVE_INFINITY) + waitMs;
  }
}

/** As the policy was told. */
export function isolationOf(
  policy: PolicyInit,
  nextId: () => number,
  emit: (output: PolicyOutput) => void,
): IsolationWatch {
  const { self, nodes, keepaliveMs, deadMs, isolation = "hold", quorum = false } = policy;
  return new IsolationWatch({ self, nodes, isolation, keepaliveMs, deadMs, quorum, nextId, emit });
}
