// What stands in for a provider's interface on the loopback interface: requests in, answers out, and faults when a test wants them.
import { listen } from "@systole/sdk/functions/node";

export interface StandIn {
  readonly url: string;
  /** Every request that came, e.g. `POST /floating_ips/1/actions/assign`. */
  readonly asked: string[];
  /** As long as the refusal of too many requests asks to wait. */
  readonly waitMs: number;
  /** How many of the next requests are refused for there are too many. */
  tooMany: number;
  /** How many of the next changes are made, and their answers lost. */
  losses: number;
  close(): Promise<void>;
}

export interface StandInInit {
  answer(request: Request): Promise<Response>;
  /** The provider's own refusal of too many requests. */
  tooMany(): Response;
  readonly waitMs: number;
  /** E.g. the action of a query; default: method and path. */
  readonly nameOf?: (request: Request) => Promise<string>;
}

export async function openStandIn(init: StandInInit): Promise<StandIn> {
  const nameOf = init.nameOf ?? (async ({ method, url }) => `${method} ${new URL(url).pathname}`);
  const fetch = async (request: Request): Promise<Response> => {
    const name = await nameOf(request.clone());
    standIn.asked.push(name);
    if (standIn.tooMany > 0) {
      standIn.tooMany -= 1;
      return init.tooMany();
    }
    const response = await init.answer(request);
    if (standIn.losses <= 0 || /^(GET|Describe)/.test(name)) return response;
    standIn.losses -= 1;
    return new Response("bad gateway", { status: 502 });
  };
  const listening = await listen({ fetch }, { port: 0 });
  const standIn: StandIn = {
    url: listening.url,
    asked: [],
    waitMs: init.waitMs,
    tooMany: 0,
    losses: 0,
    close: () => listening.close(),
  };
  return standIn;
}
