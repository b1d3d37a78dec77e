import { describe, expect, it } from "vitest";
import {
  Clock,
  Logger,
  Network,
  ResourceAgent,
  SystoleError,
  token,
  Transport,
  type Plugin,
  type PluginHost,
  type StandardSchema,
  type Token,
} from "../ports/index.js";
import { hostService, type Composition } from "./composition.js";
import { checkPlugins } from "./plugin-checks.js";
import { composePlugins } from "./plugin-host.js";

const clock: Clock = { nowMs: () => 0, wallMs: () => 0, wakeAt: () => () => undefined };
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => logger,
};

type Register = (host: PluginHost, config: never) => void;

function plugin(name: string, register: Register, rest: Partial<Plugin> = {}): Plugin {
  return { kind: "systole.plugin", sdk: "0.1.0", name, runtimes: ["node"], register, ...rest };
}

function composition(plugins: readonly Plugin[], rest: Partial<Composition> = {}): Composition {
  return {
    runtime: "node",
    plugins: plugins.map((each) => ({ plugin: each })),
    required: [],
    services: {},
    hostServices: [hostService(Clock, clock), hostService(Logger, logger)],
    ...rest,
  };
}

/** A plugin that offers one loose part of a port. */
function offers(
  port: Token<unknown>,
  name: string,
  wants: readonly Token<unknown>[] = [],
  part: object = {},
) {
  return plugin(`plugin-of-${name}`, (host) =>
    host.provide(port, name, { inject: wants, create: () => part }),
  );
}

const even: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) =>
      typeof value === "number" && value % 2 === 0
        ? { value: value / 2 }
        : { issues: [{ message: "must be even", path: ["port", { key: 0 }] }] },
  },
};

const codes = async (given: Composition) => (await checkPlugins(given)).map((problem) => problem.code);

describe("checkPlugins", () => {
  it("finds nothing wrong with a sound composition", async () => {
    const sound = composition(
      [offers(Network, "linux", [Logger]), offers(Transport, "eth0", [Network, Clock])],
      {
        required: [{ port: Transport, names: ["eth0"] }, { port: Network }],
      },
    );
    expect(await checkPlugins(sound)).toEqual([]);
  });

  it("reports all problems at once, each with its plugin", async () => {
    const stranger = { name: "stranger", register: () => undefined } as unknown as Plugin;
    const problems = await checkPlugins(
      composition(
        [
          stranger,
          plugin("for-workers", () => undefined, { runtimes: ["workers"] }),
          plugin("from-the-future", () => undefined, { sdk: "0.2.0" }),
          plugin("strict", () => undefined, { config: even }),
          plugin("thrower", () => {
            throw new Error("boom");
          }),
          offers(Transport, "eth0", [Network]),
        ],
        { required: [{ port: ResourceAgent, names: ["nginx"] }] },
      ),
    );
    expect(problems.map(({ code, plugin: who }) => `${code} ${who}`)).toEqual([
      "PLUGIN_MISSING stranger",
      "PLUGIN_RUNTIME_UNSUPPORTED for-workers",
      "PLUGIN_CONTRACT_MISMATCH from-the-future",
      "PLUGIN_CONFIG_INVALID strict",
      "PLUGIN_REGISTER_FAILED thrower",
      "PLUGIN_UNRESOLVED plugin-of-eth0",
      "PLUGIN_UNRESOLVED host",
    ]);
    expect(problems[3]?.message).toBe("Configuration of strict: port.0: must be even");
    expect(problems[6]?.message).toMatch(
      /resource-agent "nginx".*none is offered.*It may come from stranger/,
    );
  });

  it("calls no code of a plugin that does not fit", async () => {
    let called = false;
    const spy = plugin("spy", () => void (called = true), { sdk: "0.9.0" });
    expect(await codes(composition([spy]))).toEqual(["PLUGIN_CONTRACT_MISMATCH"]);
    expect(called).toBe(false);
  });

  it("refuses a plugin that is named twice, and a port's name that is offered twice", async () => {
    const twins = [offers(Network, "linux"), offers(Network, "linux")];
    expect(await codes(composition(twins))).toEqual(["PLUGIN_DUPLICATE"]);
    const rivals = [offers(Network, "linux"), { ...offers(Network, "linux"), name: "rival" }];
    const [problem] = await checkPlugins(composition(rivals));
    expect(problem).toMatchObject({ code: "PLUGIN_DUPLICATE", plugin: "rival" });
    expect(problem?.message).toMatch(/by plugin-of-linux and by rival/);
  });

  it("recognises a port of another contract by its name, and says both numbers", async () => {
    const Transport7 = token<unknown>("transport", 7);
    const problems = await checkPlugins(
      composition([offers(Transport7, "eth0"), offers(Network, "linux", [Transport7])]),
    );
    expect(problems.map((problem) => problem.code)).toEqual([
      "PLUGIN_CONTRACT_MISMATCH",
      "PLUGIN_CONTRACT_MISMATCH",
    ]);
    expect(problems[0]?.message).toMatch(/transport@7.*transport@1.*Install/);
  });

  it("refuses a register that returns a promise, and one that declares nonsense", async () => {
    const late = plugin("late", async () => Promise.reject(new Error("unheard")));
    const sloppy = plugin("sloppy", (host) => {
      const careless = host.provide as (...given: readonly unknown[]) => void;
      careless("transport", "eth0", {});
      careless(Transport, "", {});
      careless(Transport, "eth0", { inject: [undefined], create: () => ({}) });
      careless(Transport, "eth0", { inject: [] });
    });
    const problems = await checkPlugins(composition([late, sloppy]));
    expect(problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(/late returns a promise/),
      expect.stringMatching(/not a port's token/),
      expect.stringMatching(/has no name/),
      expect.stringMatching(/not a list of tokens/),
      expect.stringMatching(/not a function/),
    ]);
  });

  it("refuses a provide that comes after register", async () => {
    let kept: PluginHost | undefined;
    await checkPlugins(composition([plugin("keeper", (host) => void (kept = host))]));
    expect(() => kept?.provide(Network, "late", { inject: [], create: () => ({}) as Network })).toThrow(
      /after register has returned/,
    );
  });

  it("finds circles and choices that lead nowhere", async () => {
    const circle = [offers(Network, "linux", [Transport]), offers(Transport, "eth0", [Network])];
    const [problem] = await checkPlugins(composition(circle));
    expect(problem?.code).toBe("PLUGIN_CYCLE");
    expect(problem?.message).toMatch(/network:linux → transport:eth0 → network:linux/);
    expect(await codes(composition([], { services: { network: "bsd" } }))).toEqual(["PLUGIN_UNRESOLVED"]);
    expect(await codes(composition([], { hostServices: [] }))).toEqual(["PLUGIN_UNRESOLVED"]);
  });

  it("refuses configuration for a plugin that takes none, and survives a schema that throws", async () => {
    const plain = plugin("plain", () => undefined);
    const wild: StandardSchema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => {
          throw new Error("no mood");
        },
      },
    };
    const problems = await checkPlugins(
      composition([], {
        plugins: [
          { plugin: plain, with: { port: 694 } },
          { plugin: plugin("wild", () => undefined, { config: wild }), with: 1 },
        ],
      }),
    );
    expect(problems.map((problem) => problem.message)).toEqual([
      "Configuration of plain: the plugin takes none; remove it.",
      "Configuration of wild: its schema failed: no mood",
    ]);
  });
});

describe("composePlugins", () => {
  const life = (log: string[], name: string) => ({
    start: async () => void log.push(`+${name}`),
    stop: async () => void log.push(`-${name}`),
  });

  it("hands each plugin what its schema returned, and makes only what is required and injected", async () => {
    const log: string[] = [];
    const halved: unknown[] = [];
    const media = plugin(
      "media",
      (host, config) => {
        halved.push(config);
        for (const name of ["eth0", "eth1", "eth2"])
          host.provide(Transport as Token<unknown>, name, {
            inject: [Network],
            create: () => life(log, name),
          });
      },
      { config: even },
    );
    const services = await composePlugins(
      composition([], {
        plugins: [{ plugin: media, with: 8 }, { plugin: offers(Network, "linux", [], life(log, "linux")) }],
        required: [{ port: Transport, names: ["eth2", "eth0", "eth2"] }],
      }),
    );
    expect(halved).toEqual([4]);
    expect(services.names(Transport)).toEqual(["eth0", "eth2"]);
    expect(services.names(Network)).toEqual(["linux"]);
    expect(services.get(Logger)).toBe(logger);
    expect(() => services.get(Transport, "eth1")).toThrow(/transport:eth1 of media was not made/);
    await services.start(new AbortController().signal);
    await services.stop(new AbortController().signal);
    expect(log).toEqual(["+linux", "+eth2", "+eth0", "-eth0", "-eth2", "-linux"]);
  });

  it("does not take an agent's start for its own", async () => {
    const log: string[] = [];
    const services = await composePlugins(
      composition([offers(ResourceAgent, "nginx", [], life(log, "nginx"))], {
        required: [{ port: ResourceAgent, names: ["nginx"] }],
      }),
    );
    await services.start(new AbortController().signal);
    expect(log).toEqual([]);
  });

  it("throws one error with every problem, having made nothing", async () => {
    let made = 0;
    const eager = plugin("eager", (host) =>
      host.provide(Network as Token<unknown>, "linux", { inject: [], create: () => ({ made: (made += 1) }) }),
    );
    const refusal = composePlugins(
      composition([eager, offers(Transport, "eth0", [ResourceAgent])], {
        required: [{ port: Network }, { port: Transport, names: ["eth7"] }],
      }),
    );
    const error: unknown = await refusal.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SystoleError);
    expect((error as SystoleError).details["problems"]).toHaveLength(2);
    expect(made).toBe(0);
  });
});
