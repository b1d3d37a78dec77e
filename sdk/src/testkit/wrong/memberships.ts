// Memberships that are wrong on purpose: each is a right one with something twisted at its edge.
import {
  textField,
  type Membership,
  type MembershipInit,
  type MembershipInput,
  type MembershipMachine,
  type MembershipOutput,
  type Message,
} from "@systole/core/ports";
import type { MembershipSubject } from "../membership-contract.js";
import { TIMINGS } from "../membership-cluster.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

/** What is twisted: the machine's beginning, its inputs, its outputs, or what it shows of itself. */
interface Twist {
  readonly init?: (init: MembershipInit) => MembershipInit;
  /** Undefined: the machine does not hear of it. */
  readonly input?: (input: MembershipInput, machine: MembershipMachine) => MembershipInput | undefined;
  readonly output?: (
    outputs: readonly MembershipOutput[],
    input: MembershipInput,
  ) => readonly MembershipOutput[];
  readonly shows?: (machine: MembershipMachine) => Partial<MembershipMachine>;
}

function twisted(right: Membership, { init: begin, input: hear, output: say, shows }: Twist): Membership {
  return {
    create(init) {
      const machine = right.create(begin?.(init) ?? init);
      return {
        step(input, nowMs, wallMs) {
          const heard = hear === undefined ? input : hear(input, machine);
          const outputs = heard === undefined ? [] : machine.step(heard, nowMs, wallMs);
          return say?.(outputs, input) ?? outputs;
        },
        deadline: () => machine.deadline(),
        view: () => machine.view(),
        snapshot: () => machine.snapshot(),
        ...shows?.(machine),
      };
    },
  };
}

const without = (kind: MembershipOutput["kind"]) => (outputs: readonly MembershipOutput[]) =>
  outputs.filter((output) => output.kind !== kind);
const timedBy = (factor: number) => (init: MembershipInit) => ({
  ...init,
  timings: { ...init.timings, deadMs: TIMINGS.deadMs * factor },
});

let rolls = 0;
const goneForGood = (input: MembershipInput, machine: MembershipMachine) =>
  input.kind === "message.received" && machine.view().some(({ state }) => state === "dead")
    ? undefined
    : input;
const onLeave = (input: MembershipInput) => (input.kind === "leave" ? undefined : input);
const garbageFails = (input: MembershipInput) => {
  if (input.kind === "message.received" && input.message.fields.length === 0)
    throw new TypeError("no fields");
  return input;
};

/** A message by which a node asks for others again, in the protocol of the right membership. */
const isRequest = (message: Message) => textField(message, "t") === "NS_rexmit";

/** Name, twist, and the cases that must catch it. */
const TWISTS: readonly (readonly [string, Twist, ...string[]])[] = [
  [
    "rolls dice",
    {
      output: (outputs) => (
        (rolls += 1),
        [...outputs, { kind: "event", event: { name: "dice", level: "info", fields: { rolls } } }]
      ),
    },
    "same-in-same-out",
  ],
  [
    "hears nobody",
    { input: (input) => (input.kind === "message.received" ? undefined : input) },
    "finds-the-others",
  ],
  [
    "lists nodes in another order",
    { shows: (machine) => ({ view: () => machine.view().toReversed() }) },
    "lists-in-order",
  ],
  [
    "cries wolf",
    {
      output: (outputs, input) =>
        input.kind === "tick"
          ? [
              ...outputs,
              { kind: "node.changed", node: "cluster1", from: "active", to: "active", reason: "still there" },
            ]
          : outputs,
    },
    "rests",
  ],
  ["notices death late", { init: timedBy(3) }, "notices-death"],
  ["notices death early", { init: timedBy(0.4) }, "notices-death"],
  ["does not see dead links", { output: without("link.changed") }, "notices-dead-link"],
  ["never takes back", { input: goneForGood }, "takes-back"],
  ["does not leave", { input: onLeave }, "leaves"],
  [
    "hands messages over twice",
    {
      output: (outputs) =>
        outputs.flatMap((one): readonly MembershipOutput[] =>
          one.kind === "message.delivered" ? [one, one] : [one],
        ),
    },
    "delivers-once",
  ],
  [
    "hears itself",
    {
      output: (outputs, input) =>
        input.kind === "message.send"
          ? [...outputs, { kind: "message.delivered", from: "master", message: input.message }]
          : outputs,
    },
    "delivers-once",
  ],
  [
    "does not ask for what is missing",
    { output: (outputs) => outputs.filter((one) => one.kind !== "message.send" || !isRequest(one.message)) },
    "delivers-despite-loss",
  ],
  [
    "tells everybody",
    {
      input: (input) =>
        input.kind === "message.send" ? { kind: "message.send", message: input.message } : input,
    },
    "delivers-to-whom",
  ],
  [
    "keeps what it should publish",
    { input: (input) => (input.kind === "publish" ? undefined : input) },
    "publishes",
  ],
  ["lets anybody in", { init: (init) => ({ ...init, autoJoin: "any" }) }, "keeps-strangers-out"],
  ["sends what does not fit", { init: ({ fits: _fits, ...init }) => init }, "refuses-what-does-not-fit"],
  ["does not answer edits", { output: without("nodes.edited") }, "answers-edits"],
  ["throws on a message without fields", { input: garbageFails }, "survives-garbage"],
  [
    "shows bytes in its snapshot",
    { shows: () => ({ snapshot: () => ({ version: 1, uuid: new Uint8Array(16) }) }) },
    "snapshot-is-json",
  ],
  [
    "has a deadline that does not move",
    { shows: () => ({ deadline: () => 0 }) },
    "finds-the-others",
    "rests",
  ],
  [
    "changes what it is given",
    { input: (input) => Object.assign(input, { seen: true }) },
    "finds-the-others",
  ],
];

/** Built on a membership that is right, for the sdk itself has none. */
export function memberships(right: Membership): ContractTrial<MembershipSubject> {
  const wrong = TWISTS.map(([name, twist, ...caughtBy]): WrongSubject<MembershipSubject> => {
    const membership = twisted(right, twist);
    return { name, source: { open: () => ({ membership }) }, caughtBy };
  });
  return { right: { open: () => ({ membership: right }) }, wrong };
}
