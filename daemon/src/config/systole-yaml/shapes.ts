// What the parts of systole.yaml's schema have in common: mappings and lists of names, and what to write instead.
import { z } from "zod";

export const LIST = "write a list, each entry behind a `-` or all of them as `[one, two]`";
export const MAPPING = "write keys with their values below it, indented";
export const NAME = "write the name of a provider, as the plugin's documentation calls it";

/** An object that refuses keys it does not know. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, MAPPING);
}

/** Names of providers, each once. */
export function names(most: number) {
  return z
    .array(z.string(NAME).min(1, NAME), LIST)
    .max(most, `at most ${most} can be used; leave some out`)
    .refine((list) => new Set(list).size === list.length, "a name stands there twice; write it once");
}
