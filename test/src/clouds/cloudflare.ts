// The DNS records of Cloudflare's API as developers.cloudflare.com describes them, one zone of them.
import { openStandIn, type StandIn } from "./stand-in.js";

export interface Cloudflare extends StandIn {
  readonly token: string;
  readonly zone: string;
  readonly record: string;
  readonly state: { content: string; comment: string | null };
}

const TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const RECORD = "372e67954025e0ba6aaa6d586b9e0b59";

export async function openCloudflare(): Promise<Cloudflare> {
  const state = { content: "198.51.100.4", comment: null as string | null };
  const result = () => ({
    id: RECORD,
    name: "www.example.com",
    type: "A",
    ttl: 60,
    proxied: false,
    ...state,
  });

  const answer = async (request: Request): Promise<Response> => {
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`)
      return refusal(403, 10_000, "Authentication error");
    if (new URL(request.url).pathname !== `/zones/${ZONE}/dns_records/${RECORD}`)
      return refusal(404, 81_044, "Record does not exist.");
    if (request.method === "PATCH") {
      const change = (await request.json()) as { content?: unknown; comment?: unknown };
      const { content = state.content, comment = state.comment } = change;
      if (typeof content !== "string" || !/^\d+\.\d+\.\d+\.\d+$/.test(content))
        return refusal(400, 9005, "Content for A record must be a valid IPv4 address.");
      if (typeof comment !== "string" || comment.length > 100)
        return refusal(400, 9300, "DNS record has an invalid comment.");
      Object.assign(state, { content, comment });
    }
    return Response.json({ success: true, errors: [], messages: [], result: result() });
  };

  const standIn = await openStandIn({
    answer,
    waitMs: 1000,
    tooMany: () =>
      refusal(429, 971, "Please wait and consider throttling your request speed", { "retry-after": "1" }),
  });
  return Object.assign(standIn, { token: TOKEN, zone: ZONE, record: RECORD, state });
}

function refusal(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { success: false, errors: [{ code, message }], messages: [], result: null },
    { status, headers },
  );
}
