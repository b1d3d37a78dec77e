// What EC2 calls an error, e.g. `InvalidAssociationID.NotFound`.

export function codeOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : "";
}
