// The clusters that are compared, as data: which program, with what around it.
import { fileURLToPath } from "node:url";
import type { Implementation, Lab, Variant, ViewFile } from "../index.js";
import { MODE_FILE } from "./rig-files.js";
import { giveKeys } from "./seal.js";
import { startWitness, WITNESS_PLUGIN } from "./witness.js";

export type SetUpId =
  | "plain"
  | "lease"
  | "ping"
  | "witness"
  | "fenced"
  | "sealed"
  | "heartbeat"
  | "keepalived";

export interface SetUp {
  readonly id: SetUpId;
  /** Heading of its column. */
  readonly title: string;
  readonly implementation: Implementation;
  readonly variant: Variant;
  /** The same on both nodes, besides those that the variant makes. */
  readonly files: readonly ViewFile[];
  /** It has a power switch that the test plays. */
  readonly fenced: boolean;
  /** On the hosts, before anything is started. */
  readonly prepare?: (lab: Lab) => Promise<void>;
  /** How long who answers must stay the same before that is believed to be the end of it. */
  readonly restMs: number;
}

/** Built: the daemon imports it, and with it the SDK that it was built with. */
const RIG = fileURLToPath(new URL("../../../dist/lab/safety/rig.js", import.meta.url));
const RIG_DIRECTORY = "/etc/ha.d/rig";
const RIG_PACKAGE: readonly ViewFile[] = [
  {
    path: `${RIG_DIRECTORY}/package.json`,
    text: JSON.stringify({
      name: "safety-rig",
      version: "0.1.0",
      type: "module",
      exports: "./index.js",
      peerDependencies: { "@systole/sdk": "^0.1.0" },
    }),
  },
  { path: `${RIG_DIRECTORY}/index.js`, text: `export { default } from ${JSON.stringify(RIG)};\n` },
];

function systoleYaml(lines: readonly string[], plugins: readonly string[] = []): readonly ViewFile[] {
  const text = ["plugins:", "  - use: ./rig", ...plugins, "notifiers: [busy-loop]", ...lines, ""].join("\n");
  return [...RIG_PACKAGE, { path: "/etc/ha.d/systole.yaml", text }];
}

/** Both sides may shoot: the one that serves has a head start, and the device must be quicker than that. */
const FENCING = ["fence: [power-switch]", "fencing: { action: off, priority-delay: 3s }"];

const systole = { implementation: "systole", fenced: false, restMs: 1500 } as const;

export const SET_UPS: readonly SetUp[] = [
  { ...systole, id: "plain", title: "Systole", variant: { ping: false }, files: systoleYaml([]) },
  {
    ...systole,
    id: "lease",
    title: "Systole, lease",
    variant: { ping: false, deadtimeSeconds: 3, initdeadSeconds: 4 },
    files: systoleYaml([]),
  },
  { ...systole, id: "ping", title: "Systole, ping node", variant: {}, files: systoleYaml([]) },
  {
    ...systole,
    id: "witness",
    title: "Systole, witness",
    variant: { ping: false },
    files: systoleYaml(["quorum: [witness]", "isolation: release"], WITNESS_PLUGIN),
    prepare: startWitness,
  },
  {
    ...systole,
    id: "fenced",
    title: "Systole, fencing",
    variant: {},
    files: [...systoleYaml(FENCING), { path: MODE_FILE, text: "obeys\n" }],
    fenced: true,
  },
  {
    ...systole,
    id: "sealed",
    title: "Systole, sealed frames",
    variant: { ping: false },
    files: systoleYaml(["security: { mode: enforce }"]),
    prepare: giveKeys,
  },
  {
    id: "heartbeat",
    title: "heartbeat 3.0.6",
    implementation: "heartbeat",
    variant: { initdeadSeconds: 6 },
    files: [],
    fenced: false,
    // It is still busy with its protocol, and restarts itself, seconds after it has begun.
    restMs: 10_000,
  },
  {
    id: "keepalived",
    title: "keepalived 2.2.7",
    implementation: "keepalived",
    variant: {},
    files: [],
    fenced: false,
    restMs: 2000,
  },
];
