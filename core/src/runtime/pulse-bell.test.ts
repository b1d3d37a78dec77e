import { expect, it } from "vitest";
import { PulseBell } from "./pulse-bell.js";
import { RecordedLog } from "./testkit/recorded-log.js";

it("tells everybody of a sign of life, whatever one of them does, until they have enough", () => {
  const logger = new RecordedLog();
  let observed = 0;
  const bell = new PulseBell({ logger, observer: { pulsed: () => (observed += 1) } });
  const heard: string[] = [];
  bell.onPulse(() => {
    throw new Error("out of order");
  });
  const end = bell.onPulse(() => heard.push("first"));
  bell.onPulse(() => heard.push("second"));
  bell.ring();
  end();
  bell.ring();
  expect(heard).toEqual(["first", "second", "second"]);
  expect(observed).toBe(2);
  expect(logger.entries.map(({ event }) => event)).toEqual([
    "pulse.listener-failed",
    "pulse.listener-failed",
  ]);
});
