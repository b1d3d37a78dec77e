import { describe, expect, it } from "vitest";
import { MemoryHub, type MemoryTransport } from "./memory-transport.js";

const live = () => new AbortController().signal;
const bytes = (...values: number[]) => Uint8Array.from(values);
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function plug(transport: MemoryTransport): Promise<string[]> {
  const heard: string[] = [];
  transport.attach({
    frame: (frame, from) => void heard.push(`${from}:${[...frame].join()}`),
    failed: (error) => void heard.push(error.message),
  });
  await transport.start(live());
  return heard;
}

async function threeNodes() {
  const hub = new MemoryHub();
  const [a, b, c] = [hub.transport("a", "eth0"), hub.transport("b", "eth0"), hub.transport("c", "eth1")];
  return { hub, a, b, c, heard: { a: await plug(a), b: await plug(b), c: await plug(c) } };
}

describe("MemoryHub", () => {
  it("carries a copy to everybody else on the medium", async () => {
    const { a, heard } = await threeNodes();
    const frame = bytes(1, 2);
    await a.send(frame);
    frame.fill(9);
    await settled();
    expect(heard).toEqual({ a: [], b: ["a:1,2"], c: [] });
  });

  it("loses, holds, repeats and reorders as told", async () => {
    const { hub, a, heard } = await threeNodes();
    const fates = ["drop", "repeat", "hold", "hold", "deliver"] as const;
    hub.fate = ({ frame }) => fates[frame[0] ?? 0] ?? "drop";
    for (const value of [0, 1, 2, 3, 4]) await a.send(bytes(value));
    await settled();
    expect(heard.b).toEqual(["a:1", "a:1", "a:4"]);
    hub.release(({ frame }) => frame[0] === 3);
    hub.release();
    await settled();
    expect(heard.b.slice(3)).toEqual(["a:3", "a:2"]);
    expect(hub.held).toEqual([]);
  });

  it("cuts one direction, and heals", async () => {
    const { hub, a, b, heard } = await threeNodes();
    hub.cut("a", "b");
    await a.send(bytes(1));
    await b.send(bytes(2));
    hub.heal();
    await a.send(bytes(3));
    await settled();
    expect([heard.a, heard.b]).toEqual([["b:2"], ["a:3"]]);
  });

  it("refuses what is too large, and delivers nothing before start or after stop", async () => {
    const hub = new MemoryHub();
    const [a, b] = [hub.transport("a", "m", { maxFrameBytes: 1 }), hub.transport("b", "m")];
    await expect(a.send(bytes(1))).rejects.toMatchObject({ code: "TRANSPORT_SEND_FAILED" });
    await a.start(live());
    await a.send(bytes(1));
    const heard = await plug(b);
    await expect(a.send(bytes(1, 2))).rejects.toMatchObject({ code: "FRAME_TOO_LARGE" });
    await b.stop();
    await a.send(bytes(3));
    await settled();
    expect(heard).toEqual([]);
  });
});
