// What a page says of plugins in a systole.yaml, held against the plugins themselves.
import { inspectComposition, type RequiredPort } from "@systole/core";
import { Clock, ClusterAccess, Logger, Quorum, Store, type Token } from "@systole/core/ports";
import { parse } from "yaml";
import { SystoleYaml } from "../config/systole-yaml/schema.js";
import { loadPlugin } from "../plugins/load-plugins.js";

/** What is wrong with the composition of the plugins that a file names; `services`: what its host would bring. */
export async function compositionProblems(
  plugins: NonNullable<SystoleYaml["plugins"]>,
  required: readonly RequiredPort[],
  services: readonly Token<unknown>[],
): Promise<readonly string[]> {
  const loaded = await Promise.all(
    plugins.map(async ({ use, with: config }) => {
      const result = await loadPlugin({ use, from: { specifier: use, directory: "/" } });
      if ("problem" in result) throw new Error(result.problem);
      return { plugin: result.plugin, with: config };
    }),
  );
  const hostServices = services.map((token) => ({ token, value: undefined }));
  const composition = { runtime: "node", plugins: loaded, required, services: {}, hostServices } as const;
  const { problems } = await inspectComposition(composition);
  return problems.map(({ message }) => message);
}

/** The quorums that `text` names, and what is wrong with the composition of its plugins. */
export async function composedQuorums(
  text: string,
): Promise<{ readonly quorum: readonly string[]; readonly problems: readonly string[] }> {
  const { plugins = [], quorum = [] } = SystoleYaml.parse(parse(text));
  const required = [{ port: Quorum, names: quorum }];
  const services = [Clock, ClusterAccess, Logger, Store];
  return { quorum, problems: await compositionProblems(plugins, required, services) };
}
