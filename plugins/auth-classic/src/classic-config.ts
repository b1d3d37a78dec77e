// The plugin's configuration. Issues are rebuilt here: a validator's own quote the input, and the input is the keys.
import type { StandardIssue, StandardResult, StandardSchema } from "@systole/sdk";
import * as v from "valibot";

const MAX_INDEX = 15;
const MAX_KEY_CHARACTERS = 4096;

const INDEX_RULE = `must be a whole number from 0 to ${MAX_INDEX}`;
const KEY_RULE = `must be a text of 1 to ${MAX_KEY_CHARACTERS} characters: md5 and sha1 need a key`;
const KEY_TEXT_RULE = "must be Unicode text: these bytes were not read as UTF-8, and would make another key";
const NO_KEY_RULE = "must be absent: crc uses no key";
const ENTRY_RULE = 'must be an entry {index, method, key} whose method is "crc", "md5" or "sha1"';

/** What a text that was not Unicode turns into when it is read as such. */
const NOT_UNICODE = /[\p{Surrogate}\uFFFD]/u;

const Index = v.pipe(
  v.number(INDEX_RULE),
  v.integer(INDEX_RULE),
  v.minValue(0, INDEX_RULE),
  v.maxValue(MAX_INDEX, INDEX_RULE),
);

const Key = v.pipe(
  v.string(KEY_RULE),
  v.minLength(1, KEY_RULE),
  v.maxLength(MAX_KEY_CHARACTERS, KEY_RULE),
  v.check((key) => !NOT_UNICODE.test(key), KEY_TEXT_RULE),
);

const Entry = v.variant(
  "method",
  [
    v.strictObject(
      { index: Index, method: v.literal("crc"), key: v.optional(v.never(NO_KEY_RULE)) },
      objectRule,
    ),
    v.strictObject({ index: Index, method: v.picklist(["md5", "sha1"]), key: Key }, objectRule),
  ],
  ENTRY_RULE,
);

const Shape = v.strictObject(
  {
    sign: Index,
    keys: v.pipe(
      v.array(Entry, "must be a list of entries"),
      v.minLength(1, "must have an entry"),
      v.maxLength(MAX_INDEX + 1, `must have at most ${MAX_INDEX + 1} entries`),
    ),
    crcToo: v.optional(v.boolean("must be true or false")),
  },
  objectRule,
);

/** One entry of the authkeys file. The key is the UTF-8 bytes of `key`. */
export type ClassicKey = v.InferOutput<typeof Entry>;

/**
 * Which entries are accepted, and the index of the one that signs. `crcToo`: a listed crc counts although a key signs here, because the other
 * nodes still sign with it.
 */
export type ClassicConfig = v.InferOutput<typeof Shape>;

/** Every issue names its field in its path, and quotes nothing of the input. */
export const ClassicConfig: StandardSchema<ClassicConfig> = {
  "~standard": { version: 1, vendor: "systole", validate },
};

function validate(value: unknown): StandardResult<ClassicConfig> {
  const parsed = v.safeParse(Shape, value);
  if (!parsed.success) return { issues: parsed.issues.map(withoutInput) };
  const issues = contradictions(parsed.output);
  return issues.length === 0 ? { value: parsed.output } : { issues };
}

/** What an object itself can have wrong: it is none, a field is missing, or one is too many. */
function objectRule(issue: v.StrictObjectIssue): string {
  if (issue.expected === "never") return "is not a field here; remove it";
  if (issue.expected === '"key"') return KEY_RULE;
  return issue.path === undefined ? "must be an object" : "is missing";
}

function withoutInput(issue: v.BaseIssue<unknown>): StandardIssue {
  return { message: issue.message, path: (issue.path ?? []).map((item) => item.key as PropertyKey) };
}

/** Problems between fields that are each right. */
function contradictions({ sign, keys }: ClassicConfig): StandardIssue[] {
  const issues: StandardIssue[] = [];
  for (const [position, { index }] of keys.entries()) {
    if (keys.findIndex((other) => other.index === index) < position) {
      issues.push({
        message: `repeats the index ${index}; give each entry its own`,
        path: ["keys", position, "index"],
      });
    }
  }
  if (!keys.some(({ index }) => index === sign)) {
    issues.push({ message: `names the index ${sign}, which no entry of keys has`, path: ["sign"] });
  }
  return issues;
}
