// The contract of `ResourceAgent` as data, so that any test runner can hold an agent against it.
import type { ContractCase } from "./contract.js";
import {
  demand,
  demandFailure,
  demandState,
  demandTimeout,
  inWords,
  live,
  start,
  status,
  stop,
  type ResourceAgentSubject,
} from "./resource-agent-bench.js";

export {
  resourceAgentOffers,
  type ResourceAgentNeed,
  type ResourceAgentSubject,
} from "./resource-agent-bench.js";

/** Every agent passes all the cases that apply to it. */
export const resourceAgentContract: readonly ContractCase<ResourceAgentSubject>[] = [
  {
    id: "status-before-start",
    name: "status of what was never started is stopped",
    run: (subject) => status(subject, "stopped", "status before the first start"),
  },
  {
    id: "start",
    name: "after start, status is running",
    async run(subject) {
      await start(subject);
      await status(subject, "running", "status after start");
    },
  },
  {
    id: "start-twice",
    name: "start of what runs is a success and changes nothing",
    async run(subject) {
      await start(subject);
      await start(subject, "the second start");
      await status(subject, "running", "status after two starts");
      await stop(subject, "one stop after two starts");
      await status(subject, "stopped", "status after two starts and one stop");
    },
  },
  {
    id: "stop",
    name: "after stop, status is stopped",
    async run(subject) {
      await start(subject);
      await stop(subject);
      await status(subject, "stopped", "status after stop");
    },
  },
  {
    id: "stop-twice",
    name: "stop of what is stopped is a success",
    async run(subject) {
      await start(subject);
      await stop(subject);
      await stop(subject, "the second stop");
    },
  },
  {
    id: "stop-never-started",
    name: "stop of what was never started is a success",
    async run(subject) {
      await stop(subject, "stop before the first start");
      await status(subject, "stopped", "status after it");
    },
  },
  {
    id: "start-again",
    name: "what was stopped can be started again",
    async run(subject) {
      await start(subject);
      await stop(subject);
      await start(subject, "start after stop");
      await status(subject, "running", "status after start, stop, start");
    },
  },
  {
    id: "aborted-start",
    name: "an aborted start answers timeout and leaves nothing running",
    async run(subject) {
      const { agent, resource } = subject;
      await demandTimeout(() => agent.start(resource, AbortSignal.abort()), "start");
      await status(subject, "stopped", "status after an aborted start");
    },
  },
  {
    id: "aborted-stop",
    name: "an aborted stop answers timeout; a later stop succeeds",
    async run(subject) {
      const { agent, resource } = subject;
      await start(subject);
      await demandTimeout(() => agent.stop(resource, AbortSignal.abort()), "stop");
      await stop(subject, "stop after an aborted stop");
    },
  },
  {
    id: "aborted-status",
    name: "an aborted status answers timeout",
    run: ({ agent, resource }) => demandTimeout(() => agent.status(resource, AbortSignal.abort()), "status"),
  },
  {
    id: "abort-during-start",
    name: "an abort in the middle of a start never throws, and stop cleans up after it",
    async run(subject) {
      const abort = new AbortController();
      const starting = subject.agent.start(subject.resource, abort.signal);
      queueMicrotask(() => abort.abort());
      const result = await starting;
      if (!result.ok) demandFailure(result, ["timeout"], "a start aborted midway");
      await stop(subject, "stop after a start aborted midway");
      await status(subject, "stopped", "status after that stop");
    },
  },
  {
    id: "announce-declared",
    name: "announce is there if, and only if, supports.announce says so",
    async run({ agent }) {
      const offered = typeof agent.announce === "function";
      const { announce } = agent.supports;
      demand(
        offered === announce,
        `supports.announce is ${announce}, yet announce is ${offered ? "" : "not "}there`,
      );
    },
  },
  {
    id: "announce",
    name: "announce of what runs is a success",
    needs: "announce",
    async run(subject) {
      await start(subject);
      const { agent, resource } = subject;
      const result = await agent.announce?.(resource, live());
      demand(
        result?.ok === true,
        `announce must succeed; it answered ${result ? inWords(result) : "nothing"}`,
      );
      await demandTimeout(
        async () => (await agent.announce?.(resource, AbortSignal.abort())) ?? result,
        "announce",
      );
    },
  },
  {
    id: "warm-declared",
    name: "warm is there if, and only if, supports.warm says so",
    async run({ agent }) {
      const offered = typeof agent.warm === "function";
      const { warm = false } = agent.supports;
      demand(offered === warm, `supports.warm is ${warm}, yet warm is ${offered ? "" : "not "}there`);
    },
  },
  {
    id: "warm",
    name: "warm leaves it stopped; start works after it, and stop ends it",
    needs: "warm",
    async run(subject) {
      const { agent, resource } = subject;
      if (agent.warm === undefined) return;
      const warm = async (): Promise<void> => {
        const result = await agent.warm?.(resource, live());
        demand(result?.ok === true, `warm must succeed; it answered ${result ? inWords(result) : "nothing"}`);
        await status(subject, "stopped", "status after warm");
      };
      await warm();
      await start(subject, "start after warm");
      await status(subject, "running", "status after warm and start");
      await stop(subject);
      await warm();
      await stop(subject, "stop after warm");
      await status(subject, "stopped", "status after warm and stop");
    },
  },
  {
    id: "aborted-warm",
    name: "an aborted warm answers timeout",
    needs: "warm",
    async run({ agent, resource }) {
      const warm = agent.warm?.bind(agent);
      if (warm !== undefined) await demandTimeout(() => warm(resource, AbortSignal.abort()), "warm");
    },
  },
  {
    id: "elsewhere-declared",
    name: "elsewhere is there if, and only if, supports.elsewhere says so",
    async run({ agent }) {
      const offered = typeof agent.elsewhere === "function";
      const { elsewhere = false } = agent.supports;
      demand(
        offered === elsewhere,
        `supports.elsewhere is ${elsewhere}, yet elsewhere is ${offered ? "" : "not "}there`,
      );
    },
  },
  {
    id: "elsewhere",
    name: "elsewhere finds nobody for what no other host serves, here neither; aborted it answers timeout",
    needs: "elsewhere",
    async run(subject) {
      const { agent, resource } = subject;
      const elsewhere = agent.elsewhere?.bind(agent);
      if (elsewhere === undefined) return;
      demandState(await elsewhere(resource, live()), "stopped", "elsewhere");
      await status(subject, "stopped", "status after elsewhere");
      await start(subject);
      demandState(await elsewhere(resource, live()), "stopped", "elsewhere of what runs here");
      await status(subject, "running", "status after elsewhere");
      await demandTimeout(() => elsewhere(resource, AbortSignal.abort()), "elsewhere");
    },
  },
  {
    id: "validate",
    name: "validate answers a list of sentences, empty for a good resource",
    async run({ agent, resource }) {
      const problems: unknown = await agent.validate(resource, live());
      demand(Array.isArray(problems), "validate must answer an array");
      demand(problems.length === 0, `validate must find nothing; it found: ${problems.join("; ")}`);
    },
  },
  {
    id: "validate-broken",
    name: "validate answers a list of sentences for a broken resource, and does not throw",
    needs: "broken",
    async run({ agent, broken }) {
      if (broken === undefined) return;
      const problems: unknown = await agent.validate(broken, live());
      demand(Array.isArray(problems), "validate must answer an array");
      demand(
        problems.every((problem) => typeof problem === "string" && problem !== ""),
        "validate must answer sentences",
      );
    },
  },
  {
    id: "start-broken",
    name: "start of what cannot run here answers not-here or error, with a reason, and leaves nothing running",
    needs: "broken",
    async run({ agent, broken }) {
      if (broken === undefined) return;
      demandFailure(await agent.start(broken, live()), ["not-here", "error"], "start of a broken resource");
      const after = await agent.status(broken, live());
      demand(!after.ok || after.state !== "running", "status of a broken resource must not be running");
    },
  },
  {
    id: "status-after-crash",
    name: "status after a crash is not running, and start heals it",
    needs: "crash",
    async run(subject) {
      await start(subject);
      await subject.crash?.();
      const after = await subject.agent.status(subject.resource, live());
      demand(after.ok, `status after a crash must answer; it answered ${inWords(after)}`);
      demand(after.state !== "running", "status after a crash must not be running");
      await start(subject, "start after a crash");
      await status(subject, "running", "status after that start");
    },
  },
  {
    id: "stop-after-crash",
    name: "stop after a crash is a success",
    needs: "crash",
    async run(subject) {
      await start(subject);
      await subject.crash?.();
      await stop(subject, "stop after a crash");
      await status(subject, "stopped", "status after that stop");
    },
  },
  {
    id: "probe",
    name: "start and stop do what they answer, as seen from outside",
    needs: "probe",
    async run(subject) {
      demand((await subject.probe?.()) === false, "the subject must not run before the case begins");
      await start(subject);
      demand((await subject.probe?.()) === true, "start answered running, but the service does not work");
      await stop(subject);
      demand((await subject.probe?.()) === false, "stop answered stopped, but the service still works");
    },
  },
];
