// What the contract of notifiers is run on: a small web server that can refuse, and stall.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClusterEvent } from "@systole/sdk";
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameNotifier } from "./template-name.js";

let mode: "working" | "broken" | "stalled";
let told: ClusterEvent[];
let server: Server;

function openServer(): Promise<number> {
  mode = "working";
  told = [];
  server = createServer((request, response) => {
    if (mode === "stalled") return;
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      if (mode === "working") told.push(JSON.parse(text) as ClusterEvent);
      response.writeHead(mode === "working" ? 204 : 503).end();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

export default defineSubjects({
  config: { url: "http://127.0.0.1/events" },
  subjects: {
    notifier: {
      "template-name": {
        open: async () => ({
          notifier: new TemplateNameNotifier(`http://127.0.0.1:${await openServer()}/`),
          told: async () => told,
          break: async () => void (mode = "broken"),
          mend: async () => void (mode = "working"),
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
