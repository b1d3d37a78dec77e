// What this node tells the others and its disk about the groups: only when it is something new.
import type { PolicyOutput } from "../../../ports/index.js";
import { encodeReport, REPORT_FIELD, type NodeReport } from "./report.js";

export class Outlet {
  private published = "";
  private persisted = "";

  constructor(private readonly emit: (output: PolicyOutput) => void) {}

  publish(report: NodeReport): void {
    const text = encodeReport(report);
    if (text === this.published) return;
    this.published = text;
    this.emit({ kind: "publish", fields: { [REPORT_FIELD]: text } });
  }

  persist(epochs: Readonly<Record<string, number>>): void {
    const state = { version: 1, epochs };
    const text = JSON.stringify(state);
    if (text === this.persisted) return;
    this.persisted = text;
    this.emit({ kind: "state.persist", state });
  }

  /** Something else was published meanwhile. */
  publishAnew(): void {
    this.published = "";
  }
}
