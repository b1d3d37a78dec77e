// The cables and the switch: an interface of each host ends in a port of one bridge, which lives in a host of its own.
import { GATEWAY } from "./cluster-files.js";
import type { Host } from "./host.js";

export interface Attachment {
  readonly host: Host;
  /** With prefix length, e.g. `10.10.180.221/24`. */
  readonly address: string;
}

export class LabNetwork {
  private constructor(private readonly switchHost: Host) {}

  /** Makes the bridge and plugs everyone in with `device`; returns when every carrier is up. */
  static async build(
    switchHost: Host,
    attachments: readonly Attachment[],
    device = "eth0",
  ): Promise<LabNetwork> {
    const plan = ["link add name br0 type bridge stp_state 0 mcast_snooping 0", "link set br0 up"];
    for (const { host } of attachments) {
      plan.push(`link add name ${port(host)} type veth peer name ${device} netns ${String(host.pid)}`);
      plan.push(`link set ${port(host)} master br0 up`);
    }
    // `netns PID` is a pid of the outside: only the switch's network is entered here.
    await batch(switchHost, plan);
    await Promise.all(attachments.map((one) => configure(one, device)));
    return new LabNetwork(switchHost);
  }

  /** As pulling the plug: the host sees its carrier go. */
  async pullCable(host: Host): Promise<void> {
    await batch(this.switchHost, [`link set ${port(host)} down`]);
  }

  async plugCable(host: Host): Promise<void> {
    await batch(this.switchHost, [`link set ${port(host)} up`]);
  }

  /** A fault beyond the switch: the host keeps its carrier and reaches nobody. */
  async cutBeyondSwitch(host: Host): Promise<void> {
    await batch(this.switchHost, [`link set ${port(host)} nomaster`]);
  }

  async mendBeyondSwitch(host: Host): Promise<void> {
    await batch(this.switchHost, [`link set ${port(host)} master br0`]);
  }

  /** Half a cable: the host still hears everyone, and nobody hears it. It notices nothing. */
  async mute(host: Host): Promise<void> {
    // A locked port takes no frame of an address that it was not told of, and with learning off it is told of none.
    await this.setPort(host, "locked on learning off");
  }

  /** The other half: everyone hears the host, and it hears nobody. It notices nothing. */
  async deafen(host: Host): Promise<void> {
    // Without a known address behind it and without flooding nothing is ever sent into this port.
    await this.setPort(host, "learning off flood off mcast_flood off bcast_flood off");
  }

  /** Undoes `mute` and `deafen`. */
  async mendHalf(host: Host): Promise<void> {
    await this.setPort(host, "locked off learning on flood on mcast_flood on bcast_flood on");
  }

  /** These hosts stop hearing each other; everyone else still hears them all. */
  async separate(hosts: readonly Host[]): Promise<void> {
    await batch(
      this.switchHost,
      hosts.map((host) => `link set dev ${port(host)} type bridge_slave isolated on`),
    );
  }

  async rejoin(hosts: readonly Host[]): Promise<void> {
    await batch(
      this.switchHost,
      hosts.map((host) => `link set dev ${port(host)} type bridge_slave isolated off`),
    );
  }

  /** Sets flags of the host's port; what the switch knew of the host is forgotten. */
  private async setPort(host: Host, flags: string): Promise<void> {
    await this.switchHost.mustOutsidePids(["bridge", "link", "set", "dev", port(host), ...flags.split(" ")]);
    await batch(this.switchHost, [`link set ${port(host)} type bridge_slave fdb_flush`]);
  }
}

async function configure({ host, address }: Attachment, device: string): Promise<void> {
  const lines = [`address add ${address} broadcast + dev ${device}`, `link set ${device} up`];
  if (device === "eth0" && !address.startsWith(`${GATEWAY}/`))
    lines.push(`route add default via ${GATEWAY} dev eth0`);
  await host.must(["ip", "-batch", "-"], `${lines.join("\n")}\n`);
}

/** The bridge's port of a host; interface names hold 15 characters. */
function port(host: Host): string {
  return `to-${host.name}`;
}

async function batch(switchHost: Host, lines: readonly string[]): Promise<void> {
  await switchHost.mustOutsidePids(["ip", "-batch", "-"], `${lines.join("\n")}\n`);
}

/** Stops answering and hearing ICMP on a host, as the walk-through does with iptables; says how. */
export async function dropIcmp(host: Host): Promise<"iptables" | "ip rule"> {
  const dropped = await host.run(["iptables", "-I", "INPUT", "-p", "icmp", "-j", "DROP"]);
  if (dropped.code === 0) return "iptables";
  // No iptables here (missing module or program): a routing rule that sends the host's ICMP nowhere does the same.
  await host.must(
    ["ip", "-batch", "-"],
    "rule add pref 20 lookup local\nrule del pref 0\nrule add pref 10 ipproto icmp blackhole\n",
  );
  return "ip rule";
}

/** Undoes `dropIcmp`. */
export async function allowIcmp(host: Host, how: "iptables" | "ip rule"): Promise<void> {
  if (how === "iptables") {
    await host.must(["iptables", "-D", "INPUT", "-p", "icmp", "-j", "DROP"]);
    return;
  }
  await host.must(
    ["ip", "-batch", "-"],
    "rule add pref 0 lookup local\nrule del pref 10\nrule del pref 20\n",
  );
}
