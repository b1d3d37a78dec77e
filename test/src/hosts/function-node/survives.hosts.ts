// An environment is taken away, a runtime is started anew: the node goes on in the same life, from what it has saved.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  attemptCall,
  framesCall,
  FRAMES_PURPOSE,
  readFramesAnswer,
  type FramesAnswer,
} from "@systole/core/http";
import { expect, it } from "vitest";
import { bundle } from "../bundle.js";
import { startLambda } from "../lambda-loop.js";
import { startWorkerd, workerdMissing } from "../workerd.js";
import { CLUSTER } from "./gamma.js";
import { LAMBDA, newKey, workerBundle } from "./gamma-hosts.js";
import { startProvider } from "./provider.js";

const missing = workerdMissing();

async function ask(origin: string, key: string, had: Partial<FramesAnswer> = {}): Promise<FramesAnswer> {
  const { life, upTo = 0 } = had;
  const body = framesCall({ from: "alpha", had: upTo, frames: [], ...(life !== undefined && { life }) });
  const id = crypto.randomUUID();
  const call = {
    url: `${origin}/frames`,
    key,
    keyName: CLUSTER,
    purpose: FRAMES_PURPOSE,
    id,
    dateMs: Date.now(),
    body,
  };
  const attempt = await attemptCall(call, AbortSignal.timeout(20_000));
  const answer = attempt.kind === "answered" ? readFramesAnswer(attempt.body) : undefined;
  if (answer === undefined) throw new Error(JSON.stringify(attempt));
  return answer;
}

function expectSameLife(before: FramesAnswer, after: FramesAnswer): void {
  expect(before.frames.length).toBeGreaterThan(0);
  expect(after.life).toBe(before.life);
  expect(after.upTo).toBeGreaterThanOrEqual(before.upTo);
}

it("on Lambda: ten calls at once and the end of every environment in the middle of them", async () => {
  const provider = await startProvider([]);
  const key = newKey();
  const script = await bundle({ entry: LAMBDA, for: "node" });
  const host = await startLambda({ script, environment: { PROVIDER: provider.url, KEY: key }, atOnce: 3 });
  const before = await ask(host.url, key);
  const racing = Array.from({ length: 10 }, () => ask(host.url, key).catch(() => undefined));
  await racing[0];
  await host.kill();
  await Promise.all(racing);
  expectSameLife(before, await ask(host.url, key, before));
  await host.close();
  await provider.close();
});

it.runIf(missing === undefined || process.env["CI"] === "true")(
  "on Workers: the end of the runtime, with the Durable Object's storage kept",
  async () => {
    const provider = await startProvider([]);
    const key = newKey();
    const storedIn = mkdtempSync(join(tmpdir(), "systole-durable-"));
    const host = await startWorkerd({
      script: await workerBundle(),
      durableObjects: { NODE: "Gamma" },
      bindings: { PROVIDER: provider.url, KEY: key },
      storedIn,
    });
    const before = await ask(host.url, key);
    await host.restart();
    expectSameLife(before, await ask(host.url, key, before));
    await host.close();
    await provider.close();
    rmSync(storedIn, { recursive: true, force: true });
  },
);
