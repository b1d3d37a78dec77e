// One cluster on a stage, command after command, and what came of them.
import { secondsText } from "@systole/core/words";
import { allChecks } from "../checks/all-checks.js";
import { Complaints } from "../checks/complaints.js";
import { unrest } from "../checks/peace.js";
import { befall } from "../lives/fault.js";
import { leaveInPeace } from "../lives/peace.js";
import type { Scene } from "../lives/scene.js";
import type { Stage } from "../lives/stage.js";
import { columns } from "./columns.js";
import { parseFault } from "./fault-lines.js";
import { Narrator } from "./narrator.js";
import { parseSpan } from "./span.js";
import { statusLines } from "./status-lines.js";

const BOOT_LIMIT_MS = 120_000;
/** Until every resource has been looked at. */
const SETTLED_MS = 3000;
const NOTHING = "nothing happens";

export class Show {
  private readonly narrator: Narrator;
  /** Tables and remarks of the block that is played. */
  private remarks: string[] = [];
  private readonly complaints = new Complaints();
  private complaintsTold = 0;

  constructor(
    private readonly scene: Scene,
    private readonly stage: Stage,
  ) {
    this.narrator = new Narrator(stage.cluster);
    stage.cluster.observers.push(this.narrator, ...allChecks(stage.cluster, scene.around, this.complaints));
  }

  /** What a line asks for, to be done later. Throws when it is not understood. */
  command(line: string): () => void {
    const { cluster, witness } = this.stage;
    const [verb = "", ...words] = line.split(" ");
    const [name] = words;
    if (verb === "boot") return () => this.boot();
    if (verb === "status") return () => this.remarks.push(...statusLines(cluster));
    if (verb === "peace") return () => this.peace();
    if (verb === "run") {
      const ms = parseSpan(name ?? "");
      return () => cluster.run(ms);
    }
    if (verb === "start" && name === undefined)
      return () => {
        for (const each of cluster.names) cluster.start(each);
      };
    const fault = parseFault(line);
    this.mustKnow({ ...fault });
    return () => {
      // Not one that has never lived.
      if (fault.kind === "start" && !cluster.nodes.has(fault.node)) return cluster.start(fault.node);
      if (!befall(cluster, fault, witness)) this.remarks.push(`does not apply: ${line}`);
    };
  }

  /** Does it all, and tells what came of it. */
  tell(block: readonly (() => void)[]): readonly string[] {
    const sinceMs = this.stage.cluster.nowMs;
    try {
      for (const run of block) {
        run();
        this.narrator.look();
      }
    } catch (error) {
      this.remarks.push(`!! it ends here: ${error instanceof Error ? error.message : String(error)}`);
    }
    const happenings = this.narrator.take();
    const told = columns(
      happenings.map(({ atMs, who, what }) => [`+${secondsText(atMs - sinceMs)}`, who, what]),
    );
    const lines = [...told, ...this.wrong(sinceMs), ...this.remarks];
    this.remarks = [];
    return lines.length === 0 ? [NOTHING] : lines;
  }

  /** What must never be, and was. */
  private wrong(sinceMs: number): readonly string[] {
    const wrong = this.complaints.list().slice(this.complaintsTold);
    this.complaintsTold += wrong.length;
    return wrong.map(({ check, atMs, what }) => `!! +${secondsText(atMs - sinceMs)}  ${check}: ${what}`);
  }

  /** A mistyped name would be cut off from nobody. */
  private mustKnow(named: Readonly<Record<string, unknown>>): void {
    const { nodes, groups } = this.scene;
    const ends = [...nodes, "gateway", "witness"];
    for (const key of ["node", "left", "right", "from", "to", "by"]) {
      const name = named[key];
      if (typeof name === "string" && !ends.includes(name))
        throw new Error(`no node ${name}; there are ${nodes.join(", ")}`);
    }
    const resources = groups.flatMap(({ resources }) => resources.map(({ name }) => name));
    const { resource } = named;
    if (typeof resource === "string" && !resources.includes(resource))
      throw new Error(`no resource ${resource}; there are ${resources.join(", ")}`);
  }

  /** From nothing to a cluster that is well: how that goes is another question. */
  private boot(): void {
    const { cluster } = this.stage;
    for (const name of cluster.names) cluster.start(name);
    cluster.until(() => unrest(cluster).length === 0, BOOT_LIMIT_MS, "the cluster is well");
    cluster.run(SETTLED_MS);
    this.narrator.take();
    const places = cluster.plan.groups.map(
      ({ key, resources }) => `${key} on ${cluster.holders(resources[0]?.name).join()}`,
    );
    this.remarks.push(`all nodes are up, and everything is well: ${places.join(", ")}`);
  }

  private peace(): void {
    const { cluster, witness } = this.stage;
    const wrong = leaveInPeace(cluster, this.scene, witness, false);
    this.remarks.push(wrong.length === 0 ? "everything is well" : `!! not well: ${wrong.join("; ")}`);
  }
}
