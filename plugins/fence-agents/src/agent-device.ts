// One device behind a fence agent, as the cluster asks for it.
import {
  endingOf,
  hidingSecrets,
  quotedWords,
  readParameters,
  runAgentProgram,
  type FenceAction,
  type FenceDevice,
  type FenceResult,
  type Logger,
  type Processes,
  type ProcessResult,
  type SecretPlaces,
  type SecretSource,
} from "@systole/sdk";
import { agentInput } from "./agent-input.js";
import { agentActions, plugParameter, wantsNodeName } from "./agent-interface.js";
import type { DeviceConfig } from "./config.js";
import { failedAgent } from "./exit-codes.js";
import { MAX_PLUGS } from "./limits.js";
import type { FenceAgentDescription } from "./metadata.js";
import { nodeNames, parsePlugs, plugOf, type Plug } from "./plug-list.js";

export interface AgentDeviceInit {
  readonly name: string;
  readonly settings: DeviceConfig;
  readonly description: FenceAgentDescription;
  readonly directory: string;
  readonly places: SecretPlaces;
  readonly processes: Processes;
  readonly log: Logger;
}

type Failure = Extract<FenceResult, { readonly ok: false }>;
type Outcome<Value> = { readonly ok: true; readonly value: Value } | Failure;
type Sources = Readonly<Record<string, SecretSource>>;

const STATUS_OFF = 2;

export class AgentDevice implements FenceDevice {
  constructor(private readonly init: AgentDeviceInit) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up before it began" };
    const target = await this.target(node, signal);
    if (!target.ok) return target;
    const { agent } = this.init.settings;
    const [first, second] = agentActions(this.init.description, action) ?? [];
    if (first === undefined) return { ok: false, kind: "error", reason: `${agent} cannot do ${action}` };
    const done = await this.perform(first, target.value, signal);
    if (!done.ok || second === undefined) return done;
    const started = await this.perform(second, target.value, signal);
    // The node has stopped, which is what counts: that it does not start again is for people to mend.
    if (!started.ok) this.init.log.warn("fence.not-started-again", { node, reason: started.reason });
    return { ok: true };
  }

  async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (!this.init.description.actions.includes("status")) return "unknown";
    const target = await this.target(node, signal);
    if (!target.ok) return "unknown";
    const run = await this.run("status", target.value, signal);
    if (!run.ok) return "unknown";
    if (run.value.exitCode === 0) return "on";
    return run.value.exitCode === STATUS_OFF ? "off" : "unknown";
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const { hosts } = this.init.settings;
    if (hosts !== undefined) return Object.keys(hosts);
    const plugs = await this.plugs(signal);
    if (!plugs.ok) throw new Error(plugs.reason);
    return nodeNames(plugs.value);
  }

  /** The parameters that mean this node. The agent's list is asked for each time: a machine may have moved. */
  private async target(node: string, signal: AbortSignal): Promise<Outcome<Sources>> {
    const { name, description, settings } = this.init;
    const unknown = (why: string): Failure => ({ ok: false, kind: "unknown-node", reason: `${name} ${why}` });
    const nodeName = wantsNodeName(description) ? { nodename: node } : {};
    const withPlug = (plug: string): Sources => ({
      ...nodeName,
      [plugParameter(description) ?? "plug"]: plug,
    });
    if (settings.hosts !== undefined) {
      const own = Object.hasOwn(settings.hosts, node) ? settings.hosts[node] : undefined;
      if (own === undefined) return unknown(`has no ${JSON.stringify(node)} under hosts`);
      return { ok: true, value: typeof own === "string" ? withPlug(own) : { ...nodeName, ...own } };
    }
    const plugs = await this.plugs(signal);
    if (!plugs.ok) return plugs;
    const plug = plugOf(plugs.value, node);
    return plug === undefined
      ? unknown(`lists no ${JSON.stringify(node)}, or more than one`)
      : { ok: true, value: withPlug(plug) };
  }

  private async plugs(signal: AbortSignal): Promise<Outcome<readonly Plug[]>> {
    const run = await this.run("list", {}, signal);
    if (!run.ok) return run;
    if (run.value.exitCode !== 0) return this.failed("list", run.value);
    const { separator } = this.init.settings.parameters;
    const plugs = parsePlugs(run.value.stdout, typeof separator === "string" ? separator : ",");
    return { ok: true, value: plugs.slice(0, MAX_PLUGS) };
  }

  private async perform(action: string, target: Sources, signal: AbortSignal): Promise<FenceResult> {
    const run = await this.run(action, target, signal);
    if (!run.ok) return run;
    return run.value.exitCode === 0 ? { ok: true } : this.failed(action, run.value);
  }

  private failed(action: string, result: ProcessResult): Failure {
    const doing = `${this.init.settings.agent} ${action}`;
    if (result.exitCode !== null) return failedAgent(result.exitCode, doing, quotedWords(result));
    return { ok: false, kind: "error", reason: `${doing} ${endingOf(result)}${quotedWords(result)}` };
  }

  /** Secrets are read anew each time: one that was changed is known at once. */
  private async run(action: string, target: Sources, signal: AbortSignal): Promise<Outcome<ProcessResult>> {
    const { settings, directory, places, processes } = this.init;
    let input: string;
    let secrets: readonly string[];
    try {
      const read = await readParameters({ ...settings.parameters, ...target }, places);
      secrets = read.secrets;
      input = agentInput({ ...read.values, action });
    } catch (cause) {
      return { ok: false, kind: "error", reason: cause instanceof Error ? cause.message : String(cause) };
    }
    const program = { command: `${directory}/${settings.agent}`, args: [], input };
    const run = await runAgentProgram(hidingSecrets(processes, secrets), program, signal);
    if (run.ran) return { ok: true, value: run.result };
    const { kind, reason } = run.answer;
    return { ok: false, kind: kind === "timeout" ? "timeout" : "error", reason };
  }
}
