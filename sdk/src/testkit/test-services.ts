// What a plugin is given in a test when the test does not bring it: the fakes of the host.
import {
  Clock,
  ClusterAccess,
  Confirmations,
  Logger,
  Network,
  Processes,
  Pulse,
  SelfReset,
  Store,
} from "@systole/core/ports";
import { service, type Service } from "../hosting/provided-services.js";
import { MemoryClusterAccess } from "./memory-cluster-access.js";
import { MemoryConfirmations } from "./memory-confirmations.js";
import { MemoryNetwork } from "./memory-network.js";
import { MemoryProcesses } from "./memory-processes.js";
import { MemoryPulse } from "./memory-pulse.js";
import { MemorySelfReset } from "./memory-self-reset.js";
import { MemoryStore } from "./memory-store.js";
import { RecordingLogger } from "./recording-logger.js";
import { VirtualClock } from "./virtual-clock.js";

/** The fakes that every plugin under test can be given. */
export class TestFakes {
  readonly clock = new VirtualClock();
  readonly log = new RecordingLogger();
  readonly store = new MemoryStore();
  /** With the interfaces `lo` and `eth0`. */
  readonly network = new MemoryNetwork("lo", "eth0");
  readonly processes = new MemoryProcesses(this.clock);
  readonly cluster = new MemoryClusterAccess();
  readonly confirmations = new MemoryConfirmations();
  readonly pulse = new MemoryPulse();
  readonly selfReset = new MemorySelfReset();

  services(): readonly Service[] {
    return [
      service(Clock, this.clock),
      service(Logger, this.log),
      service(Store, this.store),
      service(Network, this.network),
      service(Processes, this.processes),
      service(ClusterAccess, this.cluster),
      service(Confirmations, this.confirmations),
      service(Pulse, this.pulse),
      service(SelfReset, this.selfReset),
    ];
  }

  /** What is left open, as sentences. */
  leaks(): readonly string[] {
    const counts: readonly (readonly [number, string])[] = [
      [this.clock.pending, "alarms of the clock that are still set"],
      [this.network.watchers, "watchers of the network that were not ended"],
      [this.network.echoes.openSockets, "echo sockets that were not closed"],
      [this.processes.running, "programs that are still running"],
      [this.confirmations.asked.length, "questions to a person that are still open"],
      [this.cluster.watchers, "watchers of the cluster that were not ended"],
      [this.pulse.listeners, "listeners of the pulse that were not ended"],
    ];
    return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  }
}
