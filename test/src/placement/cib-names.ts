// What the parts of a file for Pacemaker call the same things.
import type { PlacementGroup } from "@systole/core/ports";

/** No agent needs to be installed: the scheduler only asks for names. It is there so that nodes can be fenced, and runs nowhere. */
export const FENCE_DEVICE = "zz-fence";

/** The name of a group's outermost element. */
export function outerId({ name, clone, promotable, resources }: PlacementGroup): string {
  if (clone !== undefined || promotable !== undefined) return `${name}-clone`;
  return resources.length > 1 ? `${name}-group` : (resources[0]?.name ?? name);
}

export function pair(id: string, name: string, value: string): string {
  return `<nvpair id="${id}-${name.replaceAll(/[^\w-]/g, "-")}" name="${name}" value="${value}"/>`;
}
