// The three functions of `Reflect` that tsyringe looks for before it loads, and what they keep. Whoever has brought a whole
// reflect-metadata keeps it.

/* oxlint-disable-next-line typescript/no-namespace -- the global that tsyringe asks */
declare global {
  namespace Reflect {
    function defineMetadata(key: unknown, value: unknown, target: object): void;
    function getMetadata(key: unknown, target: object): unknown;
    function getOwnMetadata(key: unknown, target: object): unknown;
  }
}

/** By class or object. */
export const notes: WeakMap<object, Map<unknown, unknown>> = new WeakMap();

function ownNote(key: unknown, target: object): unknown {
  return notes.get(target)?.get(key);
}

/** Of a class also what its parents have. */
function note(key: unknown, target: object): unknown {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null)
    if (notes.get(at)?.has(key) === true) return ownNote(key, at);
  return undefined;
}

function write(key: unknown, value: unknown, target: object): void {
  const own = notes.get(target) ?? new Map<unknown, unknown>();
  notes.set(target, own.set(key, value));
}

if (typeof Reflect.getMetadata !== "function")
  Object.assign(Reflect, { defineMetadata: write, getMetadata: note, getOwnMetadata: ownNote });
