import { expect, it } from "vitest";
import { textMessage } from "../../ports/index.js";
import { LIMITS } from "../limits.js";
import { History } from "./history.js";

it("finds what was sent, pauses between two, and says what is too old or unknown", () => {
  const history = new History();
  for (let sequence = 1; sequence <= LIMITS.history + 10; sequence += 1) {
    history.add(sequence, textMessage({ t: "status", seq: String(sequence) }), 0);
  }
  expect(history.recall(10, 0)).toEqual({ kind: "too-old" });
  expect(history.recall(11, 0)).toMatchObject({ kind: "found" });
  expect(history.recall(20, 0)).toMatchObject({ kind: "found" });
  expect(history.recall(20, LIMITS.retransmitPauseMs - 1)).toEqual({ kind: "paused" });
  expect(history.recall(20, LIMITS.retransmitPauseMs)).toMatchObject({ kind: "found" });
  expect(history.recall(100_000, 0)).toEqual({ kind: "unknown" });
  history.forget(100);
  expect(history.recall(100, 0)).toEqual({ kind: "too-old" });
});
