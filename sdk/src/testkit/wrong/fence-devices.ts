// Fence devices that are wrong on purpose.
import type { FenceAction, FenceResult } from "@systole/core/ports";
import type { SubjectSource } from "../contract.js";
import type { FenceDeviceSubject } from "../fence-device-contract.js";
import { aborted, MemoryFenceDevice, type MemoryMachine } from "../memory-fence-device.js";
import type { ContractTrial, WrongSubject } from "./contract-trial.js";

const OK: FenceResult = { ok: true };

class SaysYesOnly extends MemoryFenceDevice {
  protected override perform(): void {}
}
class SaysYesTooEarly extends MemoryFenceDevice {
  protected override perform(action: FenceAction, machine: MemoryMachine): void {
    setTimeout(() => super.perform(action, machine), 50);
  }
}
/** Takes a request that it got rid of for one that was fulfilled. */
class SaysYesOnTimeout extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const result = await super.execute(action, node, signal);
    return !result.ok && result.kind === "timeout" ? OK : result;
  }
}
class SaysYesWhenBroken extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const result = await super.execute(action, node, signal);
    return !result.ok && result.kind === "error" ? OK : result;
  }
}
class FencesTheWrongNode extends MemoryFenceDevice {
  override execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const other = [...this.machines.keys()].find((name) => name !== node);
    return super.execute(action, this.machines.has(node) && other !== undefined ? other : node, signal);
  }
}
class FencesEverybody extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const results = await Promise.all(
      [...this.machines.keys()].map((one) => super.execute(action, one, signal)),
    );
    return this.machines.has(node) ? (results[0] ?? OK) : super.execute(action, node, signal);
  }
}
/** Has one outlet at work at a time and forgets the other request. */
class DoesOneThing extends MemoryFenceDevice {
  #busy = false;
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (this.#busy) return OK;
    this.#busy = true;
    await Promise.resolve();
    this.#busy = false;
    return super.execute(action, node, signal);
  }
}
class MindsWhatIsOff extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const isOff = this.machines.get(node)?.power === "off";
    return isOff && action === "off"
      ? { ok: false, kind: "error", reason: "it is off already" }
      : super.execute(action, node, signal);
  }
}
class HangsPastAbort extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    return this.mode === "stalled" ? new Promise(() => undefined) : super.execute(action, node, signal);
  }
}
class DeafToAbort extends MemoryFenceDevice {
  override execute(action: FenceAction, node: string): Promise<FenceResult> {
    return super.execute(action, node, new AbortController().signal);
  }
}
class ThrowsForStrangers extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (!this.machines.has(node)) throw new Error("no such node");
    return super.execute(action, node, signal);
  }
}
class StatusOfStrangersIsOff extends MemoryFenceDevice {
  override async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    return this.machines.has(node) ? super.status(node, signal) : "off";
  }
}
class StatusNeverChanges extends MemoryFenceDevice {
  override status = async (): Promise<"on"> => "on";
}
class ListsTwice extends MemoryFenceDevice {
  override list = async (): Promise<readonly string[]> => [...this.machines.keys(), ...this.machines.keys()];
}
class CannotReset extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    if (action === "reset") return { ok: false, kind: "error", reason: "there is no reset" };
    return super.execute(action, node, signal);
  }
}
class LeavesItOff extends MemoryFenceDevice {
  protected override perform(action: FenceAction, machine: MemoryMachine): void {
    if (action !== "on") super.perform(action, machine);
  }
}
class SilentFailure extends MemoryFenceDevice {
  override async execute(action: FenceAction, node: string, signal: AbortSignal): Promise<FenceResult> {
    const result = await super.execute(action, node, signal);
    return result.ok ? result : { ...result, reason: "" };
  }
}
class HangsInStatus extends MemoryFenceDevice {
  override async status(node: string, signal: AbortSignal): Promise<"on" | "off" | "unknown"> {
    if (this.mode === "stalled") await aborted(signal).then(() => new Promise(() => undefined));
    return super.status(node, signal);
  }
}

function source(Made: new (...nodes: string[]) => MemoryFenceDevice): SubjectSource<FenceDeviceSubject> {
  return {
    open: () => {
      const device = new Made("master", "cluster1");
      return {
        device,
        node: "cluster1",
        bystander: "master",
        observe: async (node) => device.machines.get(node)?.power ?? "off",
        boots: async (node) => device.machines.get(node)?.boots ?? 0,
        break: async () => void (device.mode = "broken"),
        stall: async () => void (device.mode = "stalled"),
      };
    },
  };
}

function wrong(
  name: string,
  Made: new (...nodes: string[]) => MemoryFenceDevice,
  ...caughtBy: string[]
): WrongSubject<FenceDeviceSubject> {
  return { name, source: source(Made), caughtBy };
}

export const fenceDevices: ContractTrial<FenceDeviceSubject> = {
  right: source(MemoryFenceDevice),
  wrong: [
    wrong("says yes without doing it", SaysYesOnly, "off", "reset", "two-at-once", "status-after-off"),
    wrong("says yes before it is done", SaysYesTooEarly, "off", "reset"),
    wrong("says yes when it ran out of time", SaysYesOnTimeout, "stalled", "aborted"),
    wrong("says yes when it could not ask", SaysYesWhenBroken, "broken"),
    wrong("fences the wrong node", FencesTheWrongNode, "off", "off-spares-others", "reset-spares-others"),
    wrong("fences everybody", FencesEverybody, "off-spares-others", "reset-spares-others", "unknown-node"),
    wrong("forgets a request beside another", DoesOneThing, "two-at-once"),
    wrong("minds that a node is off", MindsWhatIsOff, "off-twice"),
    wrong("hangs past the abort", HangsPastAbort, "stalled"),
    wrong("does not look at the signal", DeafToAbort, "aborted", "stalled"),
    wrong("throws for a name that it does not know", ThrowsForStrangers, "unknown-node"),
    wrong("takes strangers for dead", StatusOfStrangersIsOff, "status-of-unknown"),
    wrong(
      "always says that a node is on",
      StatusNeverChanges,
      "status-after-off",
      "status-of-unknown",
      "broken",
    ),
    wrong("lists nodes twice", ListsTwice, "lists-its-nodes"),
    wrong("has fewer actions than it says", CannotReset, "has-the-actions-it-says", "reset"),
    wrong("switches nothing on", LeavesItOff, "on"),
    wrong("fails without a word", SilentFailure, "broken", "unknown-node", "aborted"),
    wrong("hangs in status", HangsInStatus, "stalled"),
  ],
};
