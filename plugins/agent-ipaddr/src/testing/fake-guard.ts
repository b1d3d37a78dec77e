// A guard in memory: what it was told, and nothing is removed.
import type { AddressGuard, AddressGuardView, GuardedAddress } from "@systole/sdk";

export class FakeGuard implements AddressGuard {
  readonly held = new Set<string>();
  /** How often it was fed. */
  fed = 0;
  afterMs: number | undefined;

  open(afterMs: number): void {
    this.afterMs = afterMs;
  }

  hold({ address }: GuardedAddress): void {
    this.held.add(address);
  }

  letGo(address: string): void {
    this.held.delete(address);
  }

  feed(): void {
    this.fed += 1;
  }

  view(): AddressGuardView | undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.afterMs = undefined;
  }
}
