// The topics of a cluster: PREFIX/CLUSTER/NODE, written by that node alone and read by all. Pure.
import { MAX_CLUSTER_CHARACTERS, MAX_PREFIX_CHARACTERS, MAX_PREFIX_LEVELS } from "./limits.js";

export const DEFAULT_PREFIX = "systole";
/** What heartbeat calls a cluster that nobody has named. */
export const DEFAULT_CLUSTER = "linux-ha";

/** `+` and `#` would stand for other topics, `/` would begin a level; no broker takes control characters. */
const UNFIT = /[+#/\p{Cc}]/u;

/** What is wrong with the beginning of topics; undefined when nothing is. */
export function prefixProblem(prefix: string): string | undefined {
  const levels = prefix.split("/");
  if (prefix.startsWith("$")) return "it begins with $, which is the broker's own; write e.g. systole";
  if (levels.some((level) => level === "" || UNFIT.test(level)))
    return "a topic prefix is levels of text between slashes, without + and #, such as site/systole";
  if (levels.length > MAX_PREFIX_LEVELS)
    return `it has ${levels.length} levels; write at most ${MAX_PREFIX_LEVELS}`;
  if (prefix.length > MAX_PREFIX_CHARACTERS)
    return `it has ${prefix.length} characters; write at most ${MAX_PREFIX_CHARACTERS}`;
  return undefined;
}

/** What is wrong with a cluster's name as a level of a topic; undefined when nothing is. */
export function clusterProblem(cluster: string): string | undefined {
  if (cluster === "" || UNFIT.test(cluster))
    return "a cluster's name is one level of its topics: write it without +, # and /";
  if (cluster.length > MAX_CLUSTER_CHARACTERS)
    return `a cluster's name has at most ${MAX_CLUSTER_CHARACTERS} characters`;
  return undefined;
}

export interface Topics {
  /** Written by this node. */
  readonly own: string;
  /** What is read: those of all nodes. */
  readonly all: string;
  /** The node whose topic it is, as the broker says; undefined for a topic that is none of this cluster. */
  nodeOf(topic: string): string | undefined;
}

/** Throws nothing; `node` has been checked by `isFitForTopic`. */
export function topicsOf(prefix: string, cluster: string, node: string): Topics {
  const root = `${prefix}/${cluster}/`;
  return {
    own: `${root}${node}`,
    all: `${root}+`,
    nodeOf(topic) {
      const name = topic.startsWith(root) ? topic.slice(root.length) : "";
      return isFitForTopic(name) ? name.toLowerCase() : undefined;
    },
  };
}

/** Whether a node's name can be a level of a topic; names in ha.cf always can. */
export function isFitForTopic(node: string): boolean {
  return node !== "" && !UNFIT.test(node);
}
