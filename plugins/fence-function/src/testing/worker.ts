// The worker of README.md, as it stands there: a test runs it, and holds the two against each other.
import { fenceHandler, type Machines } from "../handler.js";

interface Env {
  readonly FENCE_KEY: string;
  readonly CLOUD_API: string;
  readonly CLOUD_TOKEN: string;
}

function machinesOf({ CLOUD_API, CLOUD_TOKEN }: Env): Machines {
  const ask = async (path: string, method = "GET") => {
    const headers = { authorization: `Bearer ${CLOUD_TOKEN}` };
    const response = await fetch(`${CLOUD_API}/${path}`, { method, headers });
    if (!response.ok) throw new Error(`the cloud answers ${response.status}`);
    return (await response.json()) as { power: "on" | "off" };
  };
  const until = async (node: string, power: "on" | "off") => {
    while ((await ask(`machines/${node}`)).power !== power) await new Promise((go) => setTimeout(go, 500));
  };
  return {
    knows: (node) => ["alpha", "bravo"].includes(node),
    state: async (node) => (await ask(`machines/${node}`)).power,
    async power(action, node) {
      for (const power of action === "reset" ? (["off", "on"] as const) : [action]) {
        await ask(`machines/${node}/${power}`, "POST");
        await until(node, power);
      }
    },
  };
}

let handler: ((request: Request) => Promise<Response>) | undefined;

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    handler ??= fenceHandler({ key: env.FENCE_KEY, machines: machinesOf(env) });
    return handler(request);
  },
};
