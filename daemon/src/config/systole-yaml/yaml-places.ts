// Where in a YAML text a value, a key or the lack of one stands.
import { isMap, isNode, isScalar, type Document, type Node } from "yaml";
import type { Position } from "../problem.js";

type Path = readonly PropertyKey[];

export class YamlPlaces {
  /** Offsets at which lines begin. The library's own count misses those of keys over several lines. */
  private readonly starts: readonly number[];

  constructor(
    private readonly document: Document,
    text: string,
  ) {
    // A byte order mark is no column.
    const first = text.startsWith("\uFEFF") ? 1 : 0;
    this.starts = [
      first,
      ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ index, 0: end }) => index + end.length),
    ];
  }

  /** Of the value at `path`; of the nearest thing around it when there is none. */
  ofValue(path: Path): Position {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = this.node(path.slice(0, length));
      if (node?.range) return this.at(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** Of the key itself, the last step of `path`. */
  ofKey(path: Path): Position {
    const parent = this.node(path.slice(0, -1));
    const name = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === name)
      : undefined;
    const key = pair?.key;
    return isNode(key) && key.range ? this.at(key.range[0]) : this.ofValue(path);
  }

  /** A plain value exactly as it stands there, or undefined when it is none: `0755` is not 755. */
  textOf(path: Path): string | undefined {
    const node = this.node(path);
    return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
  }

  at(offset: number): Position {
    let before = 0;
    let behind = this.starts.length;
    while (behind - before > 1) {
      const middle = (before + behind) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) before = middle;
      else behind = middle;
    }
    return { line: before + 1, column: Math.max(0, offset - (this.starts[before] ?? 0)) + 1 };
  }

  private node(path: Path): Node | undefined {
    const found: unknown = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    return isNode(found) ? found : undefined;
  }
}
