// The plugin's configuration: who this node is, how it speaks, and where the keys are.
import type { StandardSchema } from "@systole/sdk";
import * as v from "valibot";
import { isNodeName } from "./key-files.js";

const Path = v.pipe(v.string("must be a path"), v.startsWith("/", "must be a full path"));

const Shape = v.strictObject({
  self: v.pipe(
    v.string("must be this node's name"),
    v.check(isNodeName, "must be a node's name, in lower case"),
  ),
  mode: v.picklist(
    ["off", "receive-only", "permissive", "enforce"],
    'must be "off", "receive-only", "permissive" or "enforce"',
  ),
  directory: Path,
  credential: v.optional(Path),
});

/** `credential`: a file with this node's secret key that stands for `node.key` in `directory`. */
export type SealedConfig = v.InferOutput<typeof Shape>;
export const SealedConfig: StandardSchema<SealedConfig> = Shape;
