// In place of `bz2.ts` on Workers: only heartbeat's daemons compress so, and none of them speaks HTTP. What is not there is not uploaded.
import { Refused } from "./expansion.js";

/** Refuses whatever it is. */
export function bunzip2(): never {
  throw new Refused("unknown-compression");
}
