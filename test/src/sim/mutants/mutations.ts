// The engine broken on purpose, each time in one place: a simulator that does not notice is worth nothing.

export interface Mutation {
  /** What a broken engine does. */
  readonly what: string;
  /** Where it is broken, from the root of the repository. */
  readonly file: string;
  /** A seed that shows it, tried first; all others from 1 on follow. */
  readonly knownSeed: number;
  /** Stands there exactly once … */
  readonly from: string;
  /** … and is replaced by this. */
  readonly to: string;
}

const CLAIMS = "core/src/engine/resources/claims/";

export const MUTATIONS: readonly Mutation[] = [
  {
    what: "starts a group while another has not let go of it",
    knownSeed: 5,
    file: `${CLAIMS}decide.ts`,
    from: 'if (reported.state !== "stopped") return',
    to: "if (false) return",
  },
  {
    what: "does not give way to the later claim when a partition heals",
    knownSeed: 297,
    file: `${CLAIMS}decide.ts`,
    from: 'return { yieldTo: conflict.claim, wish: "stop" };\n  if (world.behindSinceMs',
    to: 'return { wish: "run" };\n  if (world.behindSinceMs',
  },
  {
    what: "takes over from a node that has not been fenced",
    knownSeed: 414,
    file: "core/src/engine/fencing/fencing-cases.ts",
    from: 'openCases(this.cases).filter(({ cause }) => cause !== "idle")',
    to: 'openCases(this.cases).filter(({ cause }) => cause === "operator")',
  },
  {
    what: "serves on without a quorum",
    knownSeed: 12,
    file: `${CLAIMS}decide.ts`,
    from: 'if (!world.standing.serves) return { wish: "stop", waiting: world.standing.why };',
    to: "",
  },
  {
    what: "claims without a higher epoch",
    knownSeed: 39,
    file: `${CLAIMS}group-claim.ts`,
    from: "this.own({ epoch: this.epoch() + 1, owner });",
    to: "this.own({ epoch: this.epoch(), owner });",
  },
  {
    what: "forgets its epochs when it starts anew",
    knownSeed: 1,
    file: "core/src/engine/resources/haresources.ts",
    from: "const epochs = restoredEpochs(init.restored);",
    to: "const epochs = restoredEpochs(undefined);",
  },
  {
    what: "believes frames with a wrong signature",
    knownSeed: 8,
    file: "core/src/message/open-frame.ts",
    from: "  if (!verdict.ok) return verdict;\n",
    to: "  if (!verdict.ok) verdict.reason satisfies string;\n",
  },
  {
    what: "believes a message that comes again",
    knownSeed: 5,
    file: "core/src/engine/membership/sequence.ts",
    from: 'return this.missing.delete(sequence) ? { kind: "late" } : { kind: "duplicate" };',
    to: 'return { kind: "late" };',
  },
  {
    what: "stops a group in the order in which it was started",
    knownSeed: 1,
    file: "core/src/engine/resources/group-runner.ts",
    from: "this.members.findLast(({ state }, index) =>",
    to: "this.members.find(({ state }, index) =>",
  },
  {
    what: "leaves before its resources are stopped",
    knownSeed: 1,
    file: `${CLAIMS}machine.ts`,
    from: 'if (!stuck && states.some((state) => state !== "stopped")) return;',
    to: "if (states.length < 0) return;",
  },
  {
    what: "never finds that another node is dead",
    knownSeed: 1,
    file: "core/src/engine/membership/roster.ts",
    from: "if (nowMs < deathAtMs(node, context)) continue;",
    to: "if (nowMs < deathAtMs(node, context) + 1e12) continue;",
  },
  {
    what: "believes whoever has the key, of this cluster or not",
    knownSeed: 44,
    file: "core/src/engine/membership/node-list.ts",
    from: 'const { autoJoin = "none" } = this.init;',
    to: 'const { autoJoin = "any" } = this.init;',
  },
  {
    what: "takes a stranger's word for that of a node",
    knownSeed: 44,
    file: "core/src/engine/membership/heartbeat.ts",
    from: "    const node = this.roster.find(source);\n",
    to: "    const node = this.roster.find(source) ?? this.roster.peers[0];\n",
  },
];
