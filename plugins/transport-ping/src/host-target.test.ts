// Names of hosts: when they are asked for, and which of their addresses is used.
import { RecordingLogger } from "@systole/sdk/testkit";
import { expect, test } from "vitest";
import { canonical, HostTarget } from "./host-target.js";

function target(
  answers: readonly (readonly string[] | Error)[],
  host = "gw",
): { one: HostTarget; asked: () => number } {
  let asked = 0;
  const resolve = async (): Promise<readonly string[]> => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof Error || answer === undefined) throw answer ?? new Error("no answer");
    return answer;
  };
  return { one: new HostTarget(host, resolve, new RecordingLogger()), asked: () => asked };
}

/** Sends once, and lets the resolver answer. */
async function send(one: HostTarget, nowMs: number): Promise<void> {
  one.sending(nowMs);
  await one.locate(-Infinity);
}

test("an address needs no resolver", async () => {
  const { one, asked } = target([], "10.0.0.1");
  expect(one.place).toEqual({ address: "10.0.0.1", family: 4 });
  for (let count = 0; count < 50; count += 1) await send(one, count * 1_000_000);
  expect(asked()).toBe(0);
});

test("an unknown name is asked for again, with pauses that grow to a minute", async () => {
  const { one, asked } = target([new Error("ENOTFOUND")]);
  const askedAtS: number[] = [];
  for (let second = 0; second < 400; second += 1) {
    const before = asked();
    await send(one, second * 1000);
    if (asked() > before) askedAtS.push(second);
  }
  expect(askedAtS).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]);
  expect(one.place).toBeUndefined();
});

test("a name that answers is not asked for again", async () => {
  const { one, asked } = target([["10.0.0.1"]]);
  await one.locate(0);
  for (let count = 0; count < 100; count += 1) {
    await send(one, count * 1000);
    one.answered();
  }
  expect(asked()).toBe(1);
});

test("a silent name is asked for again, and takes its new address", async () => {
  const { one, asked } = target([["10.0.0.1"], ["10.0.0.7"]]);
  await one.locate(0);
  for (let count = 1; count <= 6; count += 1) await send(one, count * 1000);
  expect(asked()).toBe(2);
  expect(one.place?.address).toBe("10.0.0.7");
});

test("a silent name whose addresses are the same tries the next of them", async () => {
  const { one } = target([["10.0.0.1", "fd00::1"]]);
  await one.locate(0);
  expect(one.place).toEqual({ address: "10.0.0.1", family: 4 });
  for (let count = 1; count <= 6; count += 1) await send(one, count * 1000);
  expect(one.place).toEqual({ address: "fd00::1", family: 6 });
  for (let count = 7; count <= 12; count += 1) await send(one, count * 1000);
  expect(one.place).toEqual({ address: "10.0.0.1", family: 4 });
});

test("the resolver is asked once at a time", async () => {
  let answer: (found: readonly string[]) => void = () => undefined;
  let asked = 0;
  const one = new HostTarget(
    "gw",
    () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    new RecordingLogger(),
  );
  const first = one.locate(0);
  one.sending(1_000_000);
  one.sending(2_000_000);
  expect(asked).toBe(1);
  answer(["10.0.0.1"]);
  await first;
  expect(one.is("10.0.0.1")).toBe(true);
});

test("spellings of an IPv6 address are one address", () => {
  expect(canonical("FD00:0:0::01")).toBe("fd00::1");
  expect(canonical("fe80::1%eth0")).toBe("fe80::1");
  expect(canonical("10.0.0.1")).toBe("10.0.0.1");
});
