// Which addresses are on this node, and whether nginx may listen on others.
import { readFile } from "node:fs/promises";
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { inWords, type Listen } from "./listen.js";

/** Every node has these. */
const EVERYWHERE = new BlockList();
EVERYWHERE.addSubnet("127.0.0.0", 8, "ipv4");
EVERYWHERE.addAddress("0.0.0.0", "ipv4");
EVERYWHERE.addAddress("::", "ipv6");
EVERYWHERE.addAddress("::1", "ipv6");

/** True for a socket whose address is on this node now; also for a name, of which only nginx knows the address. */
export function isOnThisNode(listen: Listen): boolean {
  if (listen.kind === "unix" || isIP(listen.host) === 0) return true;
  if (EVERYWHERE.check(listen.host, isIP(listen.host) === 6 ? "ipv6" : "ipv4")) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address }) => address === listen.host);
}

/** Why an nginx with these sockets cannot run without the group's address, or undefined. */
export async function nonlocalProblem(listens: readonly Listen[]): Promise<string | undefined> {
  for (const listen of listens) {
    if (isOnThisNode(listen) || listen.kind === "unix") continue;
    const setting = `net.ipv${isIP(listen.host)}.ip_nonlocal_bind`;
    const value = await readFile(`/proc/sys/${setting.replaceAll(".", "/")}`, "utf8").catch(() => "0");
    if (value.trim() !== "0") continue;
    return (
      `nginx listens on ${inWords(listen)}, which is not on this node while it stands by: ` +
      `let it listen on the port alone, or set ${setting}=1 with sysctl`
    );
  }
  return undefined;
}
