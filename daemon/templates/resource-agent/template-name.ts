// Looks after a file: it exists while the resource runs here. Replace the three operations by what your service needs.
import { access, rm, writeFile } from "node:fs/promises";
import type { OperationResult, ResourceAgent, ResourceSpec } from "@systole/sdk";

export interface TemplateNameConfig {
  /** Directory of the files. */
  readonly directory: string;
}

export class TemplateNameAgent implements ResourceAgent {
  readonly supports = { announce: false };

  constructor(private readonly config: TemplateNameConfig) {}

  /** Success means that the service answers. A start of what runs is a success. */
  start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return this.operate(resource, signal, async (path) => {
      await writeFile(path, "", { signal });
      return "running";
    });
  }

  /** Success means that nothing of it is left on this node. A stop of what is stopped is a success. */
  stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return this.operate(resource, signal, async (path) => {
      await rm(path, { force: true });
      return "stopped";
    });
  }

  status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return this.operate(resource, signal, async (path) => {
      const isThere = await access(path).then(
        () => true,
        () => false,
      );
      return isThere ? "running" : "stopped";
    });
  }

  /** What can be seen to be wrong without starting anything, as sentences. */
  async validate({ parameters }: ResourceSpec): Promise<readonly string[]> {
    return parameters["file"]?.includes("/") ? ["The parameter file is a name, without slashes."] : [];
  }

  /** What the outside world does is an answer, not an exception. */
  private async operate(
    resource: ResourceSpec,
    signal: AbortSignal,
    work: (path: string) => Promise<"running" | "stopped">,
  ): Promise<OperationResult> {
    const [problem] = await this.validate(resource);
    if (problem !== undefined) return { ok: false, kind: "error", reason: problem };
    try {
      signal.throwIfAborted();
      return { ok: true, state: await work(this.pathOf(resource)) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, kind: signal.aborted ? "timeout" : "error", reason };
    }
  }

  private pathOf({ name, parameters }: ResourceSpec): string {
    return `${this.config.directory}/${parameters["file"] ?? name.replaceAll("/", "-")}`;
  }
}
