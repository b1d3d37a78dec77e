// What the contract of quorums is run on: a witness as a small web server, and the nodes of both sides.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameQuorum } from "./template-name.js";

const nodes = ["one", "two"];
let mode: "working" | "broken" | "stalled";
let holder: string | undefined;
let server: Server;

function openWitness(): Promise<string> {
  mode = "working";
  holder = undefined;
  server = createServer((request, response) => {
    if (mode === "stalled") return;
    if (mode === "broken") return void response.writeHead(503).end();
    holder ??= request.url?.slice(1);
    response.end(holder);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

export default defineSubjects({
  config: { url: "http://127.0.0.1" },
  subjects: {
    quorum: {
      "template-name": {
        async open() {
          const url = await openWitness();
          return {
            quorum: new TemplateNameQuorum(url),
            question: { self: "one", nodes, alive: ["one"] },
            rival: {
              quorum: new TemplateNameQuorum(url),
              question: { self: "two", nodes, alive: ["two"] },
            },
            break: async () => void (mode = "broken"),
            stall: async () => void (mode = "stalled"),
          };
        },
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      },
    },
  },
});
