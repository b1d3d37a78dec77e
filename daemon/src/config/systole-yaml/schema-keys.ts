// What the schema of systole.yaml knows of a key: its type in words, its description, and the keys below it.
import { nearestWord } from "@systole/sdk";
import { z } from "zod";
import { SystoleYaml } from "./schema.js";

type Schema = z.core.$ZodType;

export interface SchemaKey {
  /** Dotted, as `groups.NAME.prefer`: capitals stand for names of one's own. */
  readonly path: string;
  readonly type: string;
  readonly description: string;
  /** From the description: what holds where the key is absent, and what it may look like. */
  readonly default: string | undefined;
  readonly example: string | undefined;
  /** Keys that may stand below it, by name. */
  readonly below: readonly string[];
}

/** What a name of one's own is shown as, by the key above it. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  nodes: "NODE",
  groups: "GROUP",
  resources: "RESOURCE",
  parameters: "PARAMETER",
  attributes: "ATTRIBUTE",
  environment: "VARIABLE",
  apiauth: "CLIENT",
  prefer: "NODE",
};

export type FoundKey =
  | { readonly ok: true; readonly key: SchemaKey }
  | { readonly ok: false; readonly known: string; readonly nearest: string | undefined };

/** `dotted` is a path as the file has it, without the numbers of lists: `media.unicast.port`, `nodes.alpha.address`. */
export function findKey(dotted: string): FoundKey {
  let at: Schema = SystoleYaml;
  let description = "The whole file.";
  const path: string[] = [];
  for (const step of dotted === "" ? [] : dotted.split(".")) {
    const children = childrenOf(at);
    const known = children.get(step) ?? children.get("*");
    if (known === undefined)
      return { ok: false, known: path.join("."), nearest: nearestWord(step, namesOf(children)) };
    path.push(children.has(step) ? step : (OWN_NAMES[path.at(-1) ?? ""] ?? "NAME"));
    description = described(known) ?? description;
    at = known;
  }
  return { ok: true, key: keyAt(path, at, description) };
}

/** Every key, in the order of the schema, names of one's own in capitals. */
export function everyKey(): readonly string[] {
  const below = (schema: Schema, path: readonly string[]): readonly string[] =>
    [...childrenOf(schema)].flatMap(([name, child]) => {
      const step = name === "*" ? (OWN_NAMES[path.at(-1) ?? ""] ?? "NAME") : name;
      const here = [...path, step];
      return [...(name === "*" ? [] : [here.join(".")]), ...below(child, here)];
    });
  return below(SystoleYaml, []);
}

function keyAt(path: readonly string[], schema: Schema, description: string): SchemaKey {
  const children = childrenOf(schema);
  const own = OWN_NAMES[path.at(-1) ?? ""] ?? "NAME";
  const below = [...children.keys()].map((name) => (name === "*" ? own : name));
  return {
    path: path.join("."),
    type: typeOf(schema),
    description,
    default: defaultIn(description),
    example: exampleIn(description, path.at(-1) ?? ""),
    below,
  };
}

function defaultIn(description: string): string | undefined {
  return (
    /default:? `([^`]+)`/i.exec(description)?.[1] ??
    /`([^`]+)` \((?:the )?default\)/.exec(description)?.[1] ??
    /`([^`]+)`, which is the default/.exec(description)?.[1]
  );
}

/** The first thing behind `e.g.`, or behind a colon, or at all. Below a name of one's own it stands by itself. */
function exampleIn(description: string, name: string): string | undefined {
  const [, value] =
    /e\.g\. `([^`]+)`/.exec(description) ??
    /[:,] `([^`]+)`/.exec(description) ??
    /`([^`]+)`/.exec(description) ??
    [];
  if (value === undefined || name === "") return undefined;
  if (/^[A-Z]+$/.test(name)) return value;
  return /^[\w-]+: /.test(value) ? `${name}: { ${value} }` : `${name}: ${value}`;
}

function described(schema: Schema): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  return own ?? (schema instanceof z.ZodOptional ? described(schema.unwrap()) : undefined);
}

function namesOf(children: ReadonlyMap<string, Schema>): readonly string[] {
  return [...children.keys()].filter((name) => name !== "*");
}

/** `*` stands for any name. What a list holds is below the list itself. */
function childrenOf(schema: Schema): ReadonlyMap<string, Schema> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return childrenOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return childrenOf(schema.in);
  if (schema instanceof z.ZodArray) return childrenOf(schema.element);
  if (schema instanceof z.ZodObject)
    return new Map<string, Schema>(Object.entries(schema.shape as Readonly<Record<string, Schema>>));
  if (schema instanceof z.ZodRecord)
    return isPlain(schema.valueType) ? new Map() : new Map([["*", schema.valueType]]);
  if (!(schema instanceof z.ZodUnion)) return new Map();
  return new Map(schema.options.flatMap((option) => [...childrenOf(option)]));
}

/** Texts and numbers have nothing below them. */
function isPlain(schema: Schema): boolean {
  return childrenOf(schema).size === 0;
}

function typeOf(schema: Schema): string {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return typeOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return isDuration(schema) ? "time" : typeOf(schema.in);
  if (schema instanceof z.ZodEnum) return Object.values(schema.enum).join(" | ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(" | ");
  if (schema instanceof z.ZodArray) return listOf(typeOf(schema.element));
  if (schema instanceof z.ZodTuple) return "list of two names";
  if (schema instanceof z.ZodRecord || schema instanceof z.ZodObject) return "keys";
  if (schema instanceof z.ZodNumber) return "whole number";
  if (schema instanceof z.ZodBoolean) return "true | false";
  if (schema instanceof z.ZodUnknown) return "anything";
  if (schema instanceof z.ZodUnion)
    return [...new Set(schema.options.map((option) => typeOf(option)))]
      .filter((type) => type !== "nothing")
      .join(" | ");
  return schema instanceof z.ZodNull ? "nothing" : "text";
}

function listOf(type: string): string {
  return type === "keys" ? "list, each with keys" : `list of ${type.includes(" | ") ? `(${type})` : type}`;
}

/** Times are texts that become milliseconds. */
function isDuration(schema: z.ZodPipe): boolean {
  const parsed = z.safeParse(schema, "10s");
  return parsed.success && parsed.data === 10_000;
}
