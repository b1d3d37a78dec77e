// The one model of a cluster's configuration: what heartbeat's three files, or any later format, are parsed into.
import type { FencingConfig } from "./fencing/fencing-config.js";
import type {
  Failback,
  GroupSpec,
  IsolationPolicy,
  MembershipTimings,
  ResourceAction,
  ResourceSpec,
} from "../ports/index.js";

/** A plugin that the configuration names, with its own part of the configuration. */
export interface PluginUse {
  /** Name of the plugin, e.g. `transport-udp`; the host that composes knows where its code is. */
  readonly use: string;
  /** Handed to the plugin's schema. */
  readonly with?: unknown;
  /** Where a host that loads plugins by name finds one that it has not got itself. */
  readonly from?: PluginOrigin;
}

export interface PluginOrigin {
  /** A package's name, or a path that begins with `./`, `../` or `/`. */
  readonly specifier: string;
  /** Where relative paths start and where packages are looked for first: the configuration's directory. */
  readonly directory: string;
}

/** Who may use the client API under a name (`apiauth`). Users and groups as written: names or numbers. */
export interface ClientAccess {
  /** A client's name; `default` for those that no other entry names, `anon` for those without a name. */
  readonly name: string;
  /** One of these users or one of these groups is enough. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** A program that runs beside the daemon as long as the node takes part (`respawn`, `failfast`). */
export interface ClientProgram {
  /** `failfast`: its unasked end is the end of this node. */
  readonly kind: "respawn" | "failfast";
  readonly user: string;
  /** Full path of the program. */
  readonly program: string;
  /** The whole command as written; a shell reads it. */
  readonly command: string;
}

/** A device of the kernel that resets the machine when it is not fed (`watchdog`). */
export interface WatchdogUse {
  readonly device: string;
  /** Silence after which it shall reset the machine, whole seconds. */
  readonly timeoutSeconds: number;
}

/** How long an operation of an agent may take where nothing else is said. */
export const OPERATION_TIMEOUT_MS: Readonly<Record<ResourceAction, number>> = {
  start: 60_000,
  stop: 60_000,
  status: 20_000,
  announce: 5000,
  warm: 60_000,
  elsewhere: 5000,
};

export interface ClusterModel {
  /** This node's name, lower-case. */
  readonly self: string;
  /** Every normal node, in the order of the configuration. */
  readonly nodes: readonly string[];
  readonly pingNodes: readonly { readonly name: string; readonly group: boolean }[];
  readonly timings: MembershipTimings;
  readonly hopFudge: number;
  /** Also sign the fields themselves (`msgfmt classic`). */
  readonly innerSignature: boolean;
  /** How large messages are compressed; always with zlib. Absent: single fields that ask for it. */
  readonly compression?: {
    /** Compress whole messages above the threshold instead of single fields (`traditional_compression`). */
    readonly traditional: boolean;
    /** `compression_threshold`, in bytes: heartbeat's 2 KiB are 2048. */
    readonly thresholdBytes: number;
  };
  readonly groups: readonly GroupSpec[];
  /** What each resource name of `groups` means to its agent. */
  readonly resources: readonly ResourceSpec[];
  readonly failback: Failback;
  readonly ipfail: boolean;
  /** What a node does that hears no other and has no quorum. Absent: `hold`. */
  readonly isolation?: IsolationPolicy;
  readonly operationTimeoutMs: Readonly<Record<ResourceAction, number>>;
  readonly requestTimeoutMs: number;
  /** What `uuidfrom` and `autojoin` say; absent: a stored uuid, and nobody joins who is not configured. */
  readonly uuidFrom?: "file" | "nodename";
  readonly autoJoin?: "none" | "other" | "any";
  readonly clientAccess?: readonly ClientAccess[];
  /** In the order in which they start. */
  readonly clients?: readonly ClientProgram[];
  /** What client programs find in their environment, names with `HA_`. */
  readonly clientEnvironment?: Readonly<Record<string, string>>;
  readonly watchdog?: WatchdogUse;
  /** How the fence devices are used; absent: each by itself, in their order. */
  readonly fencing?: FencingConfig;
  /** False: frames that fail authentication are counted, and not logged (`log_badpack off`). */
  readonly logsRefusedFrames?: boolean;
  /** In the order in which they register. */
  readonly plugins: readonly PluginUse[];
  /** Names of the providers that are made, by port. Agents are those that `groups` name. */
  readonly providers: {
    readonly membership: string;
    readonly policy: string;
    /** Absent where only sealed frames count. */
    readonly authenticator?: string;
    /** What seals frames; absent: they are signed by the authenticator alone. */
    readonly sealer?: string;
    readonly transports: readonly string[];
    /** Who is told what happens to the cluster; absent: nobody. */
    readonly notifiers?: readonly string[];
    /** What can fence nodes. Absent: nothing. */
    readonly fenceDevices?: readonly string[];
    /** Who says which side of a partition may serve; each must grant. Absent: the ping nodes, where there are some. */
    readonly quorums?: readonly string[];
    /** What lives beside the cluster; absent: nothing. */
    readonly companions?: readonly string[];
    /** Which provider an injected port means when several plugins offer one, by port name, e.g. `{ network: "linux" }`. */
    readonly services: Readonly<Record<string, string>>;
  };
}
