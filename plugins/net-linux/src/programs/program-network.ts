// The back end that runs programs, for hosts where koffi does not load.
import type { EchoSocket, IpFamily, Logger } from "@systole/sdk";
import { Announcements } from "../announcements.js";
import type { BackEnd } from "../back-end.js";
import { openPingEcho } from "./ping-echo.js";
import { ProgramAddresses } from "./program-addresses.js";
import { ProgramAnnouncer } from "./program-announcer.js";
import { ProgramLinks } from "./program-links.js";

export function openProgramNetwork(log: Logger): BackEnd {
  const announcements = new Announcements(log);
  const links = new ProgramLinks(log);
  const echoes = new Set<EchoSocket>();
  return {
    name: "programs",
    addresses: new ProgramAddresses(new ProgramAnnouncer(), announcements),
    links,
    sockets: {
      // No program binds a socket for us: transports then bind to the interface's address.
      boundUdp: () => undefined,
      openEcho: async (family: IpFamily, signal: AbortSignal): Promise<EchoSocket> => {
        const echo = await openPingEcho(family, signal, (closed) => echoes.delete(closed));
        echoes.add(echo);
        return echo;
      },
    },
    close: async () => {
      announcements.close();
      links.close();
      await Promise.all([...echoes].map((echo) => echo.close()));
    },
  };
}
