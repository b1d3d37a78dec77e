// A cloud on the loopback interface: the reference handler behind a web server, and machines in memory.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fenceHandler, type FenceHandlerInit, type Machines } from "../handler.js";

export const KEY = "a key that is long enough to be one";

export class MemoryMachines implements Machines {
  readonly machines = new Map([
    ["one", { power: "on" as "on" | "off", boots: 1 }],
    ["two", { power: "on" as "on" | "off", boots: 1 }],
  ]);
  mood: "working" | "broken" | "stalled" = "working";
  /** What was done, in order. */
  readonly done: string[] = [];

  knows(node: string): boolean {
    return this.machines.has(node);
  }

  async power(action: "off" | "on" | "reset", node: string): Promise<void> {
    await this.obey();
    const machine = this.machines.get(node);
    if (machine === undefined) throw new Error("no such machine");
    this.done.push(`${action} ${node}`);
    if (action === "reset" || (action === "on" && machine.power === "off")) machine.boots += 1;
    machine.power = action === "off" ? "off" : "on";
  }

  async state(node: string): Promise<"on" | "off" | "unknown"> {
    await this.obey();
    return this.machines.get(node)?.power ?? "unknown";
  }

  private async obey(): Promise<void> {
    if (this.mood === "stalled") await new Promise(() => undefined);
    if (this.mood === "broken") throw new Error("the cloud's interface refuses");
  }
}

export interface Cloud {
  readonly url: string;
  readonly machines: MemoryMachines;
  /** Stands before the handler: may answer by itself, or cut the connection. Undefined: lets the request through. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Stands behind the handler: what it returns is sent. */
  after: (response: Response) => Promise<Response> | Response;
  close(): Promise<void>;
}

/** `handler` stands in for the reference handler. */
export async function openCloud(
  init: Partial<FenceHandlerInit> & { readonly handler?: (request: Request) => Promise<Response> } = {},
): Promise<Cloud> {
  const machines = new MemoryMachines();
  const handler = init.handler ?? fenceHandler({ key: KEY, machines, ...init });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (cloud.before(request, response)) return;
    const answer = await cloud.after(await handler(await asRequest(request)));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cloud: Cloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fence?stage=1`,
    machines,
    before: () => false,
    after: (response) => response,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return cloud;
}

async function asRequest(incoming: IncomingMessage): Promise<Request> {
  let body = "";
  for await (const chunk of incoming.setEncoding("utf8")) body += String(chunk);
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] satisfies [string, string]] : [],
  );
  const method = incoming.method ?? "GET";
  const url = `http://${incoming.headers.host ?? ""}${incoming.url ?? ""}`;
  return new Request(url, { method, headers, ...(method === "POST" && { body }) });
}
