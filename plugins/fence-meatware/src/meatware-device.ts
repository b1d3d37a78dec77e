// Fencing by a person: says what is to be done, and waits until somebody says that it is.
import type {
  ClusterAccess,
  Confirmations,
  FenceAction,
  FenceDevice,
  FenceResult,
  Logger,
} from "@systole/sdk";
import type { MeatwareConfig } from "./config.js";

export interface MeatwareInit {
  readonly config: MeatwareConfig;
  readonly confirmations: Confirmations;
  readonly cluster: ClusterAccess;
  readonly log: Logger;
}

export class MeatwareDevice implements FenceDevice {
  constructor(private readonly init: MeatwareInit) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const { confirmations, log } = this.init;
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up before anybody was asked" };
    if (!this.nodes().includes(node))
      return { ok: false, kind: "unknown-node", reason: `nobody looks after ${JSON.stringify(node)}` };
    if (action === "on")
      return { ok: false, kind: "error", reason: "a person is asked whether a node is off, not to start it" };
    const todo = `make sure by hand that ${node} is ${action === "off" ? "off" : "off, or was reset"}, then run: systole fence confirm ${node} --yes`;
    log.warn("fence.person-asked", { node, action, todo });
    const confirmed = await confirmations.ask(node, signal);
    log.info("fence.person-answered", { node, confirmed });
    if (confirmed) return { ok: true };
    return signal.aborted
      ? { ok: false, kind: "timeout", reason: `nobody has confirmed that ${node} is off` }
      : { ok: false, kind: "error", reason: `a person says that ${node} is not off` };
  }

  /** Nobody is asked for this. */
  async status(): Promise<"unknown"> {
    return "unknown";
  }

  async list(): Promise<readonly string[]> {
    return this.nodes();
  }

  private nodes(): readonly string[] {
    const { config, cluster } = this.init;
    const { node: self, nodes } = cluster.view();
    const others = nodes.filter(({ name, kind }) => kind === "normal" && name !== self);
    return [...new Set(config.hosts ?? others.map(({ name }) => name))];
  }
}
