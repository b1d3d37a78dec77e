import { describe, expect, it } from "vitest";
import type {
  LinkEvent,
  Network,
  NetworkInterface,
  NetworkLinks,
  Route,
  SelfObserved,
} from "../ports/index.js";
import { NodeClock } from "../host/node-clock.js";
import { SelfWatch } from "./self-watch.js";
import { RecordedLog } from "./testkit/recorded-log.js";

function link(name: string, running: boolean, up = true): NetworkInterface {
  return { name, index: 2, up, running, loopback: false };
}

class Links implements NetworkLinks {
  route: Route | undefined = { interface: "eth1" };
  fails = false;
  listeners: ((event: LinkEvent) => void)[] = [];

  async list(): Promise<readonly NetworkInterface[]> {
    if (this.fails) throw new Error("netlink refused");
    return [link("eth0", true), link("eth1", true)];
  }

  async routeTo(): Promise<Route | undefined> {
    return this.route;
  }

  watch(listener: (event: LinkEvent) => void): () => void {
    this.listeners.push(listener);
    return () => void (this.listeners = this.listeners.filter((one) => one !== listener));
  }

  change(changed: NetworkInterface): void {
    for (const listener of this.listeners) listener({ kind: "link", interface: changed });
  }
}

async function watching(links: Links, media: readonly string[]) {
  const seen: SelfObserved[] = [];
  const watch = new SelfWatch({
    clock: new NodeClock(),
    log: new RecordedLog(),
    everyMs: 60_000,
    media,
    probe: { look: () => ({ cpuPressure: 0.5 }) },
    // Only its links are looked at.
    network: { links } as unknown as Network,
    observed: (observed) => void seen.push(observed),
  });
  await watch.start();
  return { watch, seen };
}

describe("a look at the own host", () => {
  it("tells of each medium, of the way out, and of the machine", async () => {
    const { watch, seen } = await watching(new Links(), ["eth0", "/dev/ttyS0"]);
    expect(seen).toEqual([
      {
        cpuPressure: 0.5,
        carriers: [
          { interface: "eth0", state: "up" },
          { interface: "/dev/ttyS0", state: "unknown" },
          { interface: "eth1", state: "up" },
        ],
      },
    ]);
    watch.close();
  });

  it("tells at once when a carrier changes, and only then", async () => {
    const links = new Links();
    links.route = undefined;
    const { watch, seen } = await watching(links, ["eth0"]);
    links.change(link("eth0", true));
    links.change(link("eth0", false));
    links.change(link("eth0", false, false));
    links.change(link("eth0", true));
    const states = seen.map(({ carriers }) => carriers.map(({ state }) => state).join());
    expect(states).toEqual(["up", "lost", "up"]);
    watch.close();
    links.change(link("eth0", false));
    expect(seen).toHaveLength(3);
    expect(links.listeners).toEqual([]);
  });

  it("says nothing of carriers where it cannot look", async () => {
    const links = new Links();
    links.fails = true;
    const { watch, seen } = await watching(links, ["eth0"]);
    expect(seen[0]?.carriers).toEqual([{ interface: "eth0", state: "unknown" }]);
    watch.close();
  });
});
