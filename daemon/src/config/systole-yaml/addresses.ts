// The key `addresses` of systole.yaml.
import { z } from "zod";
import { duration } from "./duration.js";

const ADVICE = "write `auto`, `off`, or a time in whole seconds such as `2s`";
const MAPPING = "write keys with their values below it, indented";

export const Addresses = z.strictObject(
  {
    lease: z
      .union([z.enum(["auto", "off"]), duration({ leastMs: 1000 })], ADVICE)
      .optional()
      .describe(
        "How long the kernel holds an address without hearing from the daemon, in whole seconds, e.g. `2s`; `auto` (default): as long as deadtime allows; `off`: until it is removed, also when the daemon is dead.",
      ),
    guard: z
      .enum(["auto", "off"], "write `auto` or `off`")
      .optional()
      .describe(
        "Whether a process beside the daemon removes addresses when the daemon is dead, stopped or busy; `auto` (default): where deadtime has room for it.",
      ),
    probe: z
      .enum(["on", "off"], "write `on` or `off`")
      .optional()
      .describe(
        "Whether a node that has never heard another one asks the segment who has an address before it takes it (ARP, neighbour discovery). Default `on`.",
      ),
  },
  MAPPING,
);
