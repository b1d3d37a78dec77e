// A claim says who should hold a group. Claims are merged by maximum, so nodes that exchange them agree in the end,
// whatever was lost, repeated or reordered on the way.

/** `owner` is undefined only for epoch 0: nobody ever claimed the group. */
export interface Claim {
  readonly epoch: number;
  readonly owner: string | undefined;
}

export const UNCLAIMED: Claim = { epoch: 0, owner: undefined };

/**
 * Total order of claims on one group: the later epoch; for the same epoch the node at home, then the name that sorts
 * first. Positive when `left` wins, 0 when they are the same claim.
 */
export function compareClaims(left: Claim, right: Claim, home: string): number {
  if (left.epoch !== right.epoch) return left.epoch - right.epoch;
  if (left.owner === right.owner) return 0;
  if (left.owner === home) return 1;
  if (right.owner === home) return -1;
  return (left.owner ?? "") < (right.owner ?? "") ? 1 : -1;
}

export function sameClaim(left: Claim, right: Claim): boolean {
  return left.epoch === right.epoch && left.owner === right.owner;
}
