// The XML in which an agent of OCF describes itself, read into plain data.
import { DOMParser, type Document, type Element } from "@xmldom/xmldom";
import type { AgentDescription, AgentParameter } from "@systole/sdk";

/** Throws an `Error` with a sentence when the text is not the metadata of an agent. */
export function parseMetadata(text: string): AgentDescription {
  const root = documentOf(text).documentElement;
  if (root?.tagName !== "resource-agent") throw new Error("its outermost element is not <resource-agent>");
  const version = childText(root, "version") || root.getAttribute("version");
  return {
    title: oneLine(described(root, "shortdesc")),
    text: unindented(described(root, "longdesc")),
    ...(version && { version }),
    parameters: elements(root, "parameters").flatMap((list) => elements(list, "parameter").map(parameterOf)),
    actions: elements(root, "actions").flatMap((list) => elements(list, "action").map(actionOf)),
  };
}

/** Agents may say something before the XML begins. */
function documentOf(text: string): Document {
  const begin = text.search(/<(\?xml|!DOCTYPE|resource-agent)/);
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

function parameterOf(element: Element): AgentParameter {
  const content = elements(element, "content")[0];
  const fallback = content?.getAttribute("default");
  return {
    name: element.getAttribute("name") ?? "",
    required: isTrue(element.getAttribute("required")),
    type: content?.getAttribute("type") || "string",
    ...(fallback && { default: fallback }),
    title: oneLine(described(element, "shortdesc")),
    text: unindented(described(element, "longdesc")),
  };
}

function actionOf(element: Element): AgentDescription["actions"][number] {
  const timeoutMs = milliseconds(element.getAttribute("timeout"));
  return { name: element.getAttribute("name") ?? "", ...(timeoutMs !== undefined && { timeoutMs }) };
}

/** `20`, `20s`, `500ms`, `2m`; the specification's default unit is a second. */
export function milliseconds(text: string | null): number | undefined {
  const [, digits, unit] =
    /^(\d{1,9})\s*(|ms|msec|us|usec|s|sec|m|min|h|hr)$/.exec((text ?? "").trim()) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const factor = unit.startsWith("us")
    ? 0.001
    : unit.startsWith("ms")
      ? 1
      : unit.startsWith("m")
        ? 60_000
        : unit.startsWith("h")
          ? 3_600_000
          : 1000;
  return Number(digits) * factor;
}

function isTrue(text: string | null): boolean {
  return text !== null && ["1", "true", "yes", "on"].includes(text.trim().toLowerCase());
}

/** Children only: a parameter's description is not its agent's. */
function elements(parent: Element, name: string): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === node.ELEMENT_NODE && node.nodeName === name) found.push(node as Element);
  }
  return found;
}

/** In English where there is a choice. */
function described(parent: Element, name: string): string {
  const all = elements(parent, name);
  const english = all.find((element) => element.getAttribute("lang")?.startsWith("en"));
  return (english ?? all[0])?.textContent ?? "";
}

function childText(parent: Element, name: string): string {
  return elements(parent, name)[0]?.textContent?.trim() ?? "";
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function unindented(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.join("\n").trim();
}
