// One node as a simulation needs it: the engine, the media and the frames that its configuration makes, and nothing of the world.
import {
  Authenticator,
  SystoleError,
  Transport,
  type Clock,
  type Logger,
  type Plugin,
  type Store,
} from "../ports/index.js";
import type { Engine } from "../engine/index.js";
import type { ClusterHost } from "./cluster-host.js";
import { composeEngine } from "./engine-composition.js";
import { Framing, type Carrier } from "./framing.js";
import { uuidOfName } from "./identity.js";
import type { ClusterModel } from "./model.js";
import { composeNode } from "./node-inside.js";

/** What a life of an engine begins with. */
export interface EngineLife {
  readonly generation: number;
  /** 16 bytes. Absent: made of the node's name. */
  readonly uuid?: Uint8Array;
  readonly seed: number;
  /** What the life before has told the store to keep; undefined: nothing. */
  readonly policy: unknown;
  readonly nodes: unknown;
}

export interface Blueprint {
  /** Media and ping media, in the order of the configuration. */
  readonly carriers: readonly Carrier[];
  /** The engine of a new life. */
  engine(life: EngineLife): Engine;
  /** Signed, and not sealed: for that the secret keys of all nodes would be needed. Each call makes a new one. */
  framing(): Framing;
}

/**
 * Makes what the model names as `createCluster` does, and starts none of it. What only speaks with the world is left out: companions,
 * notifiers, quorums, and what seals frames. Throws `SystoleError` with every problem in `details.problems`, and `CONFIG_INVALID` for
 * a model without an authenticator.
 */
export async function blueprintOf(model: ClusterModel, plugins: readonly Plugin[]): Promise<Blueprint> {
  const { authenticator: signer, transports } = model.providers;
  if (signer === undefined) throw new SystoleError("CONFIG_INVALID", "a blueprint needs an authenticator");
  const { composed } = await composeNode(withoutWorld(model), plugins, NOWHERE);
  const carriers = transports.map((name) => {
    const { medium, supports } = composed.get(Transport, name);
    return { medium, supports };
  });
  const authenticator = composed.get(Authenticator, signer);
  const framing = (): Framing =>
    new Framing({
      self: model.self,
      authenticator,
      innerSignature: model.innerSignature,
      compression: model.compression,
    });
  const measure = framing();
  const engine = ({ generation, uuid = uuidOfName(model.self), seed, policy, nodes }: EngineLife): Engine =>
    composeEngine({
      model,
      composed,
      identity: { generation, uuid },
      restored: { policy, nodes, fencing: undefined },
      fits: (message) => measure.fits(message, carriers),
      seedBytes: bytesOf(seed),
    });
  return { carriers, engine, framing };
}

function withoutWorld(model: ClusterModel): ClusterModel {
  const {
    sealer: _sealer,
    companions: _companions,
    notifiers: _notifiers,
    quorums: _quorums,
    ...providers
  } = model.providers;
  return { ...model, providers };
}

function bytesOf(seed: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, seed);
  return bytes;
}

/** Nobody who is never started asks it for anything. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};
const STILL: Clock = { nowMs: () => 0, wallMs: () => 0, wakeAt: () => () => undefined };
const EMPTY: Store = {
  read: async () => undefined,
  write: async () => undefined,
  remove: async () => undefined,
};
const NOWHERE: ClusterHost = {
  runtime: "node",
  clock: STILL,
  logger: SILENT,
  store: EMPTY,
  processes: { run: () => Promise.reject(new Error("a simulation runs no programs")) },
  randomBytes: (count) => new Uint8Array(count),
};
