// The sub-commands of `cl_status`: each asks the daemon and says what the C program says, with its exit code.
import type { ApiClient } from "@systole/api-heartbeat/client";
import { textField, type Message } from "@systole/core/ports";
import type { OldOptions } from "./old-options.js";

export const OLD_EXIT = { ok: 0, normalFailure: 1, wrongUse: 11, alarm: 12, unknown: 13 } as const;

export interface Asking {
  readonly client: ApiClient;
  readonly options: OldOptions;
  readonly print: (line: string) => void;
  /** On stderr, as it is. */
  readonly grumble: (line: string) => void;
  /** As the C program logs: with the time, the host and the process. */
  readonly complain: (text: string) => void;
}

interface SubCommand {
  readonly options: string;
  /** Required parameters, and what is said when one is missing. */
  readonly needs?: { readonly count: number; readonly complaint: string };
  readonly run: (asking: Asking) => Promise<number>;
}

const human = ({ options }: Asking): boolean => options.letters.includes("m");
const verbose = ({ options }: Asking): boolean => options.letters.includes("v");
const ok = (answer: Message | undefined): boolean =>
  answer !== undefined && textField(answer, "result") === "OK";
const first = async (asking: Asking, request: string, fields: Record<string, string> = {}) =>
  (await asking.client.ask(request, fields))[0];

function refused(asking: Asking, what: string, reason: string): number {
  asking.complain(what);
  asking.complain(`REASON: ${reason}`);
  return OLD_EXIT.unknown;
}

/** One property of one node. */
function nodeProperty(
  request: string,
  field: string,
  sentence: (node: string, value: string) => string,
  unknownNode = "Error. May be due to incorrect node name",
): SubCommand {
  return {
    options: "mp",
    needs: { count: 1, complaint: "Not enough parameters." },
    run: async (asking) => {
      const [node = ""] = asking.options.parameters;
      const answer = await first(asking, request, { node });
      if (!ok(answer) || answer === undefined) {
        asking.grumble(unknownNode);
        return OLD_EXIT.wrongUse;
      }
      const value = textField(answer, field) ?? "";
      asking.print(human(asking) ? sentence(node, value) : value);
      return request === "nodestatus" && value === "dead" ? OLD_EXIT.normalFailure : OLD_EXIT.ok;
    },
  };
}

async function links(asking: Asking, node: string, withState: boolean): Promise<number> {
  const found = await asking.client.ask("iflist", { node });
  if (found.length === 0 || textField(found[0] ?? { fields: [] }, "result") === "badreq")
    return refused(asking, "Cannot start heartbeat link interface walk.", "EINVAL");
  if (human(asking)) asking.print("\tthis node has the following heartbeat links:");
  // The library hands lists out last first.
  for (const link of found.toReversed()) {
    const name = textField(link, "ifname") ?? "";
    asking.print(withState ? `\t${name}\t${textField(link, "st") ?? ""}` : `\t${name}`);
  }
  return OLD_EXIT.ok;
}

async function listNodes(asking: Asking, letters: readonly string[]): Promise<number> {
  const found = await asking.client.ask("nodelist");
  const both = letters.includes("n") === letters.includes("p");
  const wanted = letters.includes("n") ? "normal" : "ping";
  for (const node of found.toReversed()) {
    const name = textField(node, "node") ?? "";
    const type = textField(node, "nodetype") ?? "";
    if (!both && type !== wanted) continue;
    if (!letters.includes("v")) asking.print(name);
    else {
      asking.print(`\n${name}\t${textField(node, "st") ?? ""}\t(nodetype: ${type})`);
      await links(asking, name, true);
    }
  }
  return OLD_EXIT.ok;
}

const CLIENT_EXITS: readonly string[] = ["online", "offline", "join", "leave"];
const DEFAULT_CLIENT_TIMEOUT_MS = 500;

async function clientStatus(asking: Asking): Promise<number> {
  const [node = "", cn = "", limit] = asking.options.parameters;
  const failed = `Cannot get heartbeat client ${cn}'s status`;
  const timeoutMs = Number(limit ?? DEFAULT_CLIENT_TIMEOUT_MS) || DEFAULT_CLIENT_TIMEOUT_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), timeoutMs)));
  const answer = await Promise.race([first(asking, "clientstatus", { node, cn }), late]);
  clearTimeout(timer);
  const state = answer === undefined ? undefined : textField(answer, "cs");
  if (state === undefined) return refused(asking, failed, "No timely response.");
  asking.print(state);
  return Math.max(0, CLIENT_EXITS.indexOf(state));
}

export const SUB_COMMANDS: Readonly<Record<string, SubCommand>> = {
  hbstatus: {
    options: "mv",
    run: async (asking) => {
      if (!verbose(asking)) {
        asking.print("Heartbeat is running on this machine.");
        return OLD_EXIT.ok;
      }
      const { version, managedBy } = asking.client;
      asking.print(human(asking) ? `Heartbeat version ${version}` : `version:\t${version}`);
      asking.print(human(asking) ? `Resources controlled by "${managedBy}"` : `managed by:\t"${managedBy}"`);
      if (human(asking)) asking.print("The nodes are as follow:");
      return listNodes(asking, ["v"]);
    },
  },
  listnodes: {
    options: "mnpv",
    run: (asking) => {
      if (human(asking)) asking.print("The nodes are as follow:");
      return listNodes(asking, asking.options.letters);
    },
  },
  nodestatus: nodeProperty("nodestatus", "st", (node, value) => `The cluster node ${node} is ${value}`),
  nodetype: nodeProperty("nodetype", "nodetype", (node, value) => `The node ${node}'s type: ${value}`),
  nodeweight: nodeProperty(
    "nodeweight",
    "weight",
    (node, value) => `The weight of the cluster node ${node} is ${value}`,
    "Error. Maybe due to incorrect node name.",
  ),
  nodesite: nodeProperty(
    "nodesite",
    "site",
    (node, value) => `The site of the cluster node ${node} is ${value}`,
  ),
  listhblinks: {
    options: "mv",
    needs: { count: 1, complaint: "No enough parameter." },
    run: (asking) => links(asking, asking.options.parameters[0] ?? "", verbose(asking)),
  },
  hblinkstatus: {
    options: "m",
    needs: { count: 2, complaint: "No enough parameter." },
    run: async (asking) => {
      const [node = "", ifname = ""] = asking.options.parameters;
      const answer = await first(asking, "ifstatus", { node, ifname });
      if (!ok(answer) || answer === undefined) return refused(asking, "Cannot get heartbeat link status", "");
      const state = textField(answer, "st") ?? "";
      asking.print(human(asking) ? `The node ${node}'s heartbeat link ${ifname} is ${state}` : state);
      return state === "dead" ? OLD_EXIT.normalFailure : OLD_EXIT.ok;
    },
  },
  clientstatus: {
    options: "m",
    needs: { count: 2, complaint: "No enough parameter." },
    run: clientStatus,
  },
  rscstatus: {
    options: "m",
    run: async (asking) => {
      const answer = await first(asking, "getrsc");
      const held = answer === undefined ? undefined : textField(answer, "rsc_hold");
      if (held === undefined) return refused(asking, "Cannot get cluster resource status", "");
      asking.print(human(asking) ? `This node is holding ${held} resources.` : held);
      return OLD_EXIT.ok;
    },
  },
  hbparameter: {
    options: "mp:",
    run: async (asking) => {
      const name = asking.options.values["p"];
      if (name === undefined) {
        asking.complain("parameter name required");
        return OLD_EXIT.wrongUse;
      }
      const answer = await first(asking, "getparm", { pname: name });
      const value = answer === undefined ? undefined : textField(answer, "pvalue");
      if (value === undefined) {
        refused(asking, `Cannot get parameter ${name}'s value`, "");
        return OLD_EXIT.normalFailure;
      }
      asking.print(human(asking) ? `Heartbeat parameter ${name}'s value: ${value}` : value);
      return OLD_EXIT.ok;
    },
  },
};
