// Which keys may stand at a place of systole.yaml, asked of its schema.
import { z } from "zod";
import { SystoleYaml } from "./schema.js";

/** Keys of the mapping at `path`; empty where any key may stand. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let at: z.core.$ZodType = SystoleYaml;
  for (const step of path) at = below(unwrapped(at), step);
  const here = unwrapped(at);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema;
}

function below(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<PropertyKey, z.core.$ZodType | undefined>> = schema.shape;
    return shape[step] ?? z.unknown();
  }
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : z.unknown();
}
