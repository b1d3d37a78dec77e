import { describe, expect, it } from "vitest";
import { Clock, Logger, named, Network, Store, SystoleError, token, type Token } from "../ports/index.js";
import { ServiceContainer } from "./container.js";
import { inject, injectable, type ServiceClass } from "./service-class.js";
import { TsyringeTable } from "./tsyringe-table.js";

interface Part {
  readonly name: string;
  readonly parts: readonly unknown[];
}

const A = token<Part>("a", 1);
const B = token<Part>("b", 1);

function part(name: string, ...wanted: readonly Token<unknown>[]) {
  return { inject: wanted, create: (...parts: readonly unknown[]): Part => ({ name, parts }) };
}

const clock: Clock = { nowMs: () => 7, wallMs: () => 7, wakeAt: () => () => undefined };

/** The code of the error that `act` throws. */
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof SystoleError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return "nothing was thrown";
}

describe("ServiceContainer", () => {
  it("gives a provider what it injects, by type, and makes each once", () => {
    const container = new ServiceContainer(new TsyringeTable());
    let made = 0;
    container.provide("p", A, "one", {
      inject: [B, Clock],
      create: (b: Part, time: Clock) => ({ name: `${b.name} at ${time.nowMs()}`, parts: [(made += 1)] }),
    });
    container.provide("q", B, "two", part("two"));
    container.provideValue("host", Clock, "host", clock);
    container.freeze({});
    expect(container.resolve(A, "one")).toEqual({ name: "two at 7", parts: [1] });
    expect(container.resolve(A)).toBe(container.resolve(A, "one"));
    expect(container.seal().map((service) => service.name)).toEqual(["two", "one"]);
  });

  it("keeps two clusters apart", () => {
    const [left, right] = [
      new ServiceContainer(new TsyringeTable()),
      new ServiceContainer(new TsyringeTable()),
    ];
    left.provide("p", A, "x", part("left"));
    right.provide("p", A, "x", part("right"));
    left.freeze({});
    right.freeze({});
    expect([left.resolve(A).name, right.resolve(A).name]).toEqual(["left", "right"]);
  });

  it("takes the chosen provider of several, and lists them when none is chosen", () => {
    const offer = (services: Record<string, string>) => {
      const container = new ServiceContainer(new TsyringeTable());
      container.provide("p", A, "one", part("one"));
      container.provide("q", A, "two", part("two"));
      container.freeze(services);
      return container;
    };
    expect(offer({ a: "two" }).resolve(A).name).toBe("two");
    expect(offer({}).resolve(A, "one").name).toBe("one");
    expect(codeOf(() => offer({}).resolve(A))).toMatch(/^PLUGIN_UNRESOLVED.*"one" \(p\), "two" \(q\)/);
    expect(codeOf(() => offer({ a: "three" }).resolve(A))).toMatch(/^PLUGIN_UNRESOLVED.*"three"/);
  });

  it("takes the provider that an injection names, whatever is chosen for others, and lists them when it is not there", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", B, "red", part("red"));
    container.provide("q", B, "blue", part("blue"));
    container.provide("r", B, "mixed", part("mixed", named(B, "blue")));
    container.freeze({ b: "red" });
    expect(container.resolve(B, "mixed").parts).toEqual([{ name: "blue", parts: [] }]);
    expect(container.resolve(B).name).toBe("red");
    const other = new ServiceContainer(new TsyringeTable());
    other.provide("r", B, "mixed", part("mixed", named(B, "green")));
    expect(codeOf(() => other.freeze({}))).toContain('no b is named "green", as the configuration says');
    const circle = new ServiceContainer(new TsyringeTable());
    circle.provide("r", B, "mixed", part("mixed", named(B, "mixed")));
    expect(codeOf(() => circle.freeze({}))).toContain("PLUGIN_CYCLE");
  });

  it("refuses a second registration of a port and name, and any after freezing", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", A, "one", part("one"));
    expect(codeOf(() => container.provide("q", A, "one", part("one")))).toMatch(
      /^PLUGIN_DUPLICATE.*by p and by q/,
    );
    container.freeze({});
    expect(codeOf(() => container.provide("q", B, "two", part("two")))).toMatch(/^PLUGIN_REGISTER_FAILED/);
  });

  it("names the circle", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", A, "one", part("one", B));
    container.provide("q", B, "two", part("two", A));
    expect(codeOf(() => container.freeze({}))).toMatch(/^PLUGIN_CYCLE: .*a:one → b:two → a:one/);
  });

  it("refuses to freeze when an injection has nobody behind it", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", A, "one", part("one", Network));
    expect(codeOf(() => container.freeze({}))).toMatch(/^PLUGIN_UNRESOLVED: a:one of p wants network/);
  });

  it("says who could not be created, also from inside a class", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", Clock, "broken", {
      inject: [],
      create: () => {
        throw new Error("no time");
      },
    });
    container.provideClass("host", Logger, "host", ClockedService);
    container.freeze({});
    expect(codeOf(() => container.resolve(Logger))).toBe(
      "PLUGIN_START_FAILED: clock:broken of plugin p could not be created: no time",
    );
  });

  it("refuses what is no object, and promises", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", A as Token<unknown>, "nothing", { inject: [], create: () => undefined });
    container.provide("p", A as Token<unknown>, "later", { inject: [], create: () => Promise.resolve({}) });
    container.freeze({});
    expect(codeOf(() => container.resolve(A, "nothing"))).toMatch(/^PLUGIN_START_FAILED.*no object/);
  });

  it("gives only what exists once it is sealed", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provide("p", A, "one", part("one"));
    container.provide("p", A, "two", part("two"));
    container.freeze({});
    container.resolve(A, "two");
    container.seal();
    expect(container.names(A)).toEqual(["two"]);
    expect(codeOf(() => container.resolve(A, "one"))).toMatch(/^PLUGIN_UNRESOLVED.*not made/);
  });
});

@injectable()
class ClockedService {
  constructor(@inject(Clock.id) readonly clock: Clock) {}
}

@injectable()
class ForgetfulService {
  constructor(
    @inject(Clock.id) readonly clock: Clock,
    readonly store: Store,
  ) {}
}

describe("host services as classes", () => {
  it("are given their ports", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provideValue("host", Clock, "host", clock);
    container.provideClass("host", Logger, "host", ClockedService);
    container.freeze({});
    const service: unknown = container.resolve(Logger);
    expect(service).toBeInstanceOf(ClockedService);
    expect((service as ClockedService).clock).toBe(clock);
    expect(container.resolve(Logger)).toBe(service);
  });

  it("are refused when a parameter has no @inject, instead of being given undefined", () => {
    const container = new ServiceContainer(new TsyringeTable());
    expect(() =>
      container.provideClass("host", Logger, "host", ForgetfulService as unknown as ServiceClass),
    ).toThrow(/Parameter 2 of the constructor of ForgetfulService/);
  });

  it("take part in circles", () => {
    const container = new ServiceContainer(new TsyringeTable());
    container.provideClass("host", Logger, "host", ClockedService);
    container.provide("p", Clock, "logged", { inject: [Logger], create: () => clock });
    expect(codeOf(() => container.freeze({}))).toMatch(
      /^PLUGIN_CYCLE.*logger:host → clock:logged → logger:host/,
    );
  });
});
