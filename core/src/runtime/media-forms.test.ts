import { describe, expect, it } from "vitest";
import type { Authenticator, Field, Message, Transport } from "../ports/index.js";
import { Media } from "./media.js";

const authenticator: Authenticator = {
  supports: { keyed: false },
  sign: () => "1 abc",
  verify: () => ({ ok: true, key: 1 }),
};
const lines: Message = { fields: [{ name: "t", type: "string", value: "status" }] };
const nested: Message = { fields: [...lines.fields, { name: "s", type: "struct", value: lines } as Field] };

function mediumOf(medium: string, supports: Transport["supports"]): { transport: Transport; sent: string[] } {
  const sent: string[] = [];
  const transport: Transport = {
    medium,
    supports,
    attach: () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
    send: async (frame) => void sent.push(Buffer.from(frame).toString("latin1")),
  };
  return { transport, sent };
}

function two() {
  const ethernet = mediumOf("eth0", { maxFrameBytes: 65_507 });
  const serial = mediumOf("/dev/ttyS0", { maxFrameBytes: 65_536, form: "string" });
  const media = new Media({
    transports: [ethernet.transport, serial.transport],
    authenticator,
    self: "master",
    innerSignature: false,
    compression: undefined,
    received: () => undefined,
    event: () => undefined,
  });
  return { media, ethernet, serial };
}

describe("Media", () => {
  it("seals for each medium in the form that it needs", () => {
    const { media, ethernet, serial } = two();
    media.send(lines, undefined);
    expect(ethernet.sent).toEqual(["###\n11:(0)t=status,%%%\n5:1 abc,"]);
    expect(serial.sent).toEqual([">>>\nt=status\nauth=1 abc\n<<<\n"]);
  });

  it("does not send a message that has no string form where only that form goes", () => {
    const { media, ethernet, serial } = two();
    media.send(nested, undefined);
    expect(ethernet.sent).toHaveLength(1);
    expect(serial.sent).toEqual([]);
    media.send(nested, ["/dev/ttyS0"]);
    expect(serial.sent).toEqual([]);
  });
});
