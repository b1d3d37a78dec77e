// What each resource name of a model is: its description, and the agent that was made for it.
import { ResourceAgent, SystoleError, type GroupMember } from "../ports/index.js";
import type { ClusterModel } from "./model.js";
import type { OperationsInit } from "./operations.js";
import type { ComposedPlugins } from "./plugin-composer.js";

/** By name. Throws `CONFIG_INVALID` for a resource that no part of the model describes. */
export function resourcesOf(model: ClusterModel, composed: ComposedPlugins): OperationsInit["resources"] {
  const members = model.groups.flatMap((group) => group.resources);
  return new Map(
    members.map(({ name, agent }) => {
      const spec = model.resources.find((candidate) => candidate.name === name);
      if (spec === undefined) throw new SystoleError("CONFIG_INVALID", `resource ${name} has no description`);
      return [name, { spec, agent: composed.get(ResourceAgent, agent) }];
    }),
  );
}

/** The same member, and what its agent can do for it besides. */
export function knowingAbilities(composed: ComposedPlugins): (member: GroupMember) => GroupMember {
  return (member) => {
    const { warm = false, elsewhere = false } = composed.get(ResourceAgent, member.agent).supports;
    return { ...member, canWarm: warm, tellsElsewhere: elsewhere };
  };
}
