// The daemon's sockets: one for root, who may do everything, and where a group is named another one for those who may look.
import type { Logger } from "@systole/core/ports";
import type { RecentEntries } from "../journal/recent-entries.js";
import type { ClusterHandle } from "./cluster-handle.js";
import { ControlServer, type DaemonRequests } from "./control-server.js";
import { controlSocketPath, prepareRunDirectory, readerSocketPath } from "./run-directory.js";

export interface ControlSocketsOptions {
  readonly runDirectory: string;
  readonly version: string;
  readonly log: Logger;
  /** Number of the group that may look; undefined: nobody but root. */
  readonly readers: number | undefined;
  /** What happens here, for who follows it. Absent: nobody can. */
  readonly events?: RecentEntries;
}

export class ControlSockets {
  private constructor(private readonly servers: readonly ControlServer[]) {}

  /** Throws `CONTROL_REFUSED` when the directory is not safe or a daemon lives there already; then nothing is open. */
  static async open(options: ControlSocketsOptions): Promise<ControlSockets> {
    const { runDirectory, version, log, readers, events } = options;
    const common = { version, log, ...(events !== undefined && { events }) };
    prepareRunDirectory(runDirectory, readers);
    const root = await ControlServer.open({ path: controlSocketPath(runDirectory), ...common });
    if (readers === undefined) return new ControlSockets([root]);
    try {
      const path = readerSocketPath(runDirectory);
      return new ControlSockets([root, await ControlServer.open({ path, ...common, readers })]);
    } catch (error) {
      await root.close();
      throw error;
    }
  }

  attach(handle: ClusterHandle, requests: DaemonRequests): void {
    for (const server of this.servers) server.attach(handle, requests);
  }

  async close(): Promise<void> {
    // The one for root last: `systole stop` waits for its end.
    for (const server of this.servers.toReversed()) await server.close();
  }
}
