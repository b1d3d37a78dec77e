// What a type of device says of its parameters, and what is wrong with those that it is given.
import { didYouMean } from "@systole/sdk";

export interface StonithType {
  /** Names in the order in which values without names are given. */
  readonly ordered: readonly string[];
  /** Every name that may be given. */
  readonly known: readonly string[];
  /** Names without which it does not work. */
  readonly required: readonly string[];
}

/** Sentences; empty when the type can take all of them and lacks none. */
export function parameterProblems(
  typeName: string,
  { known, required }: StonithType,
  given: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = Object.keys(given);
  const all = known.join(", ") || "none";
  const unknown = names
    .filter((name) => !known.includes(name))
    .map((name) => `${typeName} has no parameter ${name}${didYouMean(name, known) || `; it has ${all}`}`);
  const missing = required
    .filter((name) => !names.includes(name))
    .map((name) => `${typeName} needs the parameter ${name}`);
  return [...unknown, ...missing];
}

/** A script's `getconfignames` and `getinfo-xml`; both leave something out. */
export function externalType(configNames: string, xml: string): StonithType {
  const ordered = words(configNames);
  const described = [...xml.matchAll(/<parameter\b[^<>]*>/g)].map(([tag]) => tag);
  const nameOf = (tag: string) => /\bname="([^"]*)"/.exec(tag)?.[1] ?? "";
  return {
    ordered,
    known: [...new Set([...ordered, ...described.map(nameOf)])].filter((name) => name !== ""),
    required: described
      .filter((tag) => /\brequired="1"/.test(tag))
      .map(nameOf)
      .filter((name) => name !== ""),
  };
}

/** What `stonith -t TYPE -n` prints: every one of them must be given, and no other can be without being seen. */
export function nativeType(configNames: string): StonithType {
  const names = words(configNames);
  return { ordered: names, known: names, required: names };
}

export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
