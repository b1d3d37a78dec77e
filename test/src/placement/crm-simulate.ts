// Asks Pacemaker's scheduler what it would do in a situation: where everything runs afterwards, and what it did in which order.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PlacementGroup } from "@systole/core/ports";
import { hostEnvironment } from "../lab/environment.js";
import { FENCE_DEVICE } from "./cib-names.js";
import type { Deed, Outcome } from "./outcome.js";
import { ordersIn } from "./transition-graph.js";

const run = promisify(execFile);

export const PROGRAM = "crm_simulate";
export const DEBIAN_PACKAGE = "pacemaker-cli-utils";

export interface Question {
  readonly name: string;
  readonly cib: string;
  readonly groups: readonly PlacementGroup[];
  readonly nowMs: number;
}

/** Writes the file into `directory`, which must be there. */
export async function askPacemaker(
  directory: string,
  { name, cib, groups, nowMs }: Question,
): Promise<Outcome> {
  const path = join(directory, `${name}.xml`);
  await writeFile(path, cib);
  const time = new Date(nowMs).toISOString().replace("T", " ").replace(".000", "");
  const { stdout } = await run(
    PROGRAM,
    ["-x", path, "-S", "-t", time, "-G", `${path}.graph`, "--output-as=xml"],
    {
      env: { ...hostEnvironment(), CIB_shadow_dir: directory },
      timeout: 20_000,
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  return { ...outcomeFrom(stdout, groups), orders: await ordersIn(`${path}.graph`, groups) };
}

type Attributes = Readonly<Record<string, string | undefined>>;

function elements(xml: string, name: string): readonly Attributes[] {
  return [...xml.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, "g"))].map(([, text = ""]) =>
    attributesOf(text),
  );
}

function attributesOf(text: string): Attributes {
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = "", value]) => [key, value]),
  );
}

function section(xml: string, name: string): string {
  const begin = xml.indexOf(`<${name}>`);
  const end = xml.indexOf(`</${name}>`);
  if (begin < 0 || end < 0) throw new Error(`crm_simulate answered without <${name}>:\n${xml}`);
  return xml.slice(begin, end);
}

function outcomeFrom(xml: string, groups: readonly PlacementGroup[]): Omit<Outcome, "orders"> {
  const revised = section(xml, "revised_cluster_status").replaceAll(/<resource [^>]*\/>/g, "");
  // What may run on a node that was not fenced is nothing that was decided.
  const unclean = elements(revised, "node").filter((one) => one["unclean"] === "true");
  const silent = new Set(unclean.map(({ name }) => name));
  const places = groups.map((group) => ({
    group: group.name,
    nodes: placesOf(group, revised).filter((node) => !silent.has(node.replace("*", ""))),
  }));
  return { places, deeds: deedsIn(section(xml, "transition"), groups) };
}

/** A group runs where all its resources do. */
function placesOf(group: PlacementGroup, revised: string): readonly string[] {
  const each = group.resources.map(({ name }) => {
    const found = [
      ...revised.matchAll(
        new RegExp(`<resource id="${name}(?::\\d+)?" ([^>]*?)>([\\s\\S]*?)</resource>`, "g"),
      ),
    ];
    return found.flatMap(([, head = "", body = ""]) => {
      const promoted = /^(Promoted|Master)$/.test(attributesOf(head)["role"] ?? "") ? "*" : "";
      return elements(body, "node").map(({ name: node = "" }) => `${node}${promoted}`);
    });
  });
  const [first = [], ...others] = each;
  return first.filter((node) => others.every((one) => one.includes(node))).toSorted();
}

const KINDS: ReadonlySet<string> = new Set(["start", "stop", "promote", "demote"]);

/** In the order in which they were done. */
function deedsIn(transition: string, groups: readonly PlacementGroup[]): readonly Deed[] {
  const groupOf = new Map(
    groups.flatMap(({ name, resources }) => resources.map((one) => [one.name, name] as const)),
  );
  return [...transition.matchAll(/<(rsc_action|fencing_action) ([^>]*?)\/>/g)].flatMap(
    ([, element, text = ""]): readonly Deed[] => {
      const { op = "", resource = "", node = "", target = "", interval } = attributesOf(text);
      if (element === "fencing_action") return [{ kind: "fence", node: target, group: undefined }];
      if (!KINDS.has(op) || interval !== undefined || resource === FENCE_DEVICE) return [];
      return [
        { kind: op as Deed["kind"], node, group: groupOf.get(resource.replace(/:\d+$/, "")) ?? resource },
      ];
    },
  );
}
