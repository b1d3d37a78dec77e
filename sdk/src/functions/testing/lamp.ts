// A lamp behind `serve`, and a caller beside it, without a network between them.
import { attemptCall, type Call } from "@systole/core/http";
import { Logger, Notifier, ResourceAgent, type Plugin } from "@systole/core/ports";
import { vi } from "vitest";
import { definePlugin } from "../../define-plugin.js";
import type { WithoutTime } from "../function-client.js";
import { FUNCTION_PURPOSE } from "../function-call.js";
import { serve, type ServedFunction, type ServeOptions } from "../serve.js";

export const KEY = "a-key-that-is-long-enough-to-be-one";
export const KEYS = { SYSTOLE_KEYS: `web=${KEY} mail=${KEY.replace("key", "KEY")}` };
export const resource = { name: "lamp", args: ["lamp"], parameters: { colour: "red" } };
export const start = {
  port: "resource-agent",
  operation: "start",
  resource,
  node: "alpha",
} as const satisfies WithoutTime;
export const status = { ...start, operation: "status" } as const satisfies WithoutTime;

/** What the lamp has done, and what the console was told. */
export const done: string[] = [];
export const logged: string[] = [];

/** Before each test. */
export function begin(): void {
  done.length = 0;
  logged.length = 0;
  for (const level of ["info", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void logged.push(line));
}

/** After each test. */
export function end(): void {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
}

export const lamp = definePlugin({
  name: "lamp",
  runtimes: ["node", "lambda"],
  register(host) {
    host.provide(ResourceAgent, "lamp", {
      inject: [Logger],
      create(log): ResourceAgent {
        const say =
          (state: "running" | "stopped", word: string): ResourceAgent["start"] =>
          async ({ parameters }, signal, options) => {
            if (parameters["colour"] === "slow")
              await new Promise((_, fail) =>
                signal.addEventListener("abort", () => fail(new Error("too slow"))),
              );
            if (parameters["colour"] === "odd") throw new Error("x".repeat(10_000));
            done.push(`${word} ${options?.node}`);
            log.info("lamp.done", { word });
            return { ok: true, state };
          };
        return {
          supports: { announce: false },
          start: say("running", "start"),
          stop: say("stopped", "stop"),
          status: say("running", "status"),
          validate: async ({ args }) => (args.length === 1 ? [] : ["a lamp has one argument"]),
        };
      },
    });
    for (const name of ["left", "right"])
      host.provide(Notifier, name, {
        inject: [],
        create: () => ({ notify: async (event) => void done.push(`${name} ${event.name}`) }),
      });
  },
});

export function connect(
  plugin: Plugin = lamp,
  options: ServeOptions = {},
  env: object = KEYS,
): ServedFunction {
  const served = serve(plugin, options);
  vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
    served.fetch(new Request(url, init), { ...env }),
  );
  return served;
}

export function signed(call: WithoutTime, change: Partial<Call> = {}, withinMs = 5000): Call {
  return {
    url: "https://function.example/",
    key: KEY,
    keyName: "web",
    purpose: FUNCTION_PURPOSE,
    id: crypto.randomUUID(),
    dateMs: Date.now(),
    body: JSON.stringify({ ...call, untilMs: Date.now() + withinMs }),
    ...change,
  };
}

export async function ask(
  call: WithoutTime,
  change: Partial<Call> = {},
  withinMs?: number,
): Promise<unknown> {
  const attempt = await attemptCall(signed(call, change, withinMs), new AbortController().signal);
  return attempt.kind === "answered" ? JSON.parse(attempt.body) : attempt;
}
