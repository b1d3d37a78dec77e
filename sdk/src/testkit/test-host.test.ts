import { createServer } from "node:net";
import {
  Clock,
  Companion,
  Logger,
  Network,
  Processes,
  ResourceAgent,
  Store,
  Transport,
  type Plugin,
} from "@systole/core/ports";
import { describe, expect, it } from "vitest";
import { definePlugin } from "../define-plugin.js";
import { MemoryTransport, MemoryHub } from "./memory-transport.js";
import { RealClock } from "../real-clock.js";
import { service } from "../hosting/provided-services.js";
import { TestHost } from "./test-host.js";

const live = new AbortController().signal;

/** Provides a transport that needs a store of its own, and a companion that needs the transport. */
function chain(started: string[], stopFails = false): Plugin {
  const part = (name: string) => ({
    start: async () => void started.push(`+${name}`),
    stop: async () => {
      started.push(`-${name}`);
      if (stopFails && name === "watcher") throw new Error("stuck");
    },
  });
  return definePlugin({
    name: "chain",
    runtimes: ["node"],
    register(host) {
      host.provide(Companion, "watcher", { inject: [Transport, Logger], create: () => part("watcher") });
      host.provide(Transport, "wire", {
        inject: [Clock],
        create: () => Object.assign(new MemoryHub().transport("a", "wire"), part("wire")),
      });
    },
  });
}

function leaky(open: (clock: Clock, network: Network) => void): Plugin {
  return definePlugin({
    name: "leaky",
    runtimes: ["node"],
    register(host) {
      host.provide(Companion, "leaky", {
        inject: [Clock, Network],
        create: (clock, network) => ({
          start: async () => open(clock, network),
          stop: async () => undefined,
        }),
      });
    },
  });
}

describe("TestHost", () => {
  it("makes and starts in the order of dependencies, and stops in the reverse", async () => {
    const started: string[] = [];
    const host = await TestHost.boot(chain(started));
    expect(host.provided.map(({ name }) => name)).toEqual(["wire", "watcher"]);
    expect(host.get(Transport, "wire")).toBeInstanceOf(MemoryTransport);
    expect(() => host.get(Store)).toThrow(/does not provide one store; it provides transport "wire"/);
    await host.start();
    await host.close();
    expect(started).toEqual(["+wire", "+watcher", "-watcher", "-wire"]);
  });

  it("stops the others when one does not stop, and says so", async () => {
    const started: string[] = [];
    const host = await TestHost.boot(chain(started, true));
    await host.start();
    await expect(host.stop()).rejects.toMatchObject({ code: "PLUGIN_STOP_FAILED" });
    expect(started.at(-1)).toBe("-wire");
  });

  it("bounds a start that hangs", async () => {
    const plugin = definePlugin({
      name: "hanging",
      runtimes: ["node"],
      register: (host) =>
        host.provide(Companion, "hanging", {
          inject: [],
          create: () => ({ start: () => new Promise(() => undefined), stop: async () => undefined }),
        }),
    });
    const host = await TestHost.boot(plugin, { deadlineMs: 20 });
    await expect(host.start()).rejects.toMatchObject({
      code: "PLUGIN_START_FAILED",
      message: 'companion "hanging" did not start: start of companion "hanging" did not settle within 20 ms',
    });
  });

  it("names what a plugin leaves open", async () => {
    const stops: (() => void)[] = [];
    const host = await TestHost.boot(
      leaky((clock, network) => {
        clock.wakeAt(1000, () => undefined);
        network.links.watch(() => undefined);
        const timer = setInterval(() => undefined, 60_000);
        const server = createServer().listen(0, "127.0.0.1");
        stops.push(() => {
          clearInterval(timer);
          server.close();
        });
      }),
    );
    await host.start();
    await expect(host.close()).rejects.toThrow(
      /1 alarms of the clock that are still set; 1 watchers of the network .*; 1 timers of the runtime; 1 listening sockets/,
    );
    for (const stop of stops) stop();
  });

  it("takes a test's own service before a fake, and says which port has none", async () => {
    const clock = new RealClock();
    let given: Clock | undefined;
    const plugin = leaky((used) => void (given = used));
    await (await TestHost.boot(plugin, { services: [service(Clock, clock)] })).start();
    expect(given).toBe(clock);
    const wanting = definePlugin({
      name: "wanting",
      runtimes: ["node"],
      register: (host) =>
        host.provide(Companion, "x", {
          inject: [Transport],
          create: (transport) => ({ start: () => transport.start(live), stop: () => transport.stop(live) }),
        }),
    });
    await expect(TestHost.boot(wanting)).rejects.toMatchObject({
      code: "PLUGIN_UNRESOLVED",
      message: expect.stringMatching(/^companion "x" wants transport@1, for which there is no fake/),
    });
  });

  it("judges the configuration, and refuses what a plugin may not do while it registers", async () => {
    const schema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => ({ issues: [{ message: "no", path: ["a"] }] }),
      },
    } as const;
    const base = { name: "odd", runtimes: ["node"] } as const;
    const boot = (plugin: Plugin, config?: unknown) => TestHost.boot(plugin, { config });
    const configured = definePlugin({ ...base, config: schema, register: () => undefined });
    await expect(boot(configured)).rejects.toMatchObject({ code: "PLUGIN_CONFIG_INVALID", message: /a: no/ });
    const plain = definePlugin({ ...base, register: () => undefined });
    await expect(boot(plain, {})).rejects.toMatchObject({ code: "PLUGIN_CONFIG_INVALID" });
    const late = definePlugin({ ...base, register: async () => undefined });
    await expect(boot(late)).rejects.toMatchObject({ code: "PLUGIN_REGISTER_FAILED" });
    const twice = definePlugin({
      ...base,
      register(host) {
        const agent = { inject: [], create: () => ({}) as ResourceAgent };
        host.provide(ResourceAgent, "a", agent);
        host.provide(ResourceAgent, "a", agent);
      },
    });
    await expect(boot(twice)).rejects.toMatchObject({ code: "PLUGIN_DUPLICATE" });
  });

  it("runs programs that the test wrote", async () => {
    let processes: Processes | undefined;
    const plugin = definePlugin({
      name: "runner",
      runtimes: ["node"],
      register: (host) =>
        host.provide(Companion, "runner", {
          inject: [Processes],
          create: (given) => {
            processes = given;
            return { start: async () => undefined, stop: async () => undefined };
          },
        }),
    });
    const host = await TestHost.boot(plugin);
    host.processes.install("echo", ({ args }) => ({ stdout: args.join(" ") }));
    host.processes.install("sleep", () => new Promise(() => undefined));
    const run = (command: string, ...args: string[]) =>
      processes?.run({ command, args, timeoutMs: 1000 }, live);
    expect(await run("echo", "a", "b")).toMatchObject({ exitCode: 0, stdout: "a b", timedOut: false });
    await expect(run("nothing")).rejects.toMatchObject({ code: "PROCESS_SPAWN_FAILED" });
    const sleeping = run("sleep");
    expect(await host.leaks()).toContain("1 programs that are still running");
    await host.clock.advanceAsync(1000);
    expect(await sleeping).toMatchObject({ exitCode: null, timedOut: true, elapsedMs: 1000 });
    expect(await host.leaks()).toEqual([]);
  });
});
