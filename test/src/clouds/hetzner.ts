// Hetzner Cloud as docs.hetzner.cloud describes it, as far as floating IPs, power and actions go.
import { openStandIn, type StandIn } from "./stand-in.js";

interface Action {
  readonly id: number;
  readonly command: string;
  status: "running" | "success" | "error";
  error: { code: string; message: string } | null;
}

export interface Hetzner extends StandIn {
  readonly token: string;
  readonly state: HetznerState;
}

export interface HetznerState {
  readonly servers: Map<number, { status: string; boots: number }>;
  /** The server of each floating IP. */
  readonly floatingIps: Map<number, number | null>;
  /** So long an action runs. */
  slowMs: number;
  /** How many of the next actions end in an error. */
  failures: number;
}

const TOKEN = "LRK9DAWQ1ZAEFSrCNEEzLCUwhYX1U3g7wMg4dTlkkDC96fyDuyJ39nVbVjCKSDfj";

interface Room {
  readonly state: HetznerState;
  readonly actions: Map<number, Action>;
}

export async function openHetzner(): Promise<Hetzner> {
  const state: HetznerState = {
    servers: new Map([42, 43].map((id) => [id, { status: "running", boots: 1 }])),
    floatingIps: new Map([[4711, null]]),
    slowMs: 0,
    failures: 0,
  };
  const room: Room = { state, actions: new Map() };
  const standIn = await openStandIn({
    answer: (request) => answer(room, request),
    // Until a second that has begun: half a second, which is the least.
    waitMs: 500,
    tooMany: () => {
      const headers = {
        "ratelimit-reset": String(Math.floor(Date.now() / 1000)),
        "ratelimit-remaining": "0",
      };
      return refusal(429, "rate_limit_exceeded", "rate limit exceeded", headers);
    },
  });
  return Object.assign(standIn, { token: TOKEN, state });
}

async function answer(room: Room, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.headers.get("authorization") !== `Bearer ${TOKEN}`)
    return refusal(401, "unauthorized", "unable to authenticate");
  const [, kind = "", idText = "", sub, verb = ""] = pathname.split("/");
  const id = Number(idText);
  if (request.method === "GET" && sub === undefined) return look(room, kind, id);
  const body = (await request.json().catch(() => undefined)) as { server?: unknown } | undefined;
  if (request.method !== "POST" || sub !== "actions" || body === undefined)
    return refusal(404, "not_found", "no such endpoint");
  return kind === "floating_ips" ? move(room, id, verb, body) : power(room, id, verb);
}

function look({ state, actions }: Room, kind: string, id: number): Response {
  const server = state.servers.get(id);
  const holder = state.floatingIps.get(id);
  const action = actions.get(id);
  if (kind === "servers" && server !== undefined)
    return Response.json({ server: { id, name: `server-${id}`, status: server.status } });
  if (kind === "floating_ips" && holder !== undefined)
    return Response.json({ floating_ip: { id, ip: "131.232.99.1", type: "ipv4", server: holder } });
  if (kind === "actions" && action !== undefined) return Response.json({ action });
  return refusal(404, "not_found", `${kind} with ID '${id}' not found`);
}

function move(room: Room, id: number, verb: string, { server }: { server?: unknown }): Response {
  const { servers, floatingIps } = room.state;
  if (!floatingIps.has(id)) return refusal(404, "not_found", "floating IP not found");
  if (verb === "unassign") return run(room, "unassign_floating_ip", () => floatingIps.set(id, null));
  if (typeof server !== "number" || !servers.has(server))
    return refusal(422, "invalid_input", "invalid input in field 'server'");
  return run(room, "assign_floating_ip", () => floatingIps.set(id, server));
}

function power(room: Room, id: number, verb: string): Response {
  const server = room.state.servers.get(id);
  if (server === undefined) return refusal(404, "not_found", "server not found");
  if (verb === "poweroff") return run(room, "stop_server", () => (server.status = "off"));
  if (verb !== "poweron") return refusal(404, "not_found", "no such action");
  return run(room, "start_server", () => {
    if (server.status === "off") server.boots += 1;
    server.status = "running";
  });
}

function run({ state, actions }: Room, command: string, effect: () => void): Response {
  const action: Action = { id: actions.size + 1, command, status: "running", error: null };
  actions.set(action.id, action);
  const end = (): void => {
    if (state.failures > 0) {
      state.failures -= 1;
      action.status = "error";
      action.error = { code: "action_failed", message: "Action failed" };
      return;
    }
    effect();
    action.status = "success";
  };
  if (state.slowMs === 0) end();
  else setTimeout(end, state.slowMs);
  return Response.json({ action }, { status: 201 });
}

function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error: { code, message, details: {} } }, { status, headers });
}
