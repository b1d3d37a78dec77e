// What the plugin may be told, judged by valibot before any of its code sees it.
import * as v from "valibot";

const KeyIndex = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(15));

export const CustomConfig = v.strictObject({
  tcp: v.strictObject({
    address: v.pipe(v.string(), v.ip()),
    peer: v.pipe(v.string(), v.ip()),
    port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  }),
  hmac: v.strictObject({
    /** The index of the key that signs. */
    sign: KeyIndex,
    /** Keys stand in files of their own: systole.yaml is no place for secrets. */
    keys: v.pipe(v.array(v.strictObject({ index: KeyIndex, file: v.string() })), v.minLength(1)),
  }),
  command: v.strictObject({ program: v.string(), nodes: v.array(v.string()) }),
  file: v.strictObject({ path: v.string() }),
});

export type CustomConfig = v.InferOutput<typeof CustomConfig>;
