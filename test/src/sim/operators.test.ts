// What operators ask for by name: one group is moved, one resource is restarted, and each request is answered once it is done.
import { beforeEach, describe, expect, it } from "vitest";
import type { GroupSpec } from "@systole/core/ports";
import { SimulatedCluster } from "./simulated-cluster.js";

const group = (key: string, home: string, ...more: readonly string[]): GroupSpec => {
  return { key, home, resources: [key, ...more].map((name) => ({ name, agent: "lsb" })) };
};
const GROUPS = [group("web", "alpha", "nginx", "cache"), group("mail", "alpha")];
const LONG_MS = 10_000;
let cluster: SimulatedCluster;

function cold(nodes: readonly string[], options = {}): void {
  cluster = new SimulatedCluster({ nodes, groups: GROUPS, ...options });
  for (const name of nodes) cluster.start(name);
  cluster.until(() => cluster.stable() && cluster.serving("cache").length === 1, 6 * LONG_MS, "it serves");
  cluster.run(1000);
}

function answer(id: number): { ok: boolean; reason: string } {
  cluster.until(() => cluster.answers.has(id), LONG_MS, "it is answered");
  return cluster.answers.get(id) ?? { ok: false, reason: "" };
}

describe("a group is moved", () => {
  beforeEach(() => cold(["alpha", "bravo", "charlie"]));

  it.each(["alpha", "bravo", "charlie"])("to the node that is named, alone, asked for on %s", (asked) => {
    const { ok, reason } = answer(cluster.move(asked, "web", "charlie"));
    expect([ok, reason]).toEqual([true, "web runs on charlie"]);
    expect([cluster.holders("cache"), cluster.holders("mail")]).toEqual([["charlie"], ["alpha"]]);
    cluster.run(LONG_MS);
    expect(cluster.holders("cache")).toEqual(["charlie"]);
  });

  it("by the name of a resource, to the next that can take it, and back", () => {
    expect(answer(cluster.move("alpha", "nginx"))).toEqual({ ok: true, reason: "web runs on bravo" });
    expect(answer(cluster.move("charlie", "web"))).toEqual({ ok: true, reason: "web runs on alpha" });
  });

  it("and nowhere when there is nothing to do, or nobody to do it", () => {
    expect(answer(cluster.move("bravo", "web", "alpha"))).toEqual({
      ok: true,
      reason: "nothing to do: web runs on alpha",
    });
    expect(answer(cluster.move("alpha", "print"))).toMatchObject({
      ok: false,
      reason: expect.stringMatching("web, mail") as string,
    });
    expect(answer(cluster.move("alpha", "web", "delta"))).toMatchObject({
      ok: false,
      reason: expect.stringMatching("no node delta") as string,
    });
    cluster.kill("charlie", true);
    cluster.run(3000);
    expect(answer(cluster.move("alpha", "web", "charlie"))).toMatchObject({
      ok: false,
      reason: expect.stringMatching("charlie is dead") as string,
    });
    expect(cluster.holders("cache")).toEqual(["alpha"]);
  });

  it("and is said not to have started when it does not start there", () => {
    cluster.failures.set("charlie cache start", { ok: false, kind: "error", reason: "no disk" });
    expect(answer(cluster.move("alpha", "web", "charlie")).ok).toBe(false);
    cluster.until(
      () => cluster.stable() && cluster.serving("cache").length === 1,
      LONG_MS,
      "it serves elsewhere",
    );
  });
});

describe("a resource is restarted", () => {
  beforeEach(() => cold(["alpha", "bravo"]));
  const since = () => {
    const count = cluster.operations.length;
    return () => cluster.operations.slice(count).filter((line) => /(start|stop) /.test(line));
  };

  it("with what was started after it, in order, where it runs", () => {
    const done = since();
    expect(answer(cluster.restart("alpha", "nginx"))).toEqual({ ok: true, reason: "nginx was restarted" });
    expect(done()).toEqual([
      "alpha stop cache",
      "alpha stop nginx",
      "alpha start nginx",
      "alpha start cache",
    ]);
    expect(cluster.view("alpha").groups[0]?.resources.every(({ failures }) => failures === undefined)).toBe(
      true,
    );
  });

  it("or the whole group", () => {
    const done = since();
    expect(answer(cluster.restart("alpha", "web")).ok).toBe(true);
    expect(done()).toHaveLength(6);
  });

  it("only where it runs, and only one that there is", () => {
    const done = since();
    expect(answer(cluster.restart("bravo", "nginx"))).toMatchObject({
      ok: false,
      reason: expect.stringMatching("not started here") as string,
    });
    expect(answer(cluster.restart("alpha", "print"))).toMatchObject({
      ok: false,
      reason: expect.stringMatching("web, mail") as string,
    });
    expect(done()).toEqual([]);
  });

  it("and runs elsewhere when it does not start again; the operator is told", () => {
    cluster.failures.set("alpha nginx start", { ok: false, kind: "error", reason: "port 80 is taken" });
    const { ok, reason } = answer(cluster.restart("alpha", "nginx"));
    expect([ok, reason]).toEqual([false, "nginx was stopped and does not start: port 80 is taken"]);
    cluster.until(() => cluster.serving("cache").join() === "bravo", LONG_MS, "bravo serves");
  });
});

it("beside a heartbeat a group does not move alone, and a resource is restarted all the same", () => {
  cold(["alpha", "bravo"], { asHeartbeats: true });
  expect(answer(cluster.move("alpha", "web"))).toMatchObject({
    ok: false,
    reason: expect.stringMatching("systole standby") as string,
  });
  expect(answer(cluster.restart("alpha", "nginx"))).toEqual({ ok: true, reason: "nginx was restarted" });
});

it("engines that go on from what was saved answer as well", () => {
  cold(["alpha", "bravo"], { resumed: true });
  expect(answer(cluster.restart("alpha", "nginx")).ok).toBe(true);
  expect(answer(cluster.move("alpha", "web", "bravo")).ok).toBe(true);
});
