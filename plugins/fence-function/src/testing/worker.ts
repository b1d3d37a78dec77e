// The worker of README.md, as it stands there: a test runs it, and holds the two against each other.
import { definePlugin, FenceDevice, type FenceAction, type StandardSchema } from "@systole/sdk";
import { serve } from "@systole/sdk/functions";

class Cloud implements FenceDevice {
  constructor(
    private readonly api: string,
    private readonly token: string,
  ) {}

  async execute(action: FenceAction, node: string, signal: AbortSignal) {
    if (!(await this.list()).includes(node))
      return { ok: false, kind: "unknown-node", reason: "not one of ours" } as const;
    for (const power of action === "reset" ? ["off", "on"] : [action]) {
      await this.ask(`machines/${node}/${power}`, signal, "POST");
      while ((await this.status(node, signal)) !== power) await new Promise((go) => setTimeout(go, 500));
    }
    return { ok: true } as const;
  }

  async status(node: string, signal: AbortSignal) {
    return (await this.ask(`machines/${node}`, signal)).power;
  }

  async list() {
    return ["alpha", "bravo"];
  }

  private async ask(path: string, signal: AbortSignal, method = "GET") {
    const headers = { authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.api}/${path}`, { method, headers, signal });
    if (!response.ok) throw new Error(`the cloud answers ${response.status}`);
    return (await response.json()) as { power: "on" | "off" };
  }
}

const config: StandardSchema<{ api: string; token: string }> = {
  "~standard": { version: 1, vendor: "cloud", validate: (value) => ({ value: value as never }) },
};

const plugin = definePlugin({
  name: "fence-cloud",
  runtimes: ["node", "lambda", "workers"],
  config,
  register: (host, { api, token }) =>
    host.provide(FenceDevice, "cloud", { inject: [], create: () => new Cloud(api, token) }),
});

export default serve(plugin, {
  config: ({ CLOUD_API, CLOUD_TOKEN }) => ({ api: CLOUD_API, token: CLOUD_TOKEN }),
});
