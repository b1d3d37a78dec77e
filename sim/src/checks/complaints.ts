// What a life did wrong: the first few of each kind, with their moments.

const KEPT = 3;

export interface Complaint {
  readonly check: string;
  readonly atMs: number;
  readonly what: string;
}

export class Complaints {
  private readonly kept: Complaint[] = [];

  add(check: string, atMs: number, what: string): void {
    if (this.kept.filter((one) => one.check === check).length < KEPT)
      this.kept.push({ check, atMs: Math.round(atMs), what });
  }

  list(): readonly Complaint[] {
    return this.kept;
  }
}
