// What this node tells the others and its disk about the groups: only when it is something new.
import type { PolicyOutput } from "../../../ports/index.js";
import { encodeReport, REPORT_FIELD, sameReport, type NodeReport } from "./report.js";

export class Outlet {
  private published: NodeReport | undefined;
  private persisted: Readonly<Record<string, number>> | undefined;

  constructor(private readonly emit: (output: PolicyOutput) => void) {}

  publish(report: NodeReport): void {
    if (this.published !== undefined && sameReport(report, this.published)) return;
    this.published = report;
    this.emit({ kind: "publish", fields: { [REPORT_FIELD]: encodeReport(report) } });
  }

  persist(epochs: Readonly<Record<string, number>>): void {
    const { persisted } = this;
    // The groups are those of the configuration, always the same.
    if (persisted !== undefined && Object.keys(epochs).every((key) => epochs[key] === persisted[key])) return;
    this.persisted = epochs;
    this.emit({ kind: "state.persist", state: { version: 1, epochs } });
  }

  /** Something else was published meanwhile. */
  publishAnew(): void {
    this.published = undefined;
  }
}
