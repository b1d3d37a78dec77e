// What a function's agent says of itself.
import type { AgentCatalogue, AgentLookup } from "@systole/sdk";
import { asLookup, type FunctionClient } from "@systole/sdk/functions";
import type { AgentConfig } from "./config.js";

export class FunctionCatalogue implements AgentCatalogue {
  constructor(
    private readonly name: string,
    private readonly client: FunctionClient,
    private readonly settings: AgentConfig,
  ) {}

  /** The one name that the configuration gives it. */
  async list(): Promise<readonly string[]> {
    return [this.name];
  }

  async describe(args: readonly string[], signal: AbortSignal): Promise<AgentLookup> {
    const { agent, withinMs } = this.settings;
    const resource = { name: this.name, args, parameters: {} };
    const call = {
      port: "resource-agent",
      operation: "describe",
      resource,
      ...(agent !== undefined && { name: agent }),
    } as const;
    const asked = await this.client.ask(call, withinMs, asLookup, signal);
    return asked.ok ? asked.answer : { ok: false, reason: asked.reason };
  }
}
