// Posts each event as JSON to a web address. Resolving means that the other end has taken it.
import type { ClusterEvent, Notifier } from "@systole/sdk";

export class TemplateNameNotifier implements Notifier {
  constructor(private readonly url: string) {}

  /** The host calls it for one event at a time, and aborts the signal when it takes too long. */
  async notify(event: ClusterEvent, signal: AbortSignal): Promise<void> {
    const answer = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
      signal,
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${this.url} answers ${answer.status}`);
  }
}
