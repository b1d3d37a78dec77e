// Which agents of OCF are on this machine, and what each says of itself. Its answers are kept until its file changes.
import {
  type AgentCatalogue,
  type AgentDescription,
  type AgentLookup,
  endingOf,
  type Processes,
  quotedWords,
  runAgentProgram,
  timeLimit,
} from "@systole/sdk";
import type { OcfConfig } from "./config.js";
import { commonEnvironment } from "./environment.js";
import { MAX_KEPT_DESCRIPTIONS, MAX_METADATA_BYTES, METADATA_TIMEOUT_MS } from "./limits.js";
import { listAgents, locateAgent, type OcfAgentFile } from "./locate-agent.js";
import { parseMetadata } from "./metadata.js";
import { promotionRefusal } from "./promotion.js";

export class OcfCatalogue implements AgentCatalogue {
  readonly #config: OcfConfig;
  readonly #processes: Processes;
  readonly #known = new Map<string, { readonly version: string; readonly lookup: AgentLookup }>();

  constructor(config: OcfConfig, processes: Processes) {
    this.#config = config;
    this.#processes = processes;
  }

  async list(_signal: AbortSignal): Promise<readonly string[]> {
    const agents = await listAgents(this.#config.root);
    return agents.map(([provider, type]) => `ocf:${provider}:${type}`);
  }

  async describe(args: readonly string[], signal: AbortSignal): Promise<AgentLookup> {
    const located = await locateAgent(this.#config.root, args);
    if (!located.found) return { ok: false, reason: located.problem };
    const { path, version } = located.file;
    const known = this.#known.get(path);
    if (known?.version === version) return known.lookup;
    const { lookup, final } = await this.#ask(located.file, signal);
    if (final) {
      if (this.#known.size >= MAX_KEPT_DESCRIPTIONS) this.#known.clear();
      this.#known.set(path, { version, lookup });
    }
    return lookup;
  }

  /** `final` unless asking again may give another answer. */
  async #ask(file: OcfAgentFile, signal: AbortSignal): Promise<{ lookup: AgentLookup; final: boolean }> {
    const run = await runAgentProgram(
      this.#processes,
      {
        command: file.path,
        args: ["meta-data"],
        env: {
          ...commonEnvironment(this.#config),
          OCF_RESOURCE_TYPE: file.type,
          OCF_RESOURCE_PROVIDER: file.provider,
        },
        maxOutputBytes: MAX_METADATA_BYTES,
      },
      timeLimit(METADATA_TIMEOUT_MS, signal),
    );
    if (!run.ran) return { lookup: { ok: false, reason: run.answer.reason }, final: false };
    const { result } = run;
    if (result.exitCode !== 0) {
      const reason = `${file.path} meta-data ${endingOf(result)}${quotedWords(result)}`;
      return { lookup: { ok: false, reason }, final: false };
    }
    try {
      return {
        lookup: { ok: true, description: described(file, parseMetadata(result.stdout)) },
        final: true,
      };
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      return {
        lookup: { ok: false, reason: `${file.path} does not describe itself: ${problem}` },
        final: true,
      };
    }
  }
}

function described(file: OcfAgentFile, description: AgentDescription): AgentDescription {
  const refusal = promotionRefusal(file, description);
  return refusal === undefined ? description : { ...description, refusal };
}
