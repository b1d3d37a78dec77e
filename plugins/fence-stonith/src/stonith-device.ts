// One device of heartbeat's STONITH, as the cluster asks for it.
import {
  endingOf,
  hidingSecrets,
  quotedWords,
  readParameters,
  runAgentProgram,
  type ClusterAccess,
  type FenceAction,
  type FenceDevice,
  type FenceResult,
  type Logger,
  type Processes,
  type ProgramRun,
  type ReadParameters,
  type SecretPlaces,
  type SecretSource,
} from "@systole/sdk";
import { isExternal, programFor, type Programs, type Request } from "./command-line.js";
import { mayUse, type DeviceConfig } from "./config.js";
import { inOrder, lineOfValues } from "./in-order.js";
import { MAX_HOSTS, MAX_PARAMETER_FILE_CHARACTERS } from "./limits.js";
import { nativeResult } from "./result-codes.js";
import { words, type StonithType } from "./stonith-type.js";

export interface StonithDeviceInit {
  readonly name: string;
  readonly settings: DeviceConfig;
  /** Absent for a device of other nodes. */
  readonly type: StonithType | undefined;
  readonly programs: Programs;
  readonly places: SecretPlaces;
  readonly processes: Processes;
  readonly cluster: ClusterAccess;
  readonly log: Logger;
}

type Failure = Extract<FenceResult, { readonly ok: false }>;
type Hosts = { readonly ok: true; readonly hosts: readonly string[] } | Failure;

const OTHERS_READ = 0o004;

export class StonithDevice implements FenceDevice {
  constructor(private readonly init: StonithDeviceInit) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (signal.aborted) return { ok: false, kind: "timeout", reason: "given up before it began" };
    const known = await this.hosts(signal);
    if (!known.ok) return known;
    const { settings, name } = this.init;
    // `stonith` answers yes to names that some types have never heard of.
    if (!known.hosts.includes(node))
      return { ok: false, kind: "unknown-node", reason: `${name} does not list ${JSON.stringify(node)}` };
    const run = await this.run({ kind: "fence", action, host: node }, signal);
    if (!run.ran) return failure(run);
    const said = quotedWords(run.result);
    if (run.result.exitCode !== null && !isExternal(settings.type))
      return nativeResult(run.result.exitCode, action, said);
    if (run.result.exitCode === 0) return { ok: true };
    return { ok: false, kind: "error", reason: `${settings.type} ${action} ${endingOf(run.result)}${said}` };
  }

  /** STONITH knows the state of its device, not that of a node. */
  async status(): Promise<"unknown"> {
    return "unknown";
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const known = await this.hosts(signal);
    if (!known.ok) throw new Error(known.reason);
    return known.hosts;
  }

  private async hosts(signal: AbortSignal): Promise<Hosts> {
    const { settings, cluster } = this.init;
    if (!mayUse(settings, cluster.view().node)) return { ok: true, hosts: [] };
    const run = await this.run({ kind: "hosts" }, signal);
    if (!run.ran) return failure(run);
    if (run.result.exitCode === 0) {
      const hosts = [...new Set(words(run.result.stdout))].slice(0, MAX_HOSTS);
      return { ok: true, hosts };
    }
    const reason = `the list of ${settings.type} ${endingOf(run.result)}${quotedWords(run.result)}`;
    return { ok: false, kind: "error", reason };
  }

  /** The parameters are read anew each time: a password that was changed is known at once. */
  private async run(request: Request, signal: AbortSignal): Promise<ProgramRun> {
    const { programs, settings, processes, places } = this.init;
    let read: ReadParameters;
    try {
      read = await readParameters(await this.parameters(), places);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      return { ran: false, answer: { ok: false, kind: "error", reason } };
    }
    const program = programFor(programs, settings.type, read.values, request);
    return runAgentProgram(hidingSecrets(processes, read.secrets), program, signal);
  }

  private async parameters(): Promise<Readonly<Record<string, SecretSource>>> {
    const { settings, type } = this.init;
    const given = settings.parameters ?? (await this.fileOfValues());
    if (typeof given !== "string") return given;
    const named = inOrder(given, type?.ordered ?? []);
    if (!named.ok) throw new Error(named.reason);
    return named.values;
  }

  /** heartbeat never minded who else may read the file; here it is at least said. */
  private async fileOfValues(): Promise<string> {
    const { settings, places, log, name } = this.init;
    const file = settings.configFile ?? "";
    const { text, mode } = await places.read(file);
    if ((mode & OTHERS_READ) !== 0)
      log.warn("fence.secrets-exposed", { device: name, file, advice: `chmod 0600 ${file}` });
    const line = lineOfValues(text.slice(0, MAX_PARAMETER_FILE_CHARACTERS));
    if (line === undefined) throw new Error(`${file} has no line with parameters`);
    return line;
  }
}

/** A program that is not here has failed to fence like any other. */
function failure({ answer }: Extract<ProgramRun, { readonly ran: false }>): Failure {
  return { ok: false, kind: answer.kind === "timeout" ? "timeout" : "error", reason: answer.reason };
}
