// The clusters that are compared, as data: which program, with what around it.
import { fileURLToPath } from "node:url";
import type { Implementation, Variant, ViewFile } from "../index.js";
import { MODE_FILE } from "./rig-files.js";

export type SetUpId = "plain" | "ping" | "fenced" | "heartbeat" | "keepalived";

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

function systoleYaml(lines: readonly string[]): readonly ViewFile[] {
  const text = ["plugins:", "  - use: ./rig", "notifiers: [busy-loop]", ...lines, ""].join("\n");
  return [...RIG_PACKAGE, { path: "/etc/ha.d/systole.yaml", text }];
}

const systole = { implementation: "systole", fenced: false, restMs: 1500 } as const;

export const SET_UPS: readonly SetUp[] = [
  { ...systole, id: "plain", title: "Systole", variant: { ping: false }, files: systoleYaml([]) },
  { ...systole, id: "ping", title: "Systole, ping node", variant: {}, files: systoleYaml([]) },
  {
    ...systole,
    id: "fenced",
    title: "Systole, fencing",
    variant: { ping: false },
    files: [...systoleYaml(["fence: [power-switch]"]), { path: MODE_FILE, text: "obeys\n" }],
    fenced: true,
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
