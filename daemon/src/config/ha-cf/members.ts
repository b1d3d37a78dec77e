// Directives that name members: nodes and ping nodes; and `env`, which tells scripts something.
import { isIP } from "node:net";
import type { Position, Problems } from "../problem.js";
import type { DirectiveReader } from "./directive-line.js";
import type { HaCfDraft } from "./ha-cf.js";

export const MAX_NODES = 100;
export const MAX_PING_HOSTS = 64;
export const NODE_NAME = /^[a-z0-9_](?:[a-z0-9._-]{0,98}[a-z0-9_])?$/i;
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

export const readNodes: DirectiveReader = ({ directive, values }, draft, problems) => {
  if (values.length === 0) problems.error(directive, "node.no-name", "node needs a name: write `node NAME`");
  for (const word of values) {
    const name = word.text.toLowerCase();
    const earlier = draft.nodes.find((node) => node.value === name);
    if (!NODE_NAME.test(name)) {
      const message = `"${word.text}" cannot be a node's name; write what \`uname -n\` prints on that machine`;
      problems.error(word, "node.invalid-name", message);
    } else if (earlier !== undefined) {
      const message = `node ${name} stands in line ${earlier.at.line} already and counts once; delete one, or correct its name`;
      problems.warning(word, "node.duplicate", message);
    } else if (draft.nodes.length >= MAX_NODES) {
      problems.error(word, "node.too-many", `more than ${MAX_NODES} nodes; delete the others`);
    } else {
      draft.nodes.push({ value: name, at: word });
    }
  }
};

export function isPingHost(text: string): boolean {
  return isIP(text) !== 0 || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text));
}

function addPing(
  draft: HaCfDraft,
  ping: { name: string; group: boolean; hosts: readonly string[]; at: Position },
  problems: Problems,
): void {
  const earlier = draft.pings.find((other) => other.name === ping.name);
  if (earlier !== undefined && !ping.group && !earlier.group) {
    const message = `${ping.name} stands in line ${earlier.at.line} already and counts once; delete one of the two`;
    problems.warning(ping.at, "ping.duplicate", message);
  } else if (earlier !== undefined) {
    const message = `ping node ${ping.name} stands in line ${earlier.at.line} already; delete one of the two`;
    problems.error(ping.at, "ping.duplicate", message);
  } else if (
    draft.pings.reduce((sum, other) => sum + other.hosts.length, ping.hosts.length) > MAX_PING_HOSTS
  ) {
    problems.error(ping.at, "ping.too-many", `more than ${MAX_PING_HOSTS} hosts to ping; delete some`);
  } else {
    draft.pings.push(ping);
  }
}

export const readPing: DirectiveReader = ({ directive, values }, draft, problems) => {
  if (values.length === 0) {
    problems.error(directive, "ping.no-host", "ping needs an address: write e.g. `ping 192.0.2.1`");
  }
  for (const word of values) {
    if (isPingHost(word.text)) {
      addPing(draft, { name: word.text, group: false, hosts: [word.text], at: word }, problems);
    } else {
      problems.error(
        word,
        "ping.invalid-host",
        `"${word.text}" is not an IP address; write one, e.g. the gateway's`,
      );
    }
  }
};

export const readPingGroup: DirectiveReader = ({ directive, values }, draft, problems) => {
  const [name, ...hosts] = values;
  if (name === undefined || hosts.length === 0) {
    const message = "write a name and the members: `ping_group NAME ADDRESS ADDRESS …`";
    problems.error(directive, "ping.no-host", message);
    return;
  }
  const bad = hosts.filter((host) => !isPingHost(host.text));
  for (const word of bad) {
    problems.error(word, "ping.invalid-host", `"${word.text}" is not an IP address; write one`);
  }
  if (!NODE_NAME.test(name.text)) {
    const message = `"${name.text}" cannot be a group's name; use letters, digits, dots and dashes`;
    problems.error(name, "ping.invalid-name", message);
  } else if (bad.length === 0) {
    const members = [...new Set(hosts.map((host) => host.text))];
    addPing(draft, { name: name.text, group: true, hosts: members, at: name }, problems);
  }
};

const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;

export const readEnvironment: DirectiveReader = ({ directive, values }, draft, problems) => {
  if (values.length === 0)
    problems.error(directive, "env.invalid", "env needs a setting: write `env NAME=value`");
  for (const word of values) {
    const [, name, value] = VARIABLE.exec(word.text) ?? [];
    if (name !== undefined && value !== undefined) draft.environment[name] = value;
    else problems.error(word, "env.invalid", `"${word.text}" is not a setting; write \`env NAME=value\``);
  }
};
