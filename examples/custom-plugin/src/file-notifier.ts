// Appends each event to a file, a line of JSON each: what a log shipper reads.
import { open } from "node:fs/promises";
import type { ClusterEvent, Notifier } from "@systole/sdk";

export class FileNotifier implements Notifier {
  constructor(private readonly path: string) {}

  async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const file = await open(this.path, "a", 0o640);
    try {
      await file.writeFile(`${JSON.stringify(event)}\n`, { signal });
    } finally {
      await file.close();
    }
  }
}
