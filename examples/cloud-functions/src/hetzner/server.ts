// A server, switched off as by its power button held down.
import type { Machine } from "../power-device.js";
import type { HetznerCloud } from "./hetzner-cloud.js";

export class HetznerServer implements Machine {
  constructor(
    private readonly cloud: HetznerCloud,
    private readonly id: number,
  ) {}

  async turn(power: "on" | "off", signal: AbortSignal): Promise<void> {
    await this.cloud.act(`/servers/${this.id}/actions/power${power}`, signal);
  }

  async look(signal: AbortSignal): Promise<"on" | "off" | "changing"> {
    const { server } = await this.cloud.get<{ server: { status: string } }>(`/servers/${this.id}`, signal);
    if (server.status === "off") return "off";
    return server.status === "running" ? "on" : "changing";
  }
}
