// A floating IP, which is assigned to one server at a time. The servers have the address configured all the time.
import type { Holding } from "../held-agent.js";
import type { HetznerCloud } from "./hetzner-cloud.js";

interface FloatingIp {
  readonly floating_ip: { readonly id: number; readonly ip: string; readonly server: number | null };
}

export class HetznerFloatingIp implements Holding {
  constructor(
    private readonly cloud: HetznerCloud,
    private readonly id: number,
    /** Their ids by the names of nodes. */
    private readonly servers: ReadonlyMap<string, number>,
  ) {}

  async holder(signal: AbortSignal): Promise<string | undefined> {
    const { floating_ip: address } = await this.cloud.get<FloatingIp>(`/floating_ips/${this.id}`, signal);
    return [...this.servers].find(([, server]) => server === address.server)?.[0];
  }

  async give(node: string, signal: AbortSignal): Promise<void> {
    await this.cloud.act(`/floating_ips/${this.id}/actions/assign`, signal, {
      server: this.servers.get(node),
    });
  }

  /** The interface cannot be told from whom to take it; `holder` has said a moment ago that it is this node. */
  async release(_node: string, signal: AbortSignal): Promise<void> {
    await this.cloud.act(`/floating_ips/${this.id}/actions/unassign`, signal);
  }
}
