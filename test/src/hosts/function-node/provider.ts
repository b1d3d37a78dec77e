// What stands outside of the cluster: a provider that runs the service for the function, and a store for its state.
import { MemoryCell, type StateCell } from "@systole/core/lambda";
import type { FunctionHost } from "../host.js";
import { startNodeHost } from "../node-host.js";

/** Everything that was done anywhere, in order: `alpha start`. */
export type Deeds = string[];

export interface ToldEvent {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Provider extends FunctionHost {
  readonly events: ToldEvent[];
  /** Whether the service runs there. */
  running(): boolean;
  readonly cell: StateCell;
}

export async function startProvider(deeds: Deeds): Promise<Provider> {
  const events: ToldEvent[] = [];
  const cell = new MemoryCell();
  let running = false;
  const put = async (request: Request): Promise<Response> => {
    const over = request.headers.get("if-match") ?? undefined;
    const saved = await cell.save(new Uint8Array(await request.arrayBuffer()), over);
    return new Response(null, { status: saved ? 200 : 412 });
  };
  const host = await startNodeHost(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/cell" && request.method === "PUT") return await put(request);
    if (pathname === "/cell") {
      const held = await cell.load();
      if (held === undefined) return new Response(null, { status: 404 });
      return new Response(new Uint8Array(held.bytes), { headers: { etag: held.version } });
    }
    if (pathname === "/event") events.push((await request.json()) as ToldEvent);
    if (pathname === "/start" || pathname === "/stop") {
      running = pathname === "/start";
      deeds.push(`gamma ${pathname.slice(1)}`);
    }
    return new Response(running ? "running" : "stopped");
  });
  return { ...host, events, cell, running: () => running };
}
