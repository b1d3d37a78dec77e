// Answers of the API that need nothing but this node's knowledge: a request in, the answer's fields out. Pure.
import {
  binaryField,
  textField,
  type ClusterSituation,
  type Field,
  type Message,
  type NodeView,
} from "@systole/sdk";
import { holdingOf } from "./holding.js";

/** What a node is for the API, beyond the situation. */
export interface Facts {
  readonly situation: ClusterSituation;
  /** Every node in the order of the configuration. */
  readonly order: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** Several answers to one request: a list is one answer an item. */
export type Answers = readonly Message[];

const NO_NODE_NAMED = "no query node name found";

export function answer(request: string, fields: readonly Field[]): Message {
  return { fields: [text("t", "hbapi-resp"), text("reqtype", request), ...fields] };
}

export function text(name: string, value: string): Field {
  return { name, type: "string", value };
}

export function done(request: string, ...fields: readonly Field[]): Message {
  return answer(request, [...fields, text("result", "OK")]);
}

export function bad(request: string, info?: string): Message {
  return answer(request, [text("result", "badreq"), ...(info === undefined ? [] : [text("info", info)])]);
}

/** Undefined: not a request that this file answers. */
export function answersTo(request: string, message: Message, facts: Facts): Answers | undefined {
  const { situation } = facts;
  switch (request) {
    case "nodelist":
      return list(
        request,
        ordered(facts).map((node) => [text("node", node.name), ...describe(node)]),
      );
    case "nodestatus":
      return [aboutNode(request, message, facts, (node) => [text("st", node.state)])];
    case "nodetype":
      return [aboutNode(request, message, facts, (node) => [text("nodetype", node.kind)])];
    case "nodeweight":
      return [aboutNode(request, message, facts, (node) => [text("weight", String(node.weight ?? 100))])];
    case "nodesite":
      return [aboutNode(request, message, facts, (node) => [text("site", node.site ?? "")])];
    case "numnodes": {
      const count = situation.nodes.filter(({ kind }) => kind === "normal").length;
      return [done(request, text("numnodes", String(count)))];
    }
    case "iflist":
      return linkList(request, nodeOf(message, facts));
    case "ifstatus": {
      const link = linkOf(message, nodeOf(message, facts));
      return [link === undefined ? bad(request, "EINVAL") : done(request, text("st", link))];
    }
    case "getparm":
      return [parameter(request, message, facts)];
    case "getrsc":
      return [done(request, text("rsc_hold", holdingOf(situation)))];
    case "getuuid":
      return [uuidByName(request, message, facts)];
    case "getnodename":
      return [nameByUuid(request, message, facts)];
    default:
      return undefined;
  }
}

function ordered({ situation, order }: Facts): readonly NodeView[] {
  const place = (node: NodeView): number => {
    const index = order.indexOf(node.name);
    return index < 0 ? order.length : index;
  };
  return situation.nodes.toSorted((left, right) => place(left) - place(right));
}

function describe(node: NodeView): readonly Field[] {
  return [text("nodetype", node.kind), text("st", node.state)];
}

/** All but the last say that more follows. */
function list(request: string, items: readonly (readonly Field[])[]): Answers {
  return items.map((item, index) =>
    answer(request, [...item, text("result", index === items.length - 1 ? "OK" : "ok/more")]),
  );
}

/** heartbeat compares node names in lower case. */
function nodeOf(message: Message, { situation }: Facts, field = "node"): NodeView | undefined {
  const name = textField(message, field)?.toLowerCase();
  return situation.nodes.find((node) => node.name.toLowerCase() === name);
}

function aboutNode(
  request: string,
  message: Message,
  facts: Facts,
  tell: (node: NodeView) => readonly Field[],
): Message {
  const node = nodeOf(message, facts);
  return node === undefined ? bad(request, "EINVAL") : done(request, ...tell(node));
}

function linkList(request: string, node: NodeView | undefined): Answers {
  if (node === undefined || node.links.length === 0) return [bad(request, "EINVAL")];
  return list(
    request,
    node.links.map(({ name, state }) => [text("ifname", name), text("st", state)]),
  );
}

function linkOf(message: Message, node: NodeView | undefined): string | undefined {
  const name = textField(message, "ifname");
  return node?.links.find((link) => link.name === name)?.state;
}

/** An unset parameter is an answer without a value. */
function parameter(request: string, message: Message, { parameters }: Facts): Message {
  const name = textField(message, "pname");
  if (name === undefined) return bad(request, "EINVAL");
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return done(request, ...(value === undefined ? [] : [text("pvalue", value)]));
}

function uuidByName(request: string, message: Message, facts: Facts): Message {
  const uuid = nodeOf(message, facts, "queryname")?.uuid;
  if (uuid === undefined) return bad(request, NO_NODE_NAMED);
  return done(request, { name: "queryuuid", type: "binary", value: uuid });
}

function nameByUuid(request: string, message: Message, { situation }: Facts): Message {
  const wanted = binaryField(message, "queryuuid");
  const node = situation.nodes.find(
    ({ uuid }) => wanted !== undefined && uuid !== undefined && same(uuid, wanted),
  );
  return node === undefined ? bad(request, NO_NODE_NAMED) : done(request, text("queryname", node.name));
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
