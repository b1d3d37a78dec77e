// The mark on addresses that Systole has added (IFA_PROTO, Linux 5.18 and later): after a crash it tells what is ours.
// 83 is the letter S. The kernel uses 1 to 3 itself; routing daemons' numbers (bird 12, zebra 11, ospf 188 …) are those
// of routes, and none of them marks addresses with 83.

export const OWNER_TAG = 83;

export function ownerOfTag(tag: number | undefined): { readonly owner?: "systole" } {
  return tag === OWNER_TAG ? { owner: "systole" } : {};
}
