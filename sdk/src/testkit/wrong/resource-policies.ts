// Resource policies that are wrong on purpose: each is a right one with something twisted at its edge.
import type {
  PolicyInit,
  PolicyInput,
  PolicyMachine,
  PolicyOutput,
  ResourcePolicy,
} from "@systole/core/ports";
import type { ResourcePolicySubject } from "../resource-policy-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

interface Twist {
  readonly init?: (init: PolicyInit) => PolicyInit;
  readonly input?: (input: PolicyInput) => PolicyInput | undefined;
  readonly output?: (outputs: readonly PolicyOutput[], input: PolicyInput) => readonly PolicyOutput[];
  /** Only its own state counts: it takes every other node for this. */
  readonly othersAre?: "active" | "dead";
  readonly shows?: (machine: PolicyMachine) => Partial<PolicyMachine>;
}

function twisted(right: ResourcePolicy, twist: Twist): ResourcePolicy {
  return {
    create(init) {
      const machine = right.create(twist.init?.(init) ?? init);
      return {
        step(input, nodes, nowMs) {
          const heard = twist.input === undefined ? input : twist.input(input);
          const { othersAre } = twist;
          const seen =
            othersAre === undefined
              ? nodes
              : nodes.map((node, index) => (index === 0 ? node : { ...node, state: othersAre }));
          const outputs = heard === undefined ? [] : machine.step(heard, seen, nowMs);
          return twist.output?.(outputs, input) ?? outputs;
        },
        deadline: () => machine.deadline(),
        view: (nodes) => machine.view(nodes),
        violations: () => machine.violations(),
        snapshot: () => machine.snapshot(),
        ...twist.shows?.(machine),
      };
    },
  };
}

const without = (kind: PolicyOutput["kind"]) => (outputs: readonly PolicyOutput[]) =>
  outputs.filter((output) => output.kind !== kind);
const cleanly = (output: PolicyOutput): PolicyOutput =>
  output.kind === "released" ? { ...output, clean: true } : output;
const asIfDone = (input: PolicyInput): PolicyInput =>
  input.kind === "agent.reported" ? { ...input, result: { ok: true, state: "running" } } : input;
const asIfStopped = (input: PolicyInput): PolicyInput =>
  input.kind === "agent.reported" && !input.result.ok
    ? { ...input, result: { ok: true, state: "stopped" } }
    : input;
const asIfFenced = (input: PolicyInput): PolicyInput =>
  input.kind === "fence.reported" ? { ...input, result: { ok: true } } : input;
const strict = (input: PolicyInput): PolicyInput => {
  if (input.kind === "agent.reported" && input.id > 4000) throw new RangeError("nobody asked");
  return input;
};
const otherFailback = (init: PolicyInit): PolicyInit => ({
  ...init,
  failback: init.failback === "on" ? "off" : "on",
});
const backwards = (init: PolicyInit): PolicyInit => ({
  ...init,
  groups: init.groups.map((group) => ({ ...group, resources: group.resources.toReversed() })),
});

let rolls = 0;
const dice = (): PolicyOutput => {
  rolls += 1;
  return { kind: "event", event: { name: "dice", level: "info", fields: { rolls } } };
};
/** Asks for a start again and again of what has failed to start. */
const stubborn = (outputs: readonly PolicyOutput[], input: PolicyInput): readonly PolicyOutput[] =>
  input.kind === "agent.reported" && !input.result.ok
    ? [...outputs, { kind: "agent.run", id: input.id, resource: "nginx", action: "start", timeoutMs: 5000 }]
    : outputs;
/** Stops and starts a resource to be sure. */
const nervous = (outputs: readonly PolicyOutput[], input: PolicyInput): readonly PolicyOutput[] => {
  if (input.kind !== "status.heard") return outputs;
  const run = { kind: "agent.run", id: 9999, resource: "nginx", timeoutMs: 5000 } as const;
  return [...outputs, { ...run, action: "stop" }];
};

/** Name, twist, and the cases that must catch it. */
const TWISTS: readonly (readonly [string, Twist, ...string[]])[] = [
  ["starts nothing", { output: without("agent.run") }, "starts-at-home", "waits-for-agents", "takes-over"],
  ["starts backwards", { init: backwards }, "starts-at-home", "stands-by"],
  ["thinks that it is alone", { othersAre: "dead" }, "starts-at-home"],
  [
    "does not notice a death",
    { othersAre: "active", input: (input) => (input.kind === "node.changed" ? undefined : input) },
    "takes-over",
  ],
  ["is nervous", { output: nervous }, "rests"],
  [
    "shows nothing",
    { shows: (machine) => ({ view: (nodes) => ({ ...machine.view(nodes), groups: [] }) }) },
    "shows-who-holds",
  ],
  [
    "does not say why",
    { shows: (machine) => ({ view: (nodes) => ({ ...machine.view(nodes), why: "" }) }) },
    "rests",
  ],
  ["mixes up failback", { init: otherFailback }, "fails-back", "stays"],
  ["does not answer operators", { output: without("operator.answered") }, "stands-by", "takes-on-request"],
  ["does not say that it has released", { output: without("released") }, "releases"],
  ["calls everything clean", { output: (outputs) => outputs.map(cleanly) }, "keeps-what-does-not-stop"],
  ["takes a failed stop for a stop", { input: asIfStopped }, "keeps-what-does-not-stop"],
  ["does not see failures", { input: asIfDone }, "moves-what-does-not-start", "gives-up"],
  ["tries for ever", { output: stubborn }, "gives-up"],
  ["does not fence", { init: (init) => ({ ...init, fencing: false }) }, "fences-first", "believes-the-fence"],
  ["takes a failed fence for a fence", { input: asIfFenced }, "believes-the-fence"],
  ["throws at a report that nobody waits for", { input: strict }, "survives-garbage"],
  ["rolls dice", { output: (outputs) => [...outputs, dice()] }, "same-in-same-out"],
  [
    "shows a map in its snapshot",
    { shows: () => ({ snapshot: () => ({ version: 1, epochs: new Map() }) }) },
    "snapshot-is-json",
  ],
  ["has a deadline that does not move", { shows: () => ({ deadline: () => 0 }) }, "starts-at-home", "rests"],
  ["finds itself wrong", { shows: () => ({ violations: () => ["two owners"] }) }, "starts-at-home"],
];

/** Built on a policy that is right, for the sdk itself has none. */
export function resourcePolicies(right: ResourcePolicy): ContractTrial<ResourcePolicySubject> {
  const wrong = TWISTS.map(([name, twist, ...caughtBy]): WrongSubject<ResourcePolicySubject> => {
    const policy = twisted(right, twist);
    return { name, source: { open: () => ({ policy }) }, caughtBy };
  });
  return { right: { open: () => ({ policy: right }) }, wrong };
}
