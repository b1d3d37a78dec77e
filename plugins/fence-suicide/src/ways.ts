// The ways in which a node can be ended from within, in the order in which they are tried. Pure.
import type { FenceAction } from "@systole/sdk";
import type { SuicideConfig } from "./config.js";

export type Way =
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] }
  /** A letter written to the kernel's trigger: `o` powers off, `b` starts anew at once, without writing anything back. */
  | { readonly kind: "sysrq"; readonly path: string; readonly letter: "o" | "b" }
  /** Nothing is done any more: the machine's watchdog is waited for. */
  | { readonly kind: "watchdog" };

const SYSRQ = "/proc/sysrq-trigger";

/** A machine that cannot be powered off is started anew: anything is better than that it goes on. */
export function waysTo(
  action: Exclude<FenceAction, "on">,
  { command, sysrq, watchdog }: Pick<SuicideConfig, "command" | "sysrq"> & Partial<SuicideConfig>,
): readonly Way[] {
  const [program, ...args] = command ?? [];
  const path = sysrq ?? (program === undefined && watchdog !== true ? SYSRQ : undefined);
  const letters = action === "off" ? (["o", "b"] as const) : (["b"] as const);
  return [
    ...(program === undefined ? [] : [{ kind: "command" as const, command: program, args }]),
    ...(path === undefined ? [] : letters.map((letter) => ({ kind: "sysrq" as const, path, letter }))),
    ...(watchdog === true ? [{ kind: "watchdog" as const }] : []),
  ];
}
