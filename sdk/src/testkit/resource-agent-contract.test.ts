// Does the kit pass a right agent, and does it catch each wrong one by the case that is meant to?
import type { OperationResult, ResourceAgent, ResourceSpec } from "@systole/core/ports";
import { describe, expect, test } from "vitest";
import { runContract } from "./contract.js";
import { contractFor } from "./contracts.js";

const spec = (name: string): ResourceSpec => ({ name, args: [], parameters: {} });
const timeout: OperationResult = { ok: false, kind: "timeout", reason: "aborted" };

/** A right agent, over a service that is one boolean. */
class RightAgent implements ResourceAgent {
  readonly supports: { readonly announce: boolean } = { announce: true };
  service = { running: false };

  async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (signal.aborted) return timeout;
    if (resource.name === "broken") return { ok: false, kind: "not-here", reason: "no such program" };
    this.service.running = true;
    return { ok: true, state: "running" };
  }
  async stop(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (signal.aborted) return timeout;
    this.service.running = false;
    return { ok: true, state: "stopped" };
  }
  async status(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: this.service.running ? "running" : "stopped" };
  }
  announce? = async (_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> =>
    signal.aborted ? timeout : { ok: true, state: "running" };
  async validate(resource: ResourceSpec, _signal: AbortSignal): Promise<readonly string[]> {
    return resource.name === "broken" ? ["no such program"] : [];
  }
}

class StopLies extends RightAgent {
  override async stop(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: "stopped" };
  }
}

class StopAndStatusLie extends StopLies {
  #believed = false;
  override async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const result = await super.start(resource, signal);
    this.#believed = result.ok;
    return result;
  }
  override async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (!signal.aborted) this.#believed = false;
    return super.stop(resource, signal);
  }
  override async status(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    const running = this.#believed && this.service.running;
    return signal.aborted ? timeout : { ok: true, state: running ? "running" : "stopped" };
  }
}

class StartNotIdempotent extends RightAgent {
  override async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (this.service.running) return { ok: false, kind: "error", reason: "already running" };
    return super.start(resource, signal);
  }
}

class StopNotIdempotent extends RightAgent {
  override async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (!this.service.running) return { ok: false, kind: "error", reason: "not running" };
    return super.stop(resource, signal);
  }
}

class ThrowsOnAbort extends RightAgent {
  override async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    signal.throwIfAborted();
    return super.start(resource, signal);
  }
  override async status(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    signal.throwIfAborted();
    return super.status(resource, signal);
  }
}

class IgnoresAbort extends RightAgent {
  override start = (resource: ResourceSpec): Promise<OperationResult> =>
    RightAgent.prototype.start.call(this, resource, new AbortController().signal);
}

class ThrowsWhenBroken extends RightAgent {
  override async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (resource.name === "broken") throw new Error("no such program");
    return super.start(resource, signal);
  }
  override async validate(resource: ResourceSpec, signal: AbortSignal): Promise<readonly string[]> {
    if (resource.name === "broken") throw new Error("no such program");
    return super.validate(resource, signal);
  }
}

class StatusAlwaysRunning extends RightAgent {
  override async status(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: "running" };
  }
}

class AnnouncesInSecret extends RightAgent {
  override readonly supports = { announce: false };
}

class CannotAnnounce extends RightAgent {
  override announce? = async (): Promise<OperationResult> => ({
    ok: false,
    kind: "error",
    reason: "no carrier",
  });
}

/** The ids of the cases that the agent fails, in the order of the contract. */
async function caught(agent: new () => RightAgent): Promise<string[]> {
  const results = await runContract(contractFor("resource-agent"), {
    open: () => {
      const one = new agent();
      return {
        agent: one,
        resource: spec("good"),
        broken: spec("broken"),
        crash: async () => void (one.service.running = false),
        probe: async () => one.service.running,
      };
    },
  });
  return results.filter(({ outcome }) => outcome === "failed").map(({ id }) => id);
}

describe("the contract of resource agents", () => {
  test("a right agent passes", async () => expect(await caught(RightAgent)).toEqual([]));

  test.each([
    [StopLies, ["start-twice", "stop", "abort-during-start", "probe"]],
    [StopAndStatusLie, ["probe"]],
    [StartNotIdempotent, ["start-twice"]],
    [StopNotIdempotent, ["stop-twice", "stop-never-started", "stop-after-crash"]],
    [ThrowsOnAbort, ["aborted-start", "aborted-status"]],
    [IgnoresAbort, ["aborted-start"]],
    [ThrowsWhenBroken, ["validate-broken", "start-broken"]],
    [AnnouncesInSecret, ["announce-declared"]],
    [CannotAnnounce, ["announce"]],
  ] as const)("%o is caught by %j", async (agent, ids) => expect(await caught(agent)).toEqual(ids));

  test("an agent whose status never changes is caught by every case that asks", async () => {
    expect(await caught(StatusAlwaysRunning)).toEqual(
      expect.arrayContaining(["status-before-start", "stop", "stop-never-started", "status-after-crash"]),
    );
  });

  test("a case without its need does not apply", async () => {
    const results = await runContract(contractFor("resource-agent"), {
      open: () => ({ agent: new CannotAnnounce(), resource: spec("good") }),
    });
    const left = results.filter(({ outcome }) => outcome === "not-applicable").map(({ id }) => id);
    expect(left).toEqual([
      "validate-broken",
      "start-broken",
      "status-after-crash",
      "stop-after-crash",
      "probe",
    ]);
  });
});
