// Systole's own directive `mqtt`: brokers through which the nodes talk. What does not fit into a line stands in systole.yaml.
import { clusterProblem, prefixProblem, readBrokerUrl, shortName } from "@systole/transport-mqtt";
import type { Problems } from "../problem.js";
import type { Word } from "../source-text.js";
import type { DirectiveReader } from "./directive-line.js";
import type { BrokerLine, HaCfDraft } from "./ha-cf.js";

/** As many as the plugin takes. */
const MAX_BROKERS = 16;
const FORM = "mqtt URL [TOPIC-PREFIX]";

export const readBroker: DirectiveReader = ({ directive, parameters }, draft, problems) => {
  const [url, prefix, surplus] = parameters;
  if (url === undefined) {
    problems.error(directive, "medium.incomplete", `write the broker: \`${FORM}\``);
    return;
  }
  if (surplus !== undefined) {
    problems.error(surplus, "medium.surplus", `"${surplus.text}" is too much here: write \`${FORM}\``);
    return;
  }
  const read = readBrokerUrl(url.text);
  if (!read.ok) {
    problems.error(url, "broker.invalid-url", read.hint);
    return;
  }
  if (!isPrefix(prefix, problems)) return;
  const short = shortName(read.address);
  const broker = {
    name: freeName(short, draft.brokers),
    url: url.text,
    ...(prefix !== undefined && { prefix: prefix.text }),
    at: url,
  };
  addBroker(draft, broker, problems);
};

function isPrefix(word: Word | undefined, problems: Problems): boolean {
  const problem = word === undefined ? undefined : prefixProblem(word.text);
  if (word === undefined || problem === undefined) return true;
  problems.error(word, "broker.invalid-prefix", `"${word.text}" cannot begin a topic: ${problem}`);
  return false;
}

/** Two lines of one host, e.g. with two protocols, are told apart by a number. */
export function freeName(short: string, brokers: readonly BrokerLine[]): string {
  const isTaken = (name: string): boolean => brokers.some((broker) => broker.name === name);
  let name = short;
  for (let number = 2; isTaken(name); number += 1) name = `${short}-${String(number)}`;
  return name;
}

function addBroker(draft: HaCfDraft, broker: BrokerLine, problems: Problems): void {
  const earlier = draft.brokers.find(({ url, prefix }) => url === broker.url && prefix === broker.prefix);
  if (earlier !== undefined) {
    const message = `the same broker stands in line ${earlier.at.line} already and is used once; delete one`;
    problems.warning(broker.at, "medium.duplicate", message);
  } else if (draft.brokers.length >= MAX_BROKERS) {
    problems.error(broker.at, "medium.too-many", `more than ${MAX_BROKERS} brokers; delete some`);
  } else {
    draft.brokers.push(broker);
  }
}

/** The name is judged where it is used: in the topics of brokers. */
export function checkClusterName({ brokers, clusterName }: HaCfDraft, problems: Problems): void {
  const [first] = brokers;
  if (first === undefined) return;
  if (clusterName === undefined) {
    const message =
      "the cluster has no name, so all clusters without one share their topics on this broker; write `cluster NAME`, the same on all nodes";
    problems.warning(first.at, "cluster.unnamed", message);
    return;
  }
  const problem = clusterProblem(clusterName.value);
  if (problem === undefined) return;
  problems.error(
    clusterName.at,
    "cluster.invalid-name",
    `"${clusterName.value}" cannot stand in a topic: ${problem}`,
  );
}
