// What may be configured: the devices of ha.cf's serial lines, with their speed.
import * as v from "valibot";

/** Speeds that heartbeat knows; both ends must have the same. */
export const BAUD_RATES = [9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800] as const;

const Port = v.strictObject({
  /** Name of the provider. */
  name: v.pipe(v.string(), v.minLength(1, "a name is needed")),
  device: v.pipe(
    v.string(),
    v.regex(/^\/[^\s]{1,255}$/, "the full path of a device is needed, e.g. /dev/ttyS0"),
  ),
  baud: v.picklist(BAUD_RATES, `a speed is one of ${BAUD_RATES.join(", ")}`),
});
export type SerialPortConfig = v.InferOutput<typeof Port>;

export const SerialConfig = v.strictObject({
  ports: v.pipe(
    v.array(Port),
    v.check(
      (ports) => new Set(ports.map(({ device }) => device)).size === ports.length,
      "two media use the same device",
    ),
  ),
});
export type SerialConfig = v.InferOutput<typeof SerialConfig>;
