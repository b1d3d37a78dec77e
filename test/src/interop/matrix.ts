// The short chain that is run for every medium and every signature.
import { COLD_START, start, stop } from "./acts.js";
import { describeChain } from "./chain.js";
import { MIXED } from "./pairing.js";

export function describeMatrix(medium: "ucast" | "bcast" | "mcast"): void {
  for (const auth of ["crc", "md5", "sha1"] as const) {
    describeChain({
      name: `${medium} ${auth}`,
      variant: { medium, auth },
      pairings: MIXED,
      comparison: auth === "md5",
      acts: [COLD_START, stop("master", "cluster1"), start("master", "master")],
    });
  }
}
