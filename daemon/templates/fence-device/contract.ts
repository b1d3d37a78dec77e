// What the contract of fence devices is run on: a power switch with two machines, as a small web server.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameFenceDevice } from "./template-name.js";

const nodes = ["one", "two"];
let mode: "working" | "broken" | "stalled";
let machines: Map<string, { power: "on" | "off"; boots: number }>;
let server: Server;

/** Does what the path says, as the switch would; returns its answer. */
function operate(path: string): string | undefined {
  const [node = "", action] = path.split("/").slice(1);
  const machine = machines.get(node);
  if (mode === "broken" || machine === undefined) return undefined;
  if (action === undefined) return machine.power;
  const power = action === "off" ? "off" : "on";
  if (action === "reset" || (power === "on" && machine.power === "off")) machine.boots += 1;
  machine.power = power;
  return "done";
}

function openSwitch(): Promise<string> {
  mode = "working";
  machines = new Map(nodes.map((node) => [node, { power: "on", boots: 1 }]));
  server = createServer((request, response) => {
    if (mode === "stalled") return;
    const answer = operate(request.url ?? "");
    response.writeHead(answer === undefined ? 503 : 200).end(answer);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

export default defineSubjects({
  config: { url: "http://127.0.0.1", nodes },
  subjects: {
    "fence-device": {
      "template-name": {
        open: async () => ({
          device: new TemplateNameFenceDevice({ url: await openSwitch(), nodes }),
          node: "one",
          bystander: "two",
          observe: async (node) => machines.get(node)?.power ?? "off",
          boots: async (node) => machines.get(node)?.boots ?? 0,
          break: async () => void (mode = "broken"),
          stall: async () => void (mode = "stalled"),
        }),
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      },
    },
  },
});
