// A program: somebody who visits the shop again and again, by its name. Prints a line of JSON for each visit.
// Usage: node visitor.js DNS-SERVER NAME
import { Resolver } from "node:dns/promises";
import { get } from "node:http";

const EVERY_MS = 50;
const PATIENCE_MS = 300;

const [server = "", name = ""] = process.argv.slice(2);
const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 });
resolver.setServers([server]);

function page(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(
      { host: address, timeout: PATIENCE_MS, agent: false, headers: { host: name } },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        response.on("end", () => resolve(response.statusCode === 200 ? text.trim() : undefined));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}

async function visit(): Promise<void> {
  const sentMs = Number(process.hrtime.bigint()) / 1e6;
  const [address] = await resolver.resolve4(name).catch(() => []);
  const answeredBy = address === undefined ? undefined : await page(address);
  process.stdout.write(`${JSON.stringify({ sentMs, answeredBy })}\n`);
}

setInterval(() => void visit(), EVERY_MS);
process.stdin.resume();
process.stdin.on("end", () => process.exit());
