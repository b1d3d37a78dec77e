// How a plugin's package says what its contracts are to be run on, so that a tool which knows nothing of it can run them.
import { runContract, type CaseResult, type SubjectSource } from "./contract.js";
import { CONTRACT_PORTS, contractFor, type ContractPort, type ContractSubjects } from "./contracts.js";

/**
 * The default export of a plugin package's entry `./contract` (`"exports": { "./contract": … }`), which `systole plugin
 * test` imports beside the plugin itself. By port name and by the name under which the plugin provides it:
 *
 * ```ts
 * export default defineSubjects({
 *   subjects: {
 *     "resource-agent": {
 *       lamp: { open: () => ({ agent: new LampAgent(), resource: { name: "lamp", args: [], parameters: {} } }) },
 *     },
 *   },
 * });
 * ```
 */
export interface PluginSubjects {
  /**
   * A configuration that the plugin's schema accepts, for which it provides every name below. The tool registers the
   * plugin with it, to see that each provider of a port that has a contract also has a subject. Absent: `undefined`.
   */
  readonly config?: unknown;
  readonly subjects: {
    readonly [Port in ContractPort]?: Readonly<Record<string, SubjectSource<ContractSubjects[Port]>>>;
  };
}

/** The results of one contract on one provider. */
export interface SubjectReport {
  readonly port: ContractPort;
  /** As the plugin provides it. */
  readonly name: string;
  readonly results: readonly CaseResult[];
}

/** Returns what it is given; the compiler holds it against the contracts. */
export function defineSubjects(subjects: PluginSubjects): PluginSubjects {
  return subjects;
}

/** Runs the contract of each subject, one after the other. Never rejects: what goes wrong is a result. */
export async function runSubjects({ subjects }: PluginSubjects): Promise<readonly SubjectReport[]> {
  const reports: SubjectReport[] = [];
  for (const port of CONTRACT_PORTS) reports.push(...(await runPort(port, subjects[port] ?? {})));
  return reports;
}

async function runPort<Port extends ContractPort>(
  port: Port,
  sources: Readonly<Record<string, SubjectSource<ContractSubjects[Port]>>>,
): Promise<readonly SubjectReport[]> {
  const reports: SubjectReport[] = [];
  for (const [name, source] of Object.entries(sources))
    reports.push({ port, name, results: await runContract(contractFor(port), source) });
  return reports;
}
