// Decides what a name in haresources means: a native agent, then a script in resource.d, then one in init.d; or, by the
// class before it, an agent of OCF or a unit of systemd.
import { didYouMean, nearestWord } from "@systole/sdk";
import { join } from "node:path";
import { looksLikeAddress, parseAddressResource } from "./address-resource.js";
import type { ProblemCode } from "./problem-codes.js";
import { resolveOcf } from "./resolve-ocf.js";
import { resolveUnit } from "./resolve-unit.js";

/** Where resources of each class are, and how to look there. */
export interface ResourceLookup {
  /** heartbeat's scripts, e.g. `/etc/ha.d/resource.d`. */
  readonly resourceDirectory: string;
  /** `/etc/init.d`. */
  readonly initDirectory: string;
  /** `/usr/lib/ocf/resource.d`, which has a directory for each provider. */
  readonly ocfDirectory: string;
  /** Where systemd looks for files of units, in its order. */
  readonly unitDirectories: readonly string[];
  isExecutableFile(path: string): boolean;
  /** Names in a directory; none when it cannot be read. */
  namesIn(directory: string): readonly string[];
}

/** Provider names of the agents. */
export type AgentName = "ipaddr" | "nginx" | "heartbeat" | "lsb" | "ocf" | "systemd";

export type Resolution =
  | {
      readonly ok: true;
      readonly agent: AgentName;
      readonly args: readonly string[];
      /** Of agents that take them by name. */
      readonly parameters?: Readonly<Record<string, string>>;
      /** For people: `native:nginx`, `lsb:/etc/init.d/nginx`. */
      readonly resolvesTo: string;
      /** Of an address resource: the address, and the interface it names. */
      readonly address?: string;
      readonly interface?: string;
    }
  | { readonly ok: false; readonly code: ProblemCode; readonly message: string };

const NATIVE_AGENTS: ReadonlyMap<string, "ipaddr" | "nginx"> = new Map([
  ["IPaddr", "ipaddr"],
  ["IPaddr2", "ipaddr"],
  ["IPv6addr", "ipaddr"],
  ["ipaddr", "ipaddr"],
  ["nginx", "nginx"],
]);

/** Looked through in this order when a name says no class. */
const CLASSES = ["native", "heartbeat", "lsb"] as const;
/** Only by their class: what they offer would shadow scripts that were meant. */
const NAMED_CLASSES = ["ocf", "systemd"] as const;
type ResourceClass = (typeof CLASSES)[number];

interface ResourceName {
  readonly class: string | undefined;
  readonly name: string;
  /** Everything behind the first `::`, unsplit: an IPv6 address may hold `::` itself. */
  readonly rest: string | undefined;
}

function splitName(text: string): ResourceName {
  const [, className, afterClass] = /^([A-Za-z][A-Za-z0-9_-]*):(?!:)(.*)$/.exec(text) ?? [];
  const body = afterClass ?? text;
  const split = body.indexOf("::");
  return {
    class: className,
    name: split < 0 ? body : body.slice(0, split),
    rest: split < 0 ? undefined : body.slice(split + 2),
  };
}

/** The native agent of that name, with or without `native:` before it. */
export function nativeAgent(text: string): "ipaddr" | "nginx" | undefined {
  return NATIVE_AGENTS.get(text.replace(/^native:/, ""));
}

function resolveAddress(text: string): Resolution {
  const parsed = parseAddressResource(text);
  if (!parsed.ok) return { ok: false, code: "resource.address-invalid", message: parsed.message };
  return {
    ok: true,
    agent: "ipaddr",
    args: [parsed.text],
    resolvesTo: "native:ipaddr",
    address: parsed.address,
    ...(parsed.interface !== undefined && { interface: parsed.interface }),
  };
}

function resolveNative(name: ResourceName, args: readonly string[]): Resolution | undefined {
  const agent = NATIVE_AGENTS.get(name.name);
  if (agent === undefined) return undefined;
  if (agent === "ipaddr") return resolveAddress(name.rest ?? "");
  return { ok: true, agent, args, resolvesTo: `native:${agent}` };
}

function resolveScript(
  kind: "heartbeat" | "lsb",
  name: ResourceName,
  args: readonly string[],
  lookup: ResourceLookup,
): Resolution | undefined {
  const directory = kind === "heartbeat" ? lookup.resourceDirectory : lookup.initDirectory;
  const path = join(directory, name.name);
  if (!lookup.isExecutableFile(path)) return undefined;
  return { ok: true, agent: kind, args: [name.name, ...args], resolvesTo: `${kind}:${path}` };
}

function notFound(
  text: string,
  name: string,
  tried: readonly ResourceClass[],
  lookup: ResourceLookup,
): Resolution {
  const places: Readonly<Record<ResourceClass, string>> = {
    native: `the native agents (${[...NATIVE_AGENTS.keys()].filter((agent) => agent !== "ipaddr").join(", ")})`,
    heartbeat: lookup.resourceDirectory,
    lsb: lookup.initDirectory,
  };
  const nearest = tried.includes("native") ? nearestWord(name, NATIVE_AGENTS.keys()) : undefined;
  const advice =
    nearest === undefined
      ? "install the program that brings it, or put an executable script there"
      : `did you mean "${nearest}"?`;
  const where = tried.map((kind) => places[kind]).join(", then in ");
  const message = `nothing looks after "${text}": looked for ${name} in ${where}; ${advice}`;
  return { ok: false, code: "resource.not-found", message };
}

function isClass(text: string): text is ResourceClass {
  return CLASSES.some((known) => known === text);
}

/** What `text`, a resource as written, means on this machine. */
export function resolveResource(text: string, lookup: ResourceLookup): Resolution {
  if (looksLikeAddress(text)) return resolveAddress(text);
  const name = splitName(text);
  if (name.class === "ocf") return resolveOcf(text, lookup);
  if (name.class === "systemd") return resolveUnit(text, lookup);
  if (name.class !== undefined && !isClass(name.class)) {
    const hint = didYouMean(name.class, [...CLASSES, ...NAMED_CLASSES]);
    const message = `there is no class "${name.class}" of resources; write native:, heartbeat: (resource.d), lsb: (init.d), ocf:PROVIDER: or systemd: before the name${hint}`;
    return { ok: false, code: "resource.class-unknown", message };
  }
  if (name.class === "native" && looksLikeAddress(text.slice("native:".length))) {
    return resolveAddress(text.slice("native:".length));
  }
  if (name.name === "" || name.name.startsWith(".") || name.name.includes("/")) {
    const message = `"${text}" names no script; write a name without slashes, as NAME or NAME::ARGUMENT`;
    return { ok: false, code: "resource.name-invalid", message };
  }
  const args = name.rest?.split("::").filter((argument) => argument !== "") ?? [];
  const tried: readonly ResourceClass[] = name.class === undefined ? CLASSES : [name.class];
  for (const kind of tried) {
    const found = kind === "native" ? resolveNative(name, args) : resolveScript(kind, name, args, lookup);
    if (found !== undefined) return found;
  }
  return notFound(text, name.name, tried, lookup);
}
