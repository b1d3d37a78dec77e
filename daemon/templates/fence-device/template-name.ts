// Asks a power switch over HTTP to switch nodes off and on. Its yes must be the truth: somebody starts services on it.
import type { FenceAction, FenceDevice, FenceResult } from "@systole/sdk";

export interface TemplateNameConfig {
  /** The switch: `POST URL/NODE/ACTION` answers when it is done, `GET URL/NODE` answers `on` or `off`. */
  readonly url: string;
  /** Nodes that it can fence. */
  readonly nodes: readonly string[];
}

export class TemplateNameFenceDevice implements FenceDevice {
  constructor(private readonly config: TemplateNameConfig) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (!this.config.nodes.includes(node))
      return { ok: false, kind: "unknown-node", reason: `${JSON.stringify(node)} is not behind this switch` };
    try {
      await this.ask("POST", `${node}/${action}`, signal);
      return { ok: true };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, kind: signal.aborted ? "timeout" : "error", reason };
    }
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (!this.config.nodes.includes(node)) return "unknown";
    const said = await this.ask("GET", node, signal).catch(() => "unknown");
    return said === "on" || said === "off" ? said : "unknown";
  }

  async list(): Promise<readonly string[]> {
    return this.config.nodes;
  }

  private async ask(method: "GET" | "POST", path: string, signal: AbortSignal): Promise<string> {
    const answer = await fetch(`${this.config.url}/${path}`, { method, signal });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the switch answers ${answer.status}`);
    return text;
  }
}
