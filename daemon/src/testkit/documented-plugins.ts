// What a page says of plugins in a systole.yaml, held against the plugins themselves.
import { inspectComposition } from "@systole/core";
import { Clock, ClusterAccess, Logger, Quorum, Store } from "@systole/core/ports";
import { parse } from "yaml";
import { SystoleYaml } from "../config/systole-yaml/schema.js";
import { loadPlugin } from "../plugins/load-plugins.js";

/** The quorums that `text` names, and what is wrong with the composition of its plugins. */
export async function composedQuorums(
  text: string,
): Promise<{ readonly quorum: readonly string[]; readonly problems: readonly string[] }> {
  const { plugins = [], quorum = [] } = SystoleYaml.parse(parse(text));
  const loaded = await Promise.all(
    plugins.map(async ({ use, with: config }) => {
      const result = await loadPlugin({ use, from: { specifier: use, directory: "/" } });
      if ("problem" in result) throw new Error(result.problem);
      return { plugin: result.plugin, with: config };
    }),
  );
  const { problems } = await inspectComposition({
    runtime: "node",
    plugins: loaded,
    required: [{ port: Quorum, names: quorum }],
    services: {},
    hostServices: [Clock, ClusterAccess, Logger, Store].map((token) => ({ token, value: undefined })),
  });
  return { quorum, problems: problems.map(({ message }) => message) };
}
