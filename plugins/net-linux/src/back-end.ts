// What both ways to the kernel have in common.
import type { Network } from "@systole/sdk";

export interface BackEnd extends Network {
  readonly name: "native" | "programs";
  /** Ends announcements, watches and echo sockets, and closes what was opened. */
  close(): Promise<void>;
}
