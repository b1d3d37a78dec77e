// What Systole decides where Pacemaker has no word for it, or keeps it to itself: times, reasons, what is not configured any more.
import { place, type Placement } from "@systole/core/engine";
import { describe, expect, it } from "vitest";
import { NOW_MS, rulesFor, stateFor, type Situation } from "./situation.js";

function placed(
  situation: Omit<Situation, "title">,
  state: Partial<ReturnType<typeof stateFor>> = {},
): Placement {
  const whole = { title: "", ...situation };
  return place(rulesFor(whole), { ...stateFor(whole), ...state });
}

function where(placement: Placement, group: string): string | undefined {
  return placement.instances.find((one) => one.group === group)?.node;
}

function why(placement: Placement, group: string): string | undefined {
  return placement.instances.find((one) => one.group === group)?.why;
}

describe("failback after a time", () => {
  const web = { groups: { web: { prefer: ["alpha"], failback: { afterMs: 300_000 } } }, runs: ["web bravo"] };
  const online = (sinceMs: number) => ({
    nodes: ["alpha", "bravo", "charlie"].map((name) => ({
      name,
      standing: "online" as const,
      onlineSinceMs: sinceMs,
    })),
  });

  it("stays as long as the better node is new, and says until when", () => {
    const early = placed(web, online(NOW_MS - 299_999));
    expect([where(early, "web"), early.actions, early.againAtMs]).toEqual(["bravo", [], NOW_MS + 1]);
  });

  it("goes home when the time is over", () => {
    const late = placed(web, online(NOW_MS - 300_000));
    expect([where(late, "web"), late.againAtMs]).toEqual(["alpha", Infinity]);
    expect(late.actions.map(({ id }) => id)).toEqual(["start web on alpha", "stop web on bravo"]);
  });

  it("does not wait when it runs nowhere, nor when where it runs is given up", () => {
    expect(where(placed({ groups: web.groups }, online(NOW_MS)), "web")).toBe("alpha");
    const nodes = { alpha: "online", bravo: "standby", charlie: "online" } as const;
    const leaving = online(NOW_MS).nodes.map((one) => ({
      ...one,
      standing: nodes[one.name as keyof typeof nodes],
    }));
    expect(where(placed({ ...web, nodes }, { nodes: leaving }), "web")).toBe("alpha");
  });
});

describe("what ends by itself", () => {
  it("asks again when a failure is forgotten", () => {
    const rules = { failureTimeoutMs: 60_000 };
    const { againAtMs } = placed({ groups: { web: { rules } }, failures: ["web alpha 3 20s"] });
    expect(againAtMs).toBe(NOW_MS + 40_000);
  });

  it("asks again when a ban ends, and forgets one that has", () => {
    const ban = (untilMs: number) => ({
      wishes: [{ kind: "ban" as const, group: "web", node: "alpha", untilMs }],
    });
    const during = placed({ groups: { web: {} } }, ban(NOW_MS + 5));
    expect([where(during, "web"), during.againAtMs]).toEqual(["bravo", NOW_MS + 5]);
    const past = placed({ groups: { web: {} } }, ban(NOW_MS));
    expect([where(past, "web"), past.againAtMs]).toEqual(["alpha", Infinity]);
  });
});

describe("what is not configured any more", () => {
  it("is stopped wherever it runs, and left alone in maintenance", () => {
    const runs = ["old alpha", "old:1 bravo", "web charlie"];
    const stopped = placed({ groups: { web: {} }, runs });
    expect(stopped.actions.map(({ id }) => id)).toEqual(["stop old:0 on alpha", "stop old:1 on bravo"]);
    expect(stopped.actions[0]?.why).toBe("it is not in the configuration any more");
    expect(placed({ groups: { web: {} }, runs, maintenance: "cluster" }).actions).toEqual([]);
  });

  it("leaves a node that was removed", () => {
    const { actions } = placed(
      { nodes: { bravo: "online" }, groups: { web: {} }, runs: ["web alpha"] },
      { nodes: ["alpha", "bravo"].map((name) => ({ name, standing: "online" })) },
    );
    expect(actions.map(({ id }) => id)).toEqual(["start web on bravo", "stop web on alpha"]);
  });
});

describe("names and places", () => {
  it("takes the name of a resource for that of its group", () => {
    const groups = { web: { resources: ["address", "nginx"] }, db: {} };
    const bans = ["nginx alpha", "address bravo"];
    const constraints = [{ kind: "together" as const, names: ["nginx", "db"] as const }];
    const placement = placed({ groups, bans, constraints });
    expect([where(placement, "web"), where(placement, "db")]).toEqual(["charlie", "charlie"]);
  });

  it("keeps sites apart", () => {
    const rules = rulesFor({ title: "", groups: { a: { prefer: ["alpha"] }, b: { prefer: ["bravo"] } } });
    const sites = ["north", "north", "south"];
    const nodes = rules.nodes.map((node, index) => ({ ...node, site: sites[index] ?? "" }));
    const constraints = [{ kind: "apart" as const, names: ["a", "b"] as const, by: "site" }];
    const placement = place({ ...rules, nodes, constraints }, stateFor({ title: "", groups: {} }));
    expect([where(placement, "a"), where(placement, "b")]).toEqual(["alpha", "charlie"]);
  });

  it("follows a preference where only musts differ otherwise", () => {
    const groups = { a: { clone: {} }, b: { prefer: { charlie: 5 } }, c: {} };
    const constraints = [{ kind: "together" as const, names: ["a", "b"] as const }];
    expect(where(placed({ groups, constraints }), "b")).toBe("charlie");
  });
});

describe("reasons", () => {
  it("say why a group is where it is", () => {
    const groups = { web: { prefer: ["alpha", "bravo"], stickiness: 500 } };
    expect(why(placed({ groups }), "web")).toBe("alpha is the best: it is worth 200, bravo 100, charlie 0");
    expect(why(placed({ groups, runs: ["web charlie"] }), "web")).toBe(
      "it stays where it runs: charlie is worth 500, alpha 200, bravo 100",
    );
    expect(why(placed({ groups, runs: ["web charlie"], moves: ["web bravo"] }), "web")).toBe(
      "an operator moved it to bravo",
    );
    expect(why(placed({ groups, runs: ["web alpha failed"], failures: ["web alpha 3"] }), "web")).toBe(
      "web failed 3 times on alpha; bravo is the best: it is worth 100, charlie 0",
    );
  });

  it("say why a group is nowhere, node by node", () => {
    const nodes = {
      alpha: "standby",
      bravo: "lost",
      charlie: "online",
      delta: "online",
      echo: "unclean",
    } as const;
    const groups = { a: { prefer: ["delta"] }, web: { never: ["charlie"] } };
    const constraints = [{ kind: "apart" as const, names: ["a", "web"] as const }];
    expect(why(placed({ nodes, groups, constraints }), "web")).toBe(
      "no node can run it: alpha is in standby; bravo is not there; it is never to run on charlie; it is never to run with a, which is on delta; echo is not heard, and must be fenced",
    );
  });

  it("say what a group waits for that has a node", () => {
    const groups = { db: { never: ["alpha", "bravo", "charlie"] }, web: {} };
    const constraints = [{ kind: "start-after" as const, after: "db", start: "web" }];
    const placement = placed({ groups, constraints });
    expect([where(placement, "web"), why(placement, "web")]).toEqual([
      undefined,
      "it starts only after db, which does not run",
    ]);
  });
});

describe("actions", () => {
  it("leave independent work unordered, and wait for one fence only", () => {
    const nodes = { alpha: "unclean", bravo: "unclean", charlie: "online", delta: "online" } as const;
    const { actions } = placed({ nodes, groups: { a: {}, b: {}, c: {} }, runs: ["a alpha", "b bravo"] });
    const orders = Object.fromEntries(actions.map(({ id, after }) => [id, after]));
    expect(orders).toEqual({
      "fence alpha": [],
      "fence bravo": [],
      "start a on charlie": ["fence alpha"],
      "start b on delta": ["fence bravo"],
      "start c on charlie": [],
    });
  });

  it("swap two groups that must be apart without their meeting", () => {
    const groups = { a: { prefer: ["bravo"], stickiness: 0 }, b: { prefer: ["alpha"], stickiness: 0 } };
    const constraints = [{ kind: "apart" as const, names: ["a", "b"] as const }];
    const { actions } = placed({ groups, constraints, runs: ["a alpha", "b bravo"] });
    const orders = Object.fromEntries(actions.map(({ id, after }) => [id, after]));
    expect(orders["start a on bravo"]).toEqual(["stop a on alpha", "stop b on bravo"]);
    expect(orders["start b on alpha"]).toEqual(["stop a on alpha", "stop b on bravo"]);
  });

  it("give no number away that an instance has on a node which nobody can fence", () => {
    const nodes = { alpha: "unclean", bravo: "online", charlie: "online", delta: "online" } as const;
    const { actions } = placed({
      nodes,
      quorum: false,
      noQuorum: "freeze",
      groups: { c: { clone: { max: 3 } } },
      runs: ["c:0 alpha", "c:1 bravo", "c:2 delta"],
      failures: ["c bravo 1 start"],
    });
    expect(actions.map(({ id, after }) => [id, ...after])).toEqual([
      ["start c:1 on charlie", "stop c:1 on bravo"],
      ["stop c:1 on bravo"],
    ]);
  });
});
