// In which order test files start. A build server remembers no run, and by itself vitest goes by the size of a file, which says nothing
// of how long a cluster lives: what lasts longest begins first, so that no worker is left with it alone at the end.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of the labs that last minutes, the longest first. */
export const LONG: readonly string[] = [
  "interop/keys-heartbeat-first.interop.ts",
  "interop/keys-systole-first.interop.ts",
  "interop/loss.interop.ts",
  "interop/failback.interop.ts",
  "interop/takeover.interop.ts",
  "interop/faults.interop.ts",
  "interop/killed.interop.ts",
  "interop/orders.interop.ts",
  "interop/standby.interop.ts",
  "interop/ipfail.interop.ts",
  "interop/two-homes.interop.ts",
  "interop/matrix-ucast.interop.ts",
  "interop/matrix-bcast.interop.ts",
  "interop/matrix-mcast.interop.ts",
  "lab/cts-plain.lab.ts",
  "lab/cts-fenced.lab.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is vitest's own method, not an array's
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((name) => moduleId.endsWith(`/${name}`));
  return place === -1 ? LONG.length : place;
}
