// Whoever answers a check may be anybody: what he says is cut, and he cannot hold the check.
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { RealClock } from "@systole/sdk/testkit";
import { afterEach, expect, it } from "vitest";
import { askHttp, MAX_BODY_BYTES } from "./http-answer.js";

let servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

async function asked(server: Server | ReturnType<typeof createTcpServer>, timeoutMs = 5000) {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const question = { url: new URL(`http://site.invalid:${port}/`), address: "127.0.0.1", timeoutMs };
  return askHttp(question, new RealClock(), new AbortController().signal);
}

it("cuts a body that never ends, and hangs up", async () => {
  let hungUp: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (hungUp = resolve));
  const endless: RequestListener = (_request, response) => {
    response.on("close", hungUp);
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(16_384)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  };
  const answer = await asked(createServer(endless));
  expect(answer).toMatchObject({ ok: true, status: 200 });
  expect(answer.ok && answer.body.length).toBe(MAX_BODY_BYTES);
  await gone;
});

it("gives up on headers that never end, and on what is no HTTP", async () => {
  const headers = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(100_000)}`);
  });
  expect(await asked(headers)).toMatchObject({ ok: false, aborted: false });
  const noise = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.end("\0\u0001\u0002 4294967295\r\n\r\n");
  });
  expect(await asked(noise)).toMatchObject({ ok: false, aborted: false });
});

it("waits no longer than it is told for one who says nothing", async () => {
  const answer = await asked(
    createTcpServer(() => undefined),
    200,
  );
  expect(answer).toEqual({ ok: false, aborted: false, problem: "did not answer within 200 ms" });
});
