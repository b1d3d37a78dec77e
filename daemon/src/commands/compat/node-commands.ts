// `hb_addnode`, `hb_delnode`, `hb_setweight` and `hb_setsite`: the arguments are read; the daemon cannot do it yet.
import { EXIT_CODES } from "../../exit-codes.js";
import type { Terminal } from "../terminal.js";

export type NodeCommand = "hb_addnode" | "hb_delnode" | "hb_setweight" | "hb_setsite";

const USAGE: Readonly<Record<NodeCommand, string>> = {
  hb_addnode: "usage: hb_addnode <node> <node> ...\n",
  hb_delnode: "usage: hb_delnode <node> <node> ...\n",
  hb_setweight: "usage: hb_setweight <node> <weight>\n",
  hb_setsite: "usage: hb_setsite <node> <site>\n",
};

/** Returns the exit code. */
export function editNodes(name: NodeCommand, args: readonly string[], terminal: Terminal): number {
  if (args.length === 0 || args[0] === "--help") {
    terminal.out.write(USAGE[name]);
    return EXIT_CODES.error;
  }
  terminal.err.write(
    `${name}: not supported yet: change the node lines of ha.cf on every node and restart the daemons, one after the other\n`,
  );
  return EXIT_CODES.error;
}
