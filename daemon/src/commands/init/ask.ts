// The questions of `systole init`, on a terminal. What the command line has said already is not asked.
import { isCancel, text } from "@clack/prompts";
import {
  judgeAddress,
  judgeCluster,
  judgeInterface,
  judgeNode,
  nodeOf,
  type Answers,
  type Judge,
  type NodeAnswer,
} from "./answers.js";

/** What is suggested, or said already. */
export interface Suggestions {
  readonly cluster?: string | undefined;
  readonly nodes: readonly NodeAnswer[];
  readonly interface?: string | undefined;
  readonly address?: string | undefined;
  readonly services?: readonly string[] | undefined;
}

interface Question {
  readonly message: string;
  readonly judge: Judge;
  readonly initial?: string | undefined;
  readonly placeholder?: string;
}

/** Undefined when the person has given up. */
export type Ask = (question: Question) => Promise<string | undefined>;

export const askOnTerminal: Ask = async ({ message, judge, initial, placeholder }) => {
  const answer = await text({
    message,
    ...(initial !== undefined && { initialValue: initial }),
    ...(placeholder !== undefined && { placeholder }),
    validate: (written) => judge((written ?? "").trim()),
  });
  return isCancel(answer) ? undefined : answer.trim();
};

export type Asked = Omit<Answers, "preset" | "ping">;

/** Four questions; the fifth thing, the key, is made. */
export async function askAll(
  said: Suggestions,
  own: NodeAnswer | undefined,
  ask: Ask,
): Promise<Asked | undefined> {
  const cluster =
    said.cluster ??
    (await ask({ message: "What is the cluster called?", judge: judgeCluster, initial: "web" }));
  if (cluster === undefined) return undefined;
  const nodes = said.nodes.length > 0 ? said.nodes : await askNodes(own, ask);
  if (nodes === undefined) return undefined;
  const device =
    said.interface ??
    (await ask({
      message: "Over which interface do they talk?",
      judge: judgeInterface,
      placeholder: "eth0",
    }));
  if (device === undefined) return undefined;
  const address =
    said.address ??
    (await ask({
      message: "Which address shall always be on one of them?",
      judge: judgeAddress,
      placeholder: "192.0.2.10/24",
    }));
  if (address === undefined) return undefined;
  const services = said.services ?? (await askServices(ask));
  if (services === undefined) return undefined;
  return { cluster, nodes, interface: device, address, services };
}

async function askNodes(own: NodeAnswer | undefined, ask: Ask): Promise<readonly NodeAnswer[] | undefined> {
  const written = await ask({
    message: "Which nodes are there? This one first, as NAME=ADDRESS, with blanks between them",
    judge: (line) =>
      wordsOf(line)
        .map(judgeNode)
        .find((problem) => problem !== undefined),
    initial: own === undefined ? undefined : `${own.name}=${own.address} `,
    placeholder: "alpha=192.0.2.11 bravo=192.0.2.12",
  });
  return written === undefined ? undefined : wordsOf(written).map(nodeOf);
}

async function askServices(ask: Ask): Promise<readonly string[] | undefined> {
  const written = await ask({
    message: "What runs behind it? Names as haresources has them, or nothing",
    judge: () => undefined,
    initial: "nginx",
  });
  return written === undefined ? undefined : wordsOf(written);
}

function wordsOf(line: string): readonly string[] {
  return line.split(/[\s,]+/).filter((word) => word !== "");
}
