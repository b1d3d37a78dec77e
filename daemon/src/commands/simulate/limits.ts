// The bounds of `systole simulate`, and what holds where nothing is said.

export const SIMULATE_LIMITS = {
  lives: 10_000_000,
  hours: 10_000_000,
  /** Of one start or stop. */
  agentsTakeSeconds: 3600,
  /** Behind `@`: a day. */
  atSeconds: 86_400,
  /** Of 32 bits. */
  seed: 4_294_967_295,
  /** Things done to a cluster by name. */
  steps: 32,
  /** Broken promises that are shown. */
  complaints: 20,
} as const;

export const SIMULATE_DEFAULTS = {
  haDir: "/etc/ha.d",
  lives: 200,
  agentsTakeSeconds: 0.5,
} as const;
