// `systole cleanup`: an operator says that what failed is mended. It is said to every node, because each remembers its own.
import { textField, textMessage, type GroupSpec, type Message } from "../../ports/index.js";

const TYPE = "systole_cleanup";
const NAME_FIELD = "resource";

export interface CleanedGroup {
  readonly key: string;
  /** The one resource that is meant; undefined for all of the group. */
  readonly resource: string | undefined;
}

/** The groups that a name means, a group's before a resource's; without a name all of them. */
export function namedGroups(groups: readonly GroupSpec[], name: string | undefined): readonly CleanedGroup[] {
  const whole = groups.filter(({ key }) => name === undefined || key === name);
  if (whole.length > 0) return whole.map(({ key }) => ({ key, resource: undefined }));
  return groups
    .filter(({ resources }) => resources.some((resource) => resource.name === name))
    .map(({ key }) => ({ key, resource: name }));
}

/** For whoever has named none of them. */
export function groupsText(groups: readonly GroupSpec[]): string {
  return `the groups are ${groups.map(({ key }) => key).join(", ") || "none"}`;
}

export function cleanupMessage(name: string | undefined): Message {
  return textMessage({ t: TYPE, [NAME_FIELD]: name ?? "" });
}

/** What another node's operator asked for; undefined when the message is something else. */
export function readCleanup(message: Message): { readonly name: string | undefined } | undefined {
  if (textField(message, "t") !== TYPE) return undefined;
  const name = textField(message, NAME_FIELD);
  return { name: name === "" ? undefined : name };
}
