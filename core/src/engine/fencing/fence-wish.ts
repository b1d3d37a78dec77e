// A node that has lost control of a resource asks the others to fence it. Without devices nobody can: that is said.
import type { PolicyOutput } from "../../ports/index.js";
import type { GroupRunner } from "../resources/group-runner.js";

export class FenceWish {
  /** Groups because of which this node has asked. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly self: string,
    /** Whether devices are configured. */
    private readonly configured: boolean,
    private readonly emit: (output: PolicyOutput) => void,
  ) {}

  /** Says it once for each time that a group wants it. */
  watch(runner: GroupRunner): void {
    const { key } = runner;
    if (!runner.wantsFence()) return void this.asked.delete(key);
    if (this.asked.has(key)) return;
    this.asked.add(key);
    const name = this.configured ? "fence.asked" : "fence.not-configured";
    const why = runner.note() ?? "a resource is out of control";
    this.emit({
      kind: "event",
      event: { name, level: "error", fields: { node: this.self, group: key, why } },
    });
  }
}
