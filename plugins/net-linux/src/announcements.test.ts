import { SystoleError, type Logger } from "@systole/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Announcements } from "./announcements.js";

describe("announcements", () => {
  const warn = vi.fn<Logger["warn"]>();
  const log: Logger = { debug() {}, info() {}, warn, error() {}, child: () => log };
  let announcements: Announcements;
  let sent: string[];
  const send = (what: string) => async (): Promise<void> => {
    sent.push(what);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    warn.mockReset();
    announcements = new Announcements(log);
    sent = [];
  });
  afterEach(() => {
    announcements.close();
    vi.useRealTimers();
  });

  it("sends the first before it resolves, and the others in their rhythm", async () => {
    await announcements.begin("a", { repeat: 3, intervalMs: 100 }, send("a"));
    expect(sent).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(99);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends five, 200 ms apart, and ten more, a second apart, unless told otherwise", async () => {
    await announcements.begin("a", undefined, send("a"));
    await vi.advanceTimersByTimeAsync(799);
    expect(sent).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(5);
    await vi.advanceTimersByTimeAsync(9999);
    expect(sent).toHaveLength(14);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(15);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends one address's series and leaves the others", async () => {
    await announcements.begin("a", undefined, send("a"));
    await announcements.begin("b", { repeat: 2 }, send("b"));
    announcements.cancel("a");
    announcements.cancel("unknown");
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual(["a", "b", "b"]);
  });

  it("begins anew when asked again, and does not send twice as often", async () => {
    await announcements.begin("a", { repeat: 3 }, send("old"));
    await announcements.begin("a", { repeat: 2 }, send("new"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual(["old", "new", "new"]);
  });

  it("does not go on when it was cancelled while the first was being sent", async () => {
    let release = (): void => {};
    const begun = announcements.begin("a", undefined, async () => {
      sent.push("a");
      await new Promise<void>((resolve) => (release = resolve));
    });
    announcements.cancel("a");
    release();
    await begun;
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual(["a"]);
  });

  it("rejects when the first fails, logs when a later one does, and ends either way", async () => {
    const failure = new SystoleError("ADDRESS_FAILED", "the interface is down");
    await expect(
      announcements.begin("a", undefined, async () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(vi.getTimerCount()).toBe(0);
    let calls = 0;
    await announcements.begin("a", undefined, async () => {
      calls += 1;
      if (calls === 2) throw failure;
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(calls).toBe(2);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      "network.announce-failed",
      expect.objectContaining({ key: "a" }),
    );
  });

  it("has bounds", async () => {
    await announcements.begin("a", { repeat: 1e9, intervalMs: 0 }, send("a"));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(sent).toHaveLength(100);
  });
});
