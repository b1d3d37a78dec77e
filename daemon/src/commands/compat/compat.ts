// heartbeat's own commands under their old names, for scripts and fingers that know them.
import { EXIT_CODES } from "../../exit-codes.js";
import { harmless, type Terminal } from "../terminal.js";

export const OLD_COMMANDS = [
  "cl_status",
  "hb_addnode",
  "hb_delnode",
  "hb_setsite",
  "hb_setweight",
  "hb_standby",
  "hb_takeover",
] as const;
type OldCommand = (typeof OLD_COMMANDS)[number];

function isOldCommand(name: string): name is OldCommand {
  return OLD_COMMANDS.some((known) => known === name);
}

/** Returns the exit code of the old command. Throws `CONTROL_UNREACHABLE` when no daemon answers. */
export async function compat(name: string, args: readonly string[], terminal: Terminal): Promise<number> {
  if (!isOldCommand(name)) {
    terminal.err.write(`systole compat: ${harmless(name)} is none of ${OLD_COMMANDS.join(", ")}\n`);
    return EXIT_CODES.usage;
  }
  switch (name) {
    case "cl_status": {
      const { clStatus } = await import("./cl-status.js");
      return clStatus(args, terminal);
    }
    case "hb_standby":
    case "hb_takeover": {
      const { moveGroups } = await import("./resource-commands.js");
      return moveGroups(name, args, terminal);
    }
    case "hb_addnode":
    case "hb_delnode":
    case "hb_setsite":
    case "hb_setweight": {
      const { editNodes } = await import("./node-commands.js");
      return editNodes(name, args, terminal);
    }
  }
}
