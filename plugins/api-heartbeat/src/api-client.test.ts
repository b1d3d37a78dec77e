// What heartbeat's own daemon answers, where it differs from ours.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textField, textMessage } from "@systole/sdk";
import { expect, it } from "vitest";
import { ApiClient } from "./api-client.js";
import { frame, FrameReader } from "./frame.js";
import { TEXT_CODEC } from "./testing/api-room.js";

it("takes the answer of another node, which heartbeat passes on as it came", async () => {
  const directory = mkdtempSync(join(tmpdir(), "systole-api-"));
  const path = join(directory, "register");
  const server = createServer((socket) => {
    const reader = new FrameReader(65_536);
    const tell = (fields: Readonly<Record<string, string>>) =>
      socket.write(frame(TEXT_CODEC.encode(textMessage({ result: "OK", ...fields }))));
    socket.on("data", (bytes) => {
      reader.push(bytes);
      for (let body = reader.next(); body instanceof Uint8Array; body = reader.next()) {
        const reqtype = textField(TEXT_CODEC.decode(body) ?? textMessage({}), "reqtype");
        if (reqtype === "signon") tell({ t: "hbapi-resp", reqtype });
        else tell({ t: "respond-cstatus", cn: "ipfail", cs: "online" });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = await ApiClient.signOn(path, TEXT_CODEC, AbortSignal.timeout(5000));
  const [answer] = (await client?.ask("clientstatus", { node: "bravo", cn: "ipfail" })) ?? [];
  expect(answer === undefined ? undefined : textField(answer, "cs")).toBe("online");
  client?.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(directory, { recursive: true });
});
