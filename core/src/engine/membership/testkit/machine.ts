// A membership machine under test, the messages of its peer, and what to read out of its answers.
import {
  textField,
  textMessage,
  type MembershipInit,
  type MembershipMachine,
  type MembershipOutput,
  type Message,
} from "../../../ports/index.js";
import { heartbeatMembership } from "../heartbeat.js";
import { hex, stamped } from "../wire-values.js";

const TIMINGS = {
  keepaliveMs: 100,
  warnMs: 500,
  deadMs: 1000,
  initialDeadMs: 2000,
  pingDeadMs: 1000,
  maxRetransmitDelayMs: 250,
};
const PEER_UUID = new Uint8Array(16).fill(2);

export function machine(changes: Partial<MembershipInit> = {}): MembershipMachine {
  return heartbeatMembership.create({
    self: "master",
    nodes: ["master", "cluster1"],
    pingNodes: [],
    media: ["eth0", "eth1"],
    timings: TIMINGS,
    hopFudge: 1,
    generation: 10,
    uuid: new Uint8Array(16).fill(1),
    seed: 1,
    published: {},
    ...changes,
  });
}

/** A message of the peer, as it would arrive. */
export function fromPeer(
  values: Record<string, string>,
  sequence: number | undefined,
  { generation = 5, source = "cluster1", uuid = PEER_UUID } = {},
): Message {
  const stamp = {
    source,
    uuid,
    destinationUuid: undefined,
    sequence,
    generation,
    wallMs: 1_700_000_000_000,
    ttl: 3,
  };
  return stamped(textMessage(values), stamp);
}

export const status = (st: string, sequence: number, options: Parameters<typeof fromPeer>[2] = {}): Message =>
  fromPeer({ t: "status", st, dt: hex(1000), protocol: "1" }, sequence, options);

export function receive(
  target: MembershipMachine,
  message: Message,
  nowMs: number,
  link = "eth0",
): readonly MembershipOutput[] {
  return target.step({ kind: "message.received", link, message }, nowMs, 1_700_000_000_000 + nowMs);
}

export function tick(target: MembershipMachine, nowMs: number): readonly MembershipOutput[] {
  return target.step({ kind: "tick" }, nowMs, 1_700_000_000_000 + nowMs);
}

/** Ticks whenever it is due, until `untilMs`. */
export function runTo(target: MembershipMachine, untilMs: number): readonly MembershipOutput[] {
  const outputs: MembershipOutput[] = [];
  for (let dueMs = target.deadline(); dueMs <= untilMs; dueMs = target.deadline())
    outputs.push(...tick(target, dueMs));
  return outputs;
}

export function sent(outputs: readonly MembershipOutput[], type: string): readonly Message[] {
  return outputs.flatMap((output) =>
    output.kind === "message.send" && textField(output.message, "t") === type ? [output.message] : [],
  );
}

export function changes(outputs: readonly MembershipOutput[]): readonly string[] {
  return outputs.flatMap((output) =>
    output.kind === "node.changed" ? [`${output.node} ${output.from}>${output.to} ${output.reason}`] : [],
  );
}

export function events(outputs: readonly MembershipOutput[]): readonly string[] {
  return outputs.flatMap((output) => (output.kind === "event" ? [output.event.name] : []));
}

/** A machine whose peer is active, heard last at 0 ms with sequence 3. */
export function joined(): MembershipMachine {
  const target = machine();
  tick(target, 0);
  receive(target, status("up", 1), 0);
  receive(target, fromPeer({ t: "repnodes", nodelist: "master cluster1 ", delnodelist: " " }, 2), 0);
  receive(target, status("active", 3), 0);
  return target;
}
