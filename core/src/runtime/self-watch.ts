// Looks at this node's own host each keepalive, and at once when a carrier changes, and tells the engine what it saw.
import type {
  CarrierView,
  Clock,
  LinkEvent,
  Logger,
  Network,
  NetworkInterface,
  NetworkLinks,
  SelfObserved,
} from "../ports/index.js";
import type { SelfProbe } from "./cluster-host.js";
import { reasonOf } from "./plugin-problem.js";

export interface SelfWatchInit {
  readonly clock: Clock;
  readonly log: Logger;
  readonly everyMs: number;
  /** Names of the media; a name that is no interface's has no carrier to look at. */
  readonly media: readonly string[];
  /** Absent: nothing is known of the machine. */
  readonly probe: SelfProbe | undefined;
  /** Absent: nothing is known of carriers. */
  readonly network: Network | undefined;
  readonly observed: (observed: SelfObserved) => void;
}

/** Addresses for documentation, which nobody has: the way to them is the way out. Nothing is sent there. */
const ELSEWHERE = ["192.0.2.1", "2001:db8::1"] as const;

export class SelfWatch {
  private readonly interfaces = new Map<string, NetworkInterface>();
  private wayOut: string | undefined;
  private cancelTimer: (() => void) | undefined;
  private unwatch: (() => void) | undefined;
  private closed = false;

  constructor(private readonly init: SelfWatchInit) {}

  /** Resolves after the first look at the interfaces. Never rejects: without them nothing is said of carriers. */
  async start(): Promise<void> {
    const { network } = this.init;
    if (network !== undefined) {
      try {
        const { links } = network;
        this.unwatch = links.watch((event) => this.heard(event));
        for (const one of await links.list()) this.interfaces.set(one.name, one);
        await this.findWayOut(links);
      } catch (error) {
        this.init.log.warn("self.blind", { reason: reasonOf(error) });
      }
    }
    this.lookAgain();
  }

  close(): void {
    this.closed = true;
    this.cancelTimer?.();
    this.unwatch?.();
  }

  private heard(event: LinkEvent): void {
    if (event.kind !== "link" || this.closed) return;
    const before = this.carrierOf(event.interface.name);
    this.interfaces.set(event.interface.name, event.interface);
    const { network } = this.init;
    if (this.carrierOf(event.interface.name) === before) return;
    if (isConnected(event.interface) && network !== undefined)
      void this.findWayOut(network.links).catch((error: unknown) => {
        this.init.log.warn("self.blind", { reason: reasonOf(error) });
      });
    this.look();
  }

  /** A host without a route keeps the last one: it may have lost it together with the carrier. */
  private async findWayOut(links: NetworkLinks): Promise<void> {
    for (const address of ELSEWHERE) {
      const route = await links.routeTo(address);
      if (route === undefined) continue;
      this.wayOut = route.interface;
      return;
    }
  }

  private lookAgain(): void {
    if (this.closed) return;
    this.look();
    const { clock, everyMs } = this.init;
    this.cancelTimer = clock.wakeAt(clock.nowMs() + everyMs, () => this.lookAgain());
  }

  private look(): void {
    this.init.observed({ ...this.init.probe?.look(), carriers: this.carriers() });
  }

  private carriers(): readonly CarrierView[] {
    const { media } = this.init;
    const names = new Set(this.wayOut === undefined ? media : [...media, this.wayOut]);
    return [...names].map((name) => ({ interface: name, state: this.carrierOf(name) }));
  }

  private carrierOf(name: string): CarrierView["state"] {
    const known = this.interfaces.get(name);
    if (known === undefined) return "unknown";
    return isConnected(known) ? "up" : "lost";
  }
}

function isConnected({ up, running }: NetworkInterface): boolean {
  return up && running;
}
