// The state of a node on the Lambda loop: kept outside of it, as a store with conditional writes keeps it.
import type { HeldState, StateCell } from "@systole/core/lambda";

/** A cell behind `PUT` with `If-Match`, as object stores have it. */
export class HttpCell implements StateCell {
  constructor(private readonly url: string) {}

  async load(): Promise<HeldState | undefined> {
    const response = await fetch(this.url);
    if (response.status === 404) return undefined;
    return {
      bytes: new Uint8Array(await response.arrayBuffer()),
      version: response.headers.get("etag") ?? "",
    };
  }

  async save(bytes: Uint8Array, over: string | undefined): Promise<boolean> {
    const headers: Record<string, string> =
      over === undefined ? { "if-none-match": "*" } : { "if-match": over };
    const response = await fetch(this.url, { method: "PUT", headers, body: new Uint8Array(bytes) });
    return response.status === 200;
  }
}
