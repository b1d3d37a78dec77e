// Resource agents that are wrong on purpose.
import type { OperationResult, ResourceAgent, ResourceSpec } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import type { ResourceAgentSubject } from "../resource-agent-contract.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

const spec = (name: string): ResourceSpec => ({ name, args: [], parameters: {} });
const timeout: OperationResult = { ok: false, kind: "timeout", reason: "aborted" };

/** A right agent, over a service that is one boolean. */
class RightAgent implements ResourceAgent {
  readonly supports: ResourceAgent["supports"] = { announce: true, warm: true, elsewhere: true };
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
  async warm(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: "stopped" };
  }
  async elsewhere(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: "stopped" };
  }
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
  override readonly supports = { announce: false, warm: false, elsewhere: false };
}

/** It hears its own host. */
class FindsItself extends RightAgent {
  override async elsewhere(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: this.service.running ? "running" : "stopped" };
  }
}

class CannotAnnounce extends RightAgent {
  override announce? = async (): Promise<OperationResult> => ({
    ok: false,
    kind: "error",
    reason: "no carrier",
  });
}

class StartsInSecret extends RightAgent {
  override async status(_resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    return signal.aborted ? timeout : { ok: true, state: "stopped" };
  }
}

/** A service that cannot be started a second time: its lock file is left. */
class LeavesALock extends RightAgent {
  #locked = false;
  override async start(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    if (this.#locked && !this.service.running) return { ok: false, kind: "error", reason: "locked" };
    this.#locked = !signal.aborted;
    return super.start(resource, signal);
  }
}

class ThrowsOnAbortedStop extends RightAgent {
  override async stop(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    signal.throwIfAborted();
    return super.stop(resource, signal);
  }
}

/** Warms so well that it serves already. */
class ServesWhenWarm extends RightAgent {
  override warm = (resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> =>
    this.start(resource, signal);
}

class ThrowsOnAbortedWarm extends RightAgent {
  override async warm(resource: ResourceSpec, signal: AbortSignal): Promise<OperationResult> {
    signal.throwIfAborted();
    return super.warm(resource, signal);
  }
}

class ComplainsAlways extends RightAgent {
  override validate = async (): Promise<readonly string[]> => ["I do not like it"];
}

function source(Made: new () => RightAgent): SubjectSource<ResourceAgentSubject> {
  return {
    open: () => {
      const agent = new Made();
      return {
        agent,
        resource: spec("good"),
        broken: spec("broken"),
        crash: async () => void (agent.service.running = false),
        probe: async () => agent.service.running,
      };
    },
  };
}

function wrong(
  name: string,
  Made: new () => RightAgent,
  ...caughtBy: string[]
): WrongSubject<ResourceAgentSubject> {
  return { name, source: source(Made), caughtBy };
}

export const resourceAgents: ContractTrial<ResourceAgentSubject> = {
  right: source(RightAgent),
  wrong: [
    wrong("lies in stop", StopLies, "start-twice", "stop", "abort-during-start", "probe"),
    wrong("lies in stop and in status", StopAndStatusLie, "probe"),
    wrong("minds a second start", StartNotIdempotent, "start-twice"),
    wrong("minds a second stop", StopNotIdempotent, "stop-twice", "stop-never-started", "stop-after-crash"),
    wrong("throws when it is aborted", ThrowsOnAbort, "aborted-start", "aborted-status"),
    wrong("throws when a stop is aborted", ThrowsOnAbortedStop, "aborted-stop"),
    wrong("does not look at the signal of start", IgnoresAbort, "aborted-start"),
    wrong("throws when it is broken", ThrowsWhenBroken, "validate-broken", "start-broken"),
    wrong(
      "has abilities in secret",
      AnnouncesInSecret,
      "announce-declared",
      "warm-declared",
      "elsewhere-declared",
    ),
    wrong("takes this host for another one", FindsItself, "elsewhere"),
    wrong("serves when it should be warm only", ServesWhenWarm, "warm"),
    wrong("throws when warm is aborted", ThrowsOnAbortedWarm, "aborted-warm"),
    wrong("cannot announce", CannotAnnounce, "announce"),
    wrong("finds every resource wrong", ComplainsAlways, "validate"),
    wrong("never sees what runs", StartsInSecret, "start", "start-again"),
    wrong("leaves a lock behind", LeavesALock, "start-again", "status-after-crash"),
    wrong(
      "always says that it runs",
      StatusAlwaysRunning,
      "status-before-start",
      "stop",
      "stop-never-started",
      "status-after-crash",
    ),
  ],
};
