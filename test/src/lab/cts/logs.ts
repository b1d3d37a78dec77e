// What a node's log has said since a moment: who was called dead, and whatever else a class waits for.
import type { Cluster } from "./cluster.js";
import type { Name } from "./three-nodes.js";

const LOG = "/var/log/daemon.log";

export class FreshLog {
  private readonly from: number;

  constructor(
    private readonly cluster: Cluster,
    readonly name: Name,
  ) {
    this.from = this.text().length;
  }

  lines(): readonly string[] {
    return this.text().slice(this.from).split("\n");
  }

  /** The moments at which another node was called dead here, as milliseconds of the clock on the wall. */
  deathsOf(name: Name): readonly number[] {
    const dead = this.lines().filter(
      (line) => line.includes(`node.changed node=${name} `) && line.includes("to=dead"),
    );
    return dead.map((line) => Date.parse(line.split(" ", 1)[0] ?? ""));
  }

  private text(): string {
    return this.cluster.node(this.name).read(LOG);
  }
}
