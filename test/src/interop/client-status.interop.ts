// `cl_status clientstatus` asks a node about its programs, through the other node's daemon if need be: heartbeat's own program on
// both sides of a mixed cluster gets the answers that it gets between two heartbeats.
import { describe, expect, it } from "vitest";
import { CL_STATUS } from "../lab/client-api.js";
import { NODE_NAMES, type Lab, type NodeName } from "../lab/index.js";
import { LAUNCHER } from "../lab/programs.js";
import { COLD_START } from "./acts.js";
import { ChainRun } from "./chain-run.js";
import { describeInterop } from "./chain.js";
import { HEARTBEAT_ALONE, MIXED, type Pairing } from "./pairing.js";
import { PATIENT } from "./unharmed.js";

const TIMEOUT_MS = 240_000;
const OWN_CL_STATUS = [process.execPath, LAUNCHER, "compat", "cl_status"] as const;

/** `-m` says the same in a sentence; the last number is the time to wait, in ms. */
const QUESTIONS = [...NODE_NAMES, "nobody"].flatMap((node) =>
  ["ipfail", "nonesuch"].flatMap((client) => [
    ["clientstatus", node, client, "4000"],
    ["clientstatus", "-m", node, client, "4000"],
  ]),
);

type Answers = Readonly<Record<string, { readonly code: number | null; readonly stdout: string }>>;

async function answersOn(
  lab: Lab,
  node: NodeName,
  program: readonly string[],
  questions = QUESTIONS,
): Promise<Answers> {
  const answers: Record<string, { code: number | null; stdout: string }> = {};
  for (const question of questions) {
    const { code, stdout } = await lab.node(node).host.run([...program, ...question]);
    answers[question.join(" ")] = { code, stdout };
  }
  return answers;
}

/** What each node answers, once the cluster rests. Systole's own `cl_status` is asked too. */
async function answersOf(pairing: Pairing): Promise<Readonly<Record<string, Answers>>> {
  const run = await ChainRun.open({ name: "client status", variant: PATIENT, acts: [COLD_START] }, pairing);
  try {
    const { reason } = await run.act(0);
    expect(reason).toBeUndefined();
    const found: Record<string, Answers> = {};
    for (const node of NODE_NAMES) {
      found[node] = await answersOn(run.lab, node, [CL_STATUS]);
      // Of Systole's own program the answer of the other node is enough: it is a start of Node each time.
      const about = run.lab.peerOf(node);
      const some = QUESTIONS.filter(([, asked]) => asked === about);
      found[`${node}, Systole's program`] = await answersOn(run.lab, node, OWN_CL_STATUS, some);
    }
    return found;
  } finally {
    await run.close();
  }
}

describeInterop("client status", () => {
  let expected: Readonly<Record<string, Answers>> = {};

  it("is asked between two heartbeats", { timeout: TIMEOUT_MS }, async () => {
    expected = await answersOf(HEARTBEAT_ALONE);
    for (const node of NODE_NAMES) {
      const online = { code: 0, stdout: expect.stringContaining("online") as string };
      for (const other of NODE_NAMES)
        expect(expected[node]?.[`clientstatus ${other} ipfail 4000`]).toEqual(online);
    }
  });

  describe("is the same in a mixed cluster", () => {
    for (const pairing of MIXED) {
      it(`${pairing.id}`, { timeout: TIMEOUT_MS }, async () => {
        const found = await answersOf(pairing);
        for (const [who, answers] of Object.entries(found))
          expect({ [who]: answers }).toEqual({ [who]: expected[who] });
      });
    }
  });
});
