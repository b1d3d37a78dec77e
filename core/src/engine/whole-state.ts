// All that a machine remembers, as JSON, and back: for hosts that do not keep a node in memory between two inputs. What a machine
// remembers is what its fields reach: data, maps, sets and parts of the engine. Functions, and fields named `init`, are what it
// was made with: another machine that is made with the same has them already, and takes over only the rest.

/** A state that this machine cannot have: of another version of it, or of another configuration. */
export class StateMismatch extends Error {
  override readonly name = "StateMismatch";
}

/** A class whose instances come and go while a machine lives, so that they must be made when they are read. */
// oxlint-disable-next-line typescript/no-extraneous-class -- only its prototype is of interest
type Part = { readonly prototype: object };

/** Each object is written once; where it is met again stands its number in the order of writing. */
type Written = null | boolean | number | string | readonly [tag: string, ...rest: unknown[]];

/** Plain JSON. `parts`: classes of instances that come and go, always in the same order. */
export function writeState(root: object, parts: readonly Part[]): unknown {
  return new Writer(parts).write(root);
}

/** Gives `root`, which was just made, the state that another one like it has written. Throws StateMismatch. */
export function readState(root: object, written: unknown, parts: readonly Part[]): void {
  if (understood(() => new Reader(parts).read(written as Written, root, "state")) !== root)
    throw new StateMismatch("the state is of something else");
}

/** A state that is put together in another way fails anywhere. */
function understood<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof StateMismatch) throw cause;
    throw new StateMismatch(`nobody of this version has written that: ${String(cause)}`);
  }
}

/** The state in a machine's snapshot of this version. Throws StateMismatch. */
export function stateIn(snapshot: unknown, version: number): unknown {
  const { version: written, state } = (snapshot ?? {}) as {
    readonly version?: unknown;
    readonly state?: unknown;
  };
  if (written === version && state !== undefined) return state;
  throw new StateMismatch(`the state has version ${String(written)}, and ${version} is understood`);
}

const MADE_WITH = "init";

function fieldsOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([name, field]) => name !== MADE_WITH && typeof field !== "function");
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

class Writer {
  private readonly numbers = new Map<object, number>();

  constructor(private readonly parts: readonly Part[]) {}

  write(value: unknown): Written {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0) ? value : ["number", numberText(value)];
      case "undefined":
        return ["undefined"];
      case "object":
        return value === null ? null : this.object(value);
      default:
        throw new StateMismatch(`a ${typeof value} cannot be written`);
    }
  }

  private object(value: object): Written {
    const known = this.numbers.get(value);
    if (known !== undefined) return ["again", known];
    this.numbers.set(value, this.numbers.size);
    if (value instanceof Uint8Array) return ["bytes", ...value];
    if (Array.isArray(value)) return ["list", ...value.map((item) => this.write(item))];
    if (value instanceof Set) return ["set", ...[...value].map((item) => this.write(item))];
    if (value instanceof Map)
      return ["map", ...[...value].map(([key, item]) => [this.write(key), this.write(item)])];
    const fields = Object.fromEntries(fieldsOf(value).map(([name, field]) => [name, this.write(field)]));
    if (isPlain(value)) return ["data", fields];
    const part = this.parts.findIndex(({ prototype }) => Object.getPrototypeOf(value) === prototype);
    return part === -1 ? ["fixed", fields] : ["part", fields, part];
  }
}

type Fields = Readonly<Record<string, Written>>;

class Reader {
  private readonly objects: object[] = [];

  constructor(private readonly parts: readonly Part[]) {}

  /** `present`: what stands in the same place of the machine that was just made. */
  read(written: Written, present: unknown, place: string): unknown {
    if (!Array.isArray(written)) return written;
    const [tag, ...rest] = written as readonly [string, ...Written[]];
    switch (tag) {
      case "undefined":
        return undefined;
      case "number":
        return Number(rest[0]);
      case "again":
        return this.objects[rest[0] as number] ?? mismatch(place);
      case "bytes":
        return this.met(Uint8Array.from(rest as number[]));
      case "list":
        return this.list(rest, present, place);
      case "set":
        return this.set(rest, present, place);
      case "map":
        return this.map(rest as unknown as readonly [Written, Written][], present, place);
      case "data":
        return this.data(rest[0] as unknown as Fields, present, place);
      case "fixed":
        return this.fill(this.met(fixedAt(present, place)), rest[0] as unknown as Fields, place);
      case "part":
        return this.part(rest[0] as unknown as Fields, rest[1] as number, present, place);
      default:
        return mismatch(place);
    }
  }

  private met<T extends object>(value: T): T {
    this.objects.push(value);
    return value;
  }

  private list(items: readonly Written[], present: unknown, place: string): unknown[] {
    const before: readonly unknown[] = Array.isArray(present) ? present : [];
    const list = this.met<unknown[]>([]);
    items.forEach((item, index) => list.push(this.read(item, before[index], `${place}[${index}]`)));
    return list;
  }

  /** Sets and maps stay the same objects: others may have been made with them. */
  private set(items: readonly Written[], present: unknown, place: string): Set<unknown> {
    const set = this.met(present instanceof Set ? (present as Set<unknown>) : new Set());
    set.clear();
    for (const item of items) set.add(this.read(item, undefined, place));
    return set;
  }

  private map(
    entries: readonly (readonly [Written, Written])[],
    present: unknown,
    place: string,
  ): Map<unknown, unknown> {
    const map = this.met(present instanceof Map ? (present as Map<unknown, unknown>) : new Map());
    const before = new Map(map);
    map.clear();
    for (const [writtenKey, item] of entries) {
      const key = this.read(writtenKey, undefined, place);
      map.set(key, this.read(item, before.get(key), `${place}.${String(key)}`));
    }
    return map;
  }

  /** Always a new object: the present one may be a constant that others use too. */
  private data(fields: Fields, present: unknown, place: string): object {
    const madeWith =
      typeof present === "object" && present !== null && isPlain(present)
        ? Object.entries(present).filter(([name, field]) => name === MADE_WITH || typeof field === "function")
        : [];
    const data = this.met<Record<string, unknown>>(Object.fromEntries(madeWith));
    const before = (typeof present === "object" && present !== null ? present : {}) as Record<
      string,
      unknown
    >;
    for (const [name, field] of Object.entries(fields))
      put(data, name, this.read(field, before[name], `${place}.${name}`));
    return data;
  }

  private part(fields: Fields, index: number, present: unknown, place: string): object {
    const prototype = this.parts[index]?.prototype ?? mismatch(place);
    const isThere = typeof present === "object" && present !== null;
    const same = isThere && Object.getPrototypeOf(present) === prototype && !this.objects.includes(present);
    if (same) return this.fill(this.met(present), fields, place);
    const made = this.met(Object.create(prototype) as Record<string, unknown>);
    for (const [name, field] of Object.entries(fields))
      put(made, name, this.read(field, undefined, `${place}.${name}`));
    return made;
  }

  /** Exactly the fields that it has: anything else was written by another version. */
  private fill(target: object, fields: Fields, place: string): object {
    const own = fieldsOf(target).map(([name]) => name);
    const foreign = [
      ...own.filter((name) => !(name in fields)),
      ...Object.keys(fields).filter((name) => !own.includes(name)),
    ];
    if (foreign.length > 0) throw new StateMismatch(`${place} has other fields here: ${foreign.join(", ")}`);
    const record = target as Record<string, unknown>;
    for (const [name, field] of Object.entries(fields))
      record[name] = this.read(field, record[name], `${place}.${name}`);
    return target;
  }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Also under a name like `__proto__`, which an operator may give to a group. */
function put(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

function fixedAt(present: unknown, place: string): object {
  if (typeof present !== "object" || present === null || isPlain(present)) return mismatch(place);
  return present;
}

function mismatch(place: string): never {
  throw new StateMismatch(`${place} is of another version`);
}
