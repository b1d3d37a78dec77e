// The back end that speaks to the kernel itself.
import type { EchoSocket, IpFamily, Logger, UdpSocketOptions } from "@systole/sdk";
import { Announcements } from "../announcements.js";
import type { BackEnd } from "../back-end.js";
import { AnnounceSocket } from "./announce-socket.js";
import { openBoundUdp } from "./bound-udp.js";
import { ClaimWatches } from "./claim-watch.js";
import { openEchoSocket, type NativeEcho } from "./echo.js";
import type { Libc } from "./libc.js";
import { NativeAddresses } from "./native-addresses.js";
import { NativeLinks } from "./native-links.js";
import { Rtnetlink } from "./rtnetlink.js";

/** Throws `NETWORK_UNSUPPORTED`. */
export function openNativeNetwork(libc: Libc, log: Logger): BackEnd {
  const rtnetlink = new Rtnetlink(libc);
  const announcer = new AnnounceSocket(libc);
  const announcements = new Announcements(log);
  const claims = new ClaimWatches(libc, rtnetlink, log);
  const links = new NativeLinks(libc, rtnetlink, log);
  const echoes = new Set<NativeEcho>();
  return {
    name: "native",
    addresses: new NativeAddresses(rtnetlink, announcer, announcements, claims),
    links,
    sockets: {
      boundUdp: (options: UdpSocketOptions) => openBoundUdp(libc, rtnetlink, options),
      openEcho: async (family: IpFamily, signal: AbortSignal): Promise<EchoSocket> => {
        signal.throwIfAborted();
        const echo = openEchoSocket(libc, family, log, (closed) => echoes.delete(closed));
        echoes.add(echo);
        return echo;
      },
    },
    close: async () => {
      announcements.close();
      claims.close();
      links.close();
      await Promise.all([...echoes].map((echo) => echo.close()));
      echoes.clear();
      announcer.close();
      rtnetlink.close();
    },
  };
}
