// The network between the nodes fails, wholly or by half, seen by the card or not, and comes back.
import { NODE_NAMES, pause, type Lab, type Variant } from "../../index.js";
import { BOTH, GIVEN_WAY, HOME, LET_GO, MET_AGAIN, SETTLED, TAKEN_OVER, UNMOVED } from "../promises.js";
import type { Promised, Row, Scenario, Stage } from "../row.js";
import type { SetUpId } from "../set-up.js";

const EVERYWHERE: readonly SetUpId[] = ["plain", "ping", "witness", "fenced", "heartbeat", "keepalived"];
const WITH_LEASE: readonly SetUpId[] = [
  "plain",
  "lease",
  "ping",
  "witness",
  "fenced",
  "heartbeat",
  "keepalived",
];
/** Several times deadtime. */
const PARTED_MS = 6000;
const MET_MS = 2000;

/** Parts the nodes and lets them meet again; `promised` is what holds meanwhile. */
function partition(
  id: string,
  title: string,
  part: (lab: Lab) => Promise<void>,
  heal: (lab: Lab) => Promise<void>,
  promised: (setUp: SetUpId) => Promised,
  tested: readonly SetUpId[],
  more: {
    readonly afterwards?: Row["promised"];
    readonly variant?: Variant;
    readonly setUps?: readonly SetUpId[];
  } = {},
): Scenario {
  const { afterwards = whoIsLeft, variant = {}, setUps = EVERYWHERE } = more;
  const fault: Row = {
    id,
    title,
    perform: async ({ lab }: Stage) => {
      await part(lab);
      await pause(PARTED_MS);
    },
    promised,
  };
  const healed: Row = {
    id: `${id}-healed`,
    title: "… heal",
    perform: async ({ lab }: Stage) => {
      await heal(lab);
      await pause(MET_MS);
    },
    promised: afterwards,
  };
  return { id, rows: [fault, healed], setUps, tested, variant };
}

/** With broadcasts: who sends to one address needs answers to its ARP requests, so that half a cable is soon none at all. */
const HALF = { variant: { medium: "bcast" } } as const;

/** It hears that the other has taken over, and gives way. */
function whenUnheard(setUp: SetUpId): Promised {
  return setUp === "fenced" ? TAKEN_OVER : GIVEN_WAY;
}

/** Without a ping node the idle node cannot know that it is its own ears. */
function whenIdleIsDeaf(setUp: SetUpId): Promised {
  if (setUp === "ping" || setUp === "witness" || setUp === "fenced") return UNMOVED;
  return { ...GIVEN_WAY, unserved: true };
}

/** Who hears neither the other node nor the ping node lets go, and says so. */
function whenDeaf(setUp: SetUpId): Promised {
  return setUp === "plain" ? { ...UNMOVED, unserved: true } : TAKEN_OVER;
}

function whenCutOff(setUp: SetUpId): Promised {
  if (setUp === "ping" || setUp === "witness") return LET_GO;
  return setUp === "fenced" ? TAKEN_OVER : BOTH;
}

/** Both reach the ping node; the one that serves asks the witness first, and has a head start at fencing. */
function whenPingIsNoHelp(setUp: SetUpId): Promised {
  if (setUp === "witness") return UNMOVED;
  return setUp === "fenced" ? HOME : BOTH;
}

/** Who has been switched off stays off. */
function whoIsLeft(setUp: SetUpId): Promised {
  if (setUp === "ping" || setUp === "witness") return MET_AGAIN;
  return setUp === "fenced" ? TAKEN_OVER : SETTLED;
}

/** As long as nobody was to be fenced: the ping node was enough. */
function whoComesBack(setUp: SetUpId): Promised {
  return setUp === "plain" ? SETTLED : MET_AGAIN;
}

export const NETWORK_SCENARIOS: readonly Scenario[] = [
  partition(
    "cable",
    "cable of the active node pulled",
    (lab) => lab.pullCable("master"),
    (lab) => lab.plugCable("master"),
    () => TAKEN_OVER,
    ["ping", "fenced"],
  ),
  partition(
    "both-cables",
    "cables of both nodes pulled",
    async (lab) => void (await Promise.all(NODE_NAMES.map((name) => lab.pullCable(name)))),
    async (lab) => void (await Promise.all(NODE_NAMES.map((name) => lab.plugCable(name)))),
    () => ({ ends: ["nobody"], unserved: true, twoOwnersMs: 0 }),
    ["ping"],
    { afterwards: whoComesBack },
  ),
  partition(
    "unheard",
    "half a cable: the active node is not heard",
    (lab) => lab.mute("master"),
    (lab) => lab.mendHalf("master"),
    whenUnheard,
    ["plain", "ping", "fenced"],
    { ...HALF, afterwards: (setUp) => (setUp === "fenced" ? TAKEN_OVER : HOME), setUps: WITH_LEASE },
  ),
  partition(
    "deaf",
    "half a cable: the active node does not hear",
    (lab) => lab.deafen("master"),
    (lab) => lab.mendHalf("master"),
    whenDeaf,
    ["plain", "ping"],
    { ...HALF, afterwards: whoComesBack },
  ),
  partition(
    "deaf-idle",
    "half a cable: the idle node does not hear",
    (lab) => lab.deafen("cluster1"),
    (lab) => lab.mendHalf("cluster1"),
    whenIdleIsDeaf,
    ["ping"],
    { ...HALF, afterwards: () => HOME },
  ),
  partition(
    "beyond-switch",
    "active node cut off beyond the switch, carrier stays",
    (lab) => lab.cutBeyondSwitch("master"),
    (lab) => lab.mendBeyondSwitch("master"),
    whenCutOff,
    ["ping", "fenced"],
  ),
  partition(
    "between-nodes",
    "the nodes do not hear each other, users reach both",
    (lab) => lab.separateNodes(),
    (lab) => lab.rejoinNodes(),
    whenPingIsNoHelp,
    ["plain", "witness", "fenced"],
    { afterwards: (setUp) => (setUp === "plain" || setUp === "ping" ? SETTLED : HOME) },
  ),
];
