// The one model of a cluster's configuration: what heartbeat's three files, or any later format, are parsed into.
import type { Failback, GroupSpec, MembershipTimings, ResourceAction, ResourceSpec } from "../ports/index.js";

/** A plugin that the configuration names, with its own part of the configuration. */
export interface PluginUse {
  /** Name of the plugin, e.g. `transport-udp`; the host that composes knows where its code is. */
  readonly use: string;
  /** Handed to the plugin's schema. */
  readonly with?: unknown;
}

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
  readonly operationTimeoutMs: Readonly<Record<ResourceAction, number>>;
  readonly requestTimeoutMs: number;
  /** In the order in which they register. */
  readonly plugins: readonly PluginUse[];
  /** Names of the providers that are made, by port. Agents are those that `groups` name. */
  readonly providers: {
    readonly membership: string;
    readonly policy: string;
    readonly authenticator: string;
    readonly transports: readonly string[];
    /** Which provider an injected port means when several plugins offer one, by port name, e.g. `{ network: "linux" }`. */
    readonly services: Readonly<Record<string, string>>;
  };
}
