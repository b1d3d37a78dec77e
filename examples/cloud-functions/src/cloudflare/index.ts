// A DNS record at Cloudflare, as a function. It needs nothing but `fetch`: it runs on Workers, Lambda, Node.
import { definePlugin, ResourceAgent } from "@systole/sdk";
import { serve } from "@systole/sdk/functions";
import * as v from "valibot";
import { HeldAgent } from "../held-agent.js";
import { Rest } from "../rest.js";
import { CloudflareDnsRecord } from "./dns-record.js";

const Config = v.strictObject({
  api: v.optional(v.pipe(v.string(), v.url()), "https://api.cloudflare.com/client/v4"),
  /** With the permission to edit DNS, of this zone only. */
  token: v.pipe(v.string("CLOUDFLARE_TOKEN is not set"), v.nonEmpty()),
  zone: v.pipe(v.string(), v.nonEmpty()),
  /** What the record says for each node: an address, or a name for a CNAME. */
  nodes: v.record(v.string(), v.pipe(v.string(), v.nonEmpty())),
  /** Ids of the records that may be changed. */
  records: v.array(v.string()),
});

export const plugin = definePlugin({
  name: "cloudflare",
  runtimes: ["node", "lambda", "workers"],
  config: Config,
  register(host, { api, token, zone, nodes, records }) {
    const rest = new Rest({
      base: api,
      token,
      refusal: (body) => {
        const { errors = [] } = (body ?? {}) as { errors?: { code: number; message: string }[] };
        return errors.map(({ code, message }) => `${message} (${code})`).join("; ") || undefined;
      },
    });
    const contents = new Map(Object.entries(nodes));
    host.provide(ResourceAgent, "dns-record", {
      inject: [],
      create: () =>
        new HeldAgent({
          nodes: [...contents.keys()],
          find: ({ parameters: { record = "" } }) =>
            records.includes(record)
              ? new CloudflareDnsRecord(rest, zone, record, contents)
              : "the parameter record must be the id of a record that the function may change",
        }),
    });
  },
});

export default serve(plugin, {
  config: ({ SYSTOLE_CONFIG, CLOUDFLARE_TOKEN }) => ({
    ...(JSON.parse(String(SYSTOLE_CONFIG)) as object),
    token: CLOUDFLARE_TOKEN,
  }),
});
