import { describe, expect, it } from "vitest";
import { inOrder, objectionTo, parseStep, type Step } from "./steps.js";

describe("what is to be done", () => {
  it.each<readonly [Parameters<typeof parseStep>, Step]>([
    [["kill", "Master"], { deed: "kill", names: ["master"] }],
    [["kill", "master@1.5"], { deed: "kill", names: ["master"], atSeconds: 1.5 }],
    [["cut", "master, cluster1@30"], { deed: "cut", names: ["master", "cluster1"], atSeconds: 30 }],
  ])("%j", (words, step) => {
    expect(parseStep(...words)).toEqual(step);
  });

  it.each<readonly [Parameters<typeof parseStep>, string]>([
    [["kill", ""], "Write one name"],
    [["kill", "master,cluster1"], "Write one name"],
    [["cut", "master"], "two names with a comma"],
    [["cut", "master,"], "two names with a comma"],
    [["kill", "master@soon"], "Write seconds"],
    [["kill", "master@-1"], "Write seconds"],
    [["kill", "master@86401"], "at most 86400"],
    [["kill", "master@1@2"], "Write one name"],
  ])("refuses %j", (words, sentence) => {
    expect(() => parseStep(...words)).toThrow(sentence);
  });

  it("happens in the order of time, and else of the command line", () => {
    const steps = [parseStep("kill", "c@20"), parseStep("cut", "a,b"), parseStep("freeze", "a@5")];
    expect(inOrder(steps).map(({ deed, atMs }) => [deed, atMs])).toEqual([
      ["freeze", 5000],
      ["kill", 20_000],
      ["cut", 20_000],
    ]);
  });

  const objection = (...steps: Step[]) => objectionTo(inOrder(steps), ["master", "cluster1"], ["gateway"]);

  it.each<readonly [readonly Step[]]>([
    [[parseStep("kill", "master"), parseStep("power-off", "master@9")]],
    [[parseStep("cut", "master,gateway"), parseStep("stop", "master")]],
  ])("can be done: %j", (steps) => {
    expect(objection(...steps)).toBeUndefined();
  });

  it.each<readonly [readonly Step[], string]>([
    [[parseStep("kill", "mastre")], "--kill mastre: there is no such name; write one of master, cluster1"],
    [[parseStep("kill", "gateway")], "write one of master, cluster1"],
    [[parseStep("cut", "master,gatewy")], "write one of master, cluster1, gateway"],
    [[parseStep("cut", "master,master")], "cannot be cut off from itself"],
    [[parseStep("kill", "master"), parseStep("standby", "master@9")], "--kill comes before"],
    [[parseStep("stop", "master"), parseStep("kill", "master@9")], "--stop comes before"],
    [[parseStep("freeze", "master"), parseStep("stop", "master")], "--freeze comes before"],
  ])("cannot be done: %j", (steps, sentence) => {
    expect(objection(...steps)).toContain(sentence);
  });
});
