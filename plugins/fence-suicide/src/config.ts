// How this node is to end itself.
import * as v from "valibot";

const absolutePath = v.pipe(v.string(), v.startsWith("/", "must be an absolute path"));

export const SuicideConfig = v.optional(
  v.strictObject({
    /** A program and its arguments, tried first: `[/sbin/reboot, -ff]`. */
    command: v.optional(
      v.pipe(
        v.array(v.string()),
        v.minLength(1, "must be a program and its arguments"),
        v.check(
          ([program = ""]) => program.startsWith("/"),
          "must begin with the absolute path of a program",
        ),
      ),
    ),
    /** Before anything else, the watchdog of ha.cf is fed no more; it resets this node when the other ways have not. */
    watchdog: v.optional(v.boolean(), false),
    /** The kernel's trigger. Absent: `/proc/sysrq-trigger`, unless there is a command or a watchdog. */
    sysrq: v.optional(absolutePath),
    /** How long each way may take to end this node before the next one is tried. */
    waitMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60_000)), 10_000),
  }),
  {},
);

export type SuicideConfig = v.InferOutput<typeof SuicideConfig>;
