// The function on a machine of one's own, behind whatever speaks TLS there: PORT=8787 node dist/node-server.js
import { listen } from "@systole/sdk/functions/node";
import served from "./hetzner/index.js";

const { url } = await listen(served, { port: Number(process.env["PORT"] ?? 8787) });
process.stdout.write(`listening on ${url}\n`);
