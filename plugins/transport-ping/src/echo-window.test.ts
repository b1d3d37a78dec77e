// Which replies count.
import { expect, test } from "vitest";
import { EchoWindow, WINDOW_FRAMES } from "./echo-window.js";

const frame = Uint8Array.of(1, 2, 3);

test("an echo counts once for each host", () => {
  const window = new EchoWindow(false);
  const sequence = window.send(frame);
  expect(window.judge("a", sequence, Uint8Array.from(frame))).toBe("answer");
  expect(window.judge("a", sequence, frame)).toBe("repeated");
  expect(window.judge("b", sequence, frame)).toBe("answer");
});

test("in a group an echo counts once for all hosts", () => {
  const window = new EchoWindow(true);
  const [first, second] = [window.send(frame), window.send(frame)];
  expect(window.judge("a", first, frame)).toBe("answer");
  expect(window.judge("b", first, frame)).toBe("repeated");
  expect(window.judge("b", second, frame)).toBe("answer");
});

test.each([
  ["other bytes", Uint8Array.of(1, 2, 4)],
  ["fewer bytes", Uint8Array.of(1, 2)],
  ["more bytes", Uint8Array.of(1, 2, 3, 0)],
  ["no bytes", new Uint8Array(0)],
])("%s are foreign, and do not use the answer up", (_, data) => {
  const window = new EchoWindow(false);
  const sequence = window.send(frame);
  expect(window.judge("a", sequence, data)).toBe("foreign");
  expect(window.judge("a", sequence, frame)).toBe("answer");
});

test("a sequence that was never sent, or too long ago, is foreign", () => {
  const window = new EchoWindow(false);
  const first = window.send(frame);
  expect(window.judge("a", first + 1, frame)).toBe("foreign");
  for (let count = 1; count < WINDOW_FRAMES; count += 1) window.send(frame);
  expect(window.judge("a", first, frame)).toBe("answer");
  window.send(frame);
  expect(window.judge("a", first, frame)).toBe("foreign");
});

test("sequences begin at 0 and wrap at 65536", () => {
  const window = new EchoWindow(false);
  const sequences = Array.from({ length: 65537 }, () => window.send(frame));
  expect([sequences[0], sequences[65535], sequences[65536]]).toEqual([0, 65535, 0]);
  expect(window.judge("a", 0, frame)).toBe("answer");
});
