// The XML in which a fence agent describes itself, read into what is needed to call it rightly.
import { DOMParser, type Document, type Element } from "@xmldom/xmldom";

export interface FenceAgentParameter {
  readonly name: string;
  readonly required: boolean;
  readonly default?: string;
  /** The older name of the same thing, which the agent takes too. */
  readonly obsoletes?: string;
}

export interface FenceAgentDescription {
  /** One line. */
  readonly title: string;
  readonly parameters: readonly FenceAgentParameter[];
  /** Names of actions: `on`, `off`, `reboot`, `status`, `list` and the like. */
  readonly actions: readonly string[];
}

/** Throws an `Error` with a sentence when the text is not the metadata of an agent. */
export function parseMetadata(text: string): FenceAgentDescription {
  const root = documentOf(text).documentElement;
  if (root?.tagName !== "resource-agent") throw new Error("its outermost element is not <resource-agent>");
  return {
    title: (root.getAttribute("shortdesc") ?? "").replaceAll(/\s+/g, " ").trim(),
    parameters: within(root, "parameters", "parameter").map(parameterOf),
    actions: within(root, "actions", "action").map(nameOf),
  };
}

/** Agents may warn of something before the XML begins. */
function documentOf(text: string): Document {
  const begin = text.search(/<(\?xml|resource-agent)/);
  if (begin < 0) throw new Error("it printed no XML");
  const problems: string[] = [];
  const parser = new DOMParser({
    onError: (level, message) => {
      if (level !== "warning") problems.push(String(message).split("\n")[0] ?? "");
    },
  });
  let document: Document | undefined;
  try {
    document = parser.parseFromString(text.slice(begin), "text/xml");
  } catch (cause) {
    problems.push(cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause));
  }
  if (document === undefined || problems.length > 0) throw new Error(`its XML is wrong: ${problems[0]}`);
  return document;
}

function parameterOf(element: Element): FenceAgentParameter {
  const fallback = children(element, "content")[0]?.getAttribute("default");
  const obsoletes = element.getAttribute("obsoletes");
  return {
    name: nameOf(element),
    required: element.getAttribute("required") === "1",
    ...(fallback && { default: fallback }),
    ...(obsoletes && { obsoletes }),
  };
}

function nameOf(element: Element): string {
  return element.getAttribute("name") ?? "";
}

function within(root: Element, list: string, entry: string): Element[] {
  return children(root, list).flatMap((parent) => children(parent, entry));
}

function children(parent: Element, name: string): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node !== null; node = node.nextSibling)
    if (node.nodeType === node.ELEMENT_NODE && node.nodeName === name) found.push(node as Element);
  return found;
}
