// The network between the nodes fails, wholly or by half, seen by the card or not, and comes back.
import { NODE_NAMES, pause, type Lab, type Variant } from "../../index.js";
import { BOTH, SETTLED, TAKEN_OVER, UNMOVED } from "../promises.js";
import type { Promised, Row, Scenario, Stage } from "../row.js";
import type { SetUpId } from "../set-up.js";

const EVERYWHERE: readonly SetUpId[] = ["plain", "ping", "fenced", "heartbeat", "keepalived"];
/** Several times deadtime. */
const PARTED_MS = 6000;
const MET_MS = 2000;

/** Who has been switched off stays off. */
function whoIsLeft(setUp: SetUpId): Promised {
  return setUp === "fenced" ? TAKEN_OVER : SETTLED;
}

/** Parts the nodes and lets them meet again; `promised` is what holds meanwhile. */
function partition(
  id: string,
  title: string,
  part: (lab: Lab) => Promise<void>,
  heal: (lab: Lab) => Promise<void>,
  promised: (setUp: SetUpId) => Promised,
  more: { readonly afterwards?: Row["promised"]; readonly variant?: Variant } = {},
): Scenario {
  const { afterwards = whoIsLeft, variant = {} } = more;
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
  return { id, rows: [fault, healed], setUps: EVERYWHERE, variant };
}

/** With broadcasts: who sends to one address needs answers to its ARP requests, so that half a cable is soon none at all. */
const HALF = { variant: { medium: "bcast" } } as const;

/** Only who has lost the ping node as well lets go by itself. */
function whenUnheard(setUp: SetUpId): Promised {
  if (setUp === "ping") return { ends: ["cluster1"], twoOwnersMs: 3000 };
  return setUp === "fenced" ? TAKEN_OVER : BOTH;
}

const unlessFenced =
  (otherwise: Promised) =>
  (setUp: SetUpId): Promised =>
    setUp === "fenced" ? TAKEN_OVER : otherwise;

export const NETWORK_SCENARIOS: readonly Scenario[] = [
  partition(
    "cable",
    "cable of the active node pulled",
    (lab) => lab.pullCable("master"),
    (lab) => lab.plugCable("master"),
    () => TAKEN_OVER,
  ),
  partition(
    "both-cables",
    "cables of both nodes pulled",
    async (lab) => void (await Promise.all(NODE_NAMES.map((name) => lab.pullCable(name)))),
    async (lab) => void (await Promise.all(NODE_NAMES.map((name) => lab.plugCable(name)))),
    () => ({ ends: ["nobody"], unserved: true, twoOwnersMs: 0 }),
  ),
  partition(
    "unheard",
    "half a cable: the active node is not heard",
    (lab) => lab.mute("master"),
    (lab) => lab.mendHalf("master"),
    whenUnheard,
    HALF,
  ),
  partition(
    "deaf",
    "half a cable: the active node does not hear",
    (lab) => lab.deafen("master"),
    (lab) => lab.mendHalf("master"),
    () => ({ ...UNMOVED, unserved: true }),
    { ...HALF, afterwards: () => SETTLED },
  ),
  partition(
    "beyond-switch",
    "active node cut off beyond the switch, carrier stays",
    (lab) => lab.cutBeyondSwitch("master"),
    (lab) => lab.mendBeyondSwitch("master"),
    unlessFenced(BOTH),
  ),
  partition(
    "between-nodes",
    "the nodes do not hear each other, users reach both",
    (lab) => lab.separateNodes(),
    (lab) => lab.rejoinNodes(),
    unlessFenced(BOTH),
  ),
];
