// What a host service written as a class wants in its constructor, read from its explicit `@inject` decorators.
import "./metadata.js";
import type { Token } from "../ports/index.js";

/** A class whose constructor parameters all carry `@inject(Port.id)`, under `@injectable()`. */
export type ServiceClass = new (...services: never[]) => object;

/** Where tsyringe's `@inject` leaves its note; the version is pinned, and a test fails when this moves. */
const NOTE = "injectionTokens";
const PORT_KEY = /^systole\.port\.(.+)@(\d+)$/;

/**
 * The ports that a class wants, in the order of its parameters. A parameter without `@inject` would silently become
 * undefined at run time; here it is an error.
 */
export function injectedTokens(service: ServiceClass): readonly Token<unknown>[] {
  const note = (Reflect.getOwnMetadata(NOTE, service) ?? {}) as Readonly<
    Record<number, { readonly token?: unknown } | undefined>
  >;
  return Array.from({ length: service.length }, (_, index) => {
    const found = tokenOfSymbol(note[index]?.token);
    if (found === undefined)
      throw new TypeError(
        `Parameter ${index + 1} of the constructor of ${service.name} has no @inject(Port.id): add it.`,
      );
    return found;
  });
}

function tokenOfSymbol(id: unknown): Token<unknown> | undefined {
  if (typeof id !== "symbol") return undefined;
  const [, port, contract] = PORT_KEY.exec(Symbol.keyFor(id) ?? "") ?? [];
  return port === undefined ? undefined : { id, port, contract: Number(contract) };
}
