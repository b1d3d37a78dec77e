// Passes the engine's signs of life on to the parts that live by them. It exists before the engine does, because those are
// made first.
import type { Pulse } from "../ports/index.js";
import type { ClusterHost } from "./cluster-host.js";

export class PulseBell implements Pulse {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly host: Pick<ClusterHost, "logger" | "observer">) {}

  /** What a listener does wrong is its own affair: the cluster goes on. */
  ring(): void {
    this.host.observer?.pulsed?.();
    for (const listener of this.listeners) {
      try {
        listener();
      } catch (error) {
        this.host.logger.error("pulse.listener-failed", { reason: String(error) });
      }
    }
  }

  onPulse(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
