// Every agent of Debian's package fence-agents, as it is installed: does it describe itself, and is that understood?
import { existsSync, readdirSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import fenceAgents from "@systole/fence-agents";
import { describeInLab } from "./in-lab.js";
import { LabError } from "./wait.js";

const DIRECTORY = "/usr/sbin";
/** What may be wrong with a device of which only the agent is known. */
const NOT_SAID = /: (fence_\w+ needs the parameter |hosts\.one: fence_\w+ needs to know the plug)/;
/** They say themselves, or the plugin says, that no node is safe by them alone. */
const UNSUITED = ["fence_ack_manual", "fence_heuristics_ping"];

describeInLab("the agents of the package fence-agents", () => {
  let agents: readonly string[] = [];
  beforeAll(() => {
    agents = readdirSync(DIRECTORY).filter((file) => file.startsWith("fence_"));
    if (!existsSync(`${DIRECTORY}/fence_dummy`)) throw new LabError("missing: apt-get install fence-agents");
  });

  it("all describe themselves, and know their parameters by name", async () => {
    expect(agents.length).toBeGreaterThan(70);
    const settings = { hosts: { one: {} }, parameters: { no_such_parameter: "1" } };
    const devices = Object.fromEntries(agents.map((agent) => [agent, { agent, ...settings }]));
    const result = await fenceAgents.config?.["~standard"].validate({ devices });
    const problems = result?.issues?.map(({ message }) => message) ?? [];
    const unknown = problems.filter((problem) => problem.includes("has no parameter no_such_parameter"));
    expect(unknown).toHaveLength(agents.length - UNSUITED.length);
    const others = problems.filter((problem) => !unknown.includes(problem) && !NOT_SAID.test(problem));
    expect(others.map((problem) => /^devices\.(\w+): \1 cannot be used/.exec(problem)?.[1])).toEqual(
      UNSUITED,
    );
  });
});
