// What systole.yaml says of the network in: how frames are sealed, what is let in regardless, and who may look.
import { z } from "zod";

const MODES = ["receive-only", "permissive", "enforce"] as const;

/** The part `security`. `mapping` refuses keys that it does not know. */
export function securitySchema(
  mapping: <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.ZodObject<Shape>,
) {
  return mapping({
    mode: z
      .enum(MODES, `write one of: ${MODES.join(", ")}`)
      .optional()
      .describe(
        "Frames are sealed with keys of the nodes (`systole keys`): `receive-only` sends signed frames and believes both, `permissive` sends sealed ones and believes both, `enforce` knows sealed ones only. Without it frames are signed as authkeys says.",
      ),
    keys: z
      .string("write a directory's full path")
      .startsWith("/", "write a full path, which begins with `/`")
      .optional()
      .describe("Directory of the nodes' keys; without it `keys` beside this file."),
    insecure: z
      .boolean("write true or false")
      .optional()
      .describe("`true` lets crc in authkeys be: then anybody on the network can speak as a node."),
    readers: z
      .string("write a group's name")
      .min(1, "write a group's name")
      .optional()
      .describe(
        "Group whose members may look: `systole status` and whatever else changes nothing. Without it only root may.",
      ),
  });
}
