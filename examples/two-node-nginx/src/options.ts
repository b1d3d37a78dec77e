// What can be said on the demo's command line.
import { parseArgs } from "node:util";
import type { Implementation } from "@systole/test/lab";

export interface DemoOptions {
  /** Leave the cluster up afterwards. */
  readonly keep: boolean;
  /** The program to show; the others are there to compare with. */
  readonly implementation: Implementation;
  /** Write the strip as a picture. */
  readonly svg: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run demo [-- OPTIONS]
  --keep                          leave the cluster up afterwards, to play with
  --with systole|heartbeat|keepalived   which program to run (default systole)
  --svg FILE                      also write the strip as a picture
`;

/** Throws TypeError for an unknown option. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keep: { type: "boolean", default: false },
      with: { type: "string", default: "systole" },
      svg: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const implementation = values.with;
  if (implementation !== "systole" && implementation !== "heartbeat" && implementation !== "keepalived") {
    throw new TypeError(`--with ${implementation}: choose systole, heartbeat or keepalived`);
  }
  return { keep: values.keep, implementation, svg: values.svg, help: values.help };
}
