// What is told beside a heartbeat: by the protocol that is spoken with it, and by the heartbeat itself. As in event-words.ts.

type Fields = Readonly<Record<string, unknown>>;

export const HEARTBEAT_SENTENCES: Readonly<Record<string, (fields: Fields) => string>> = {
  "r1.takeover": ({ node }) => `takes over from ${String(node)}`,
  "r1.takeover-done": () => "has taken over",
  "r1.fence-missing": ({ node }) =>
    `cannot be sure that ${String(node)} is off: no fence device is configured`,
  "r1.peer-left": ({ node }) => `hears that ${String(node)} has let go of everything, and leaves`,
  "r1.peer-fenced": ({ peer, node, result }) =>
    `hears from ${String(peer)} that ${String(node)} is dead: ${FENCED[String(result)] ?? String(result)}`,
  "r1.own-groups-elsewhere": () => "leaves its own groups where they are",
  "r1.both-own": ({ set }) => `finds that both claim ${sets(set)}`,
  "r1.both-own-asked": ({ set }) => `asks the other to give up ${sets(set)}`,
  "r1.both-own-settled": () => "lets go of what both have",
  "r1.standby-asked": ({ set }) => `offers ${sets(set)} to the other`,
  "r1.standby-given": ({ set }) => `has handed over ${sets(set)}`,
  "r1.standby-offered": ({ peer, set }) => `is offered ${sets(set, String(peer))} by ${String(peer)}`,
  "r1.standby-taken": ({ set }) => `has taken ${sets(set)}`,
  "r1.standby-cancelled": ({ reason }) => `gives up the standby: ${String(reason)}`,
  "r1.standby-message-ignored": ({ peer, info }) =>
    `ignores what ${String(peer)} says of a standby that is over: ${String(info)}`,
  "heartbeat.node.restarted": ({ node }) => `hears that ${String(node)} has begun a new life`,
  "heartbeat.comm.up": () => "has heard of every other node, or waited long enough",
  "heartbeat.node.status": ({ node, status }) => `hears ${String(node)}: ${String(status)}`,
  "heartbeat.node.dead": ({ node }) => `calls ${String(node)} dead`,
  "heartbeat.node.late": ({ node }) => `finds that ${String(node)} was silent for too long`,
  "heartbeat.takeover": ({ node }) => `takes over from ${String(node)}`,
  "heartbeat.partition.healed": ({ node }) => `hears ${String(node)} again, which it had called dead`,
  "heartbeat.both.own": () => "complains that both own the same",
  "heartbeat.leaving": ({ restart }) =>
    restart === true ? "gives everything up, to start itself anew" : "gives everything up, and leaves",
  "heartbeat.restart": () => "starts itself anew",
  "heartbeat.standby.begins": ({ role, set }) =>
    role === "giver" ? `gives up ${sets(set)}` : `agrees to take ${sets(set, "the other")}`,
  "heartbeat.standby.done": ({ holds }) => `has ended the standby, and holds ${sets(holds)}`,
};

const FENCED: Readonly<Record<string, string>> = {
  OK: "its device says so",
  bad: "its device has failed",
  n_stnth: "it has no fence device, and takes over all the same",
  unneeded: "it had nothing",
};

/** As `of` counts: heartbeat knows what is at home on a node, and what is not. */
function sets(set: unknown, of = "it"): string {
  const home = of === "it" ? "what is at home here" : `what is at home on ${of}`;
  const away = of === "it" ? "what is at home elsewhere" : `what is not at home on ${of}`;
  const words: Readonly<Record<string, string>> = {
    all: "everything",
    none: "nothing",
    local: home,
    foreign: away,
  };
  return words[String(set)] ?? String(set);
}
