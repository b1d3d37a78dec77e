// The kinds of plugins that `systole plugin new` can write: one a port, with the words that go with it.

export interface PluginKind {
  /** Name of the port, and of the directory of its template. */
  readonly port: string;
  /** What the names of such plugins begin with. */
  readonly prefix: string;
  /** Lines of systole.yaml that use the provider. */
  readonly use: (name: string) => string;
}

const unused = () => "";

export const PLUGIN_KINDS: readonly PluginKind[] = [
  { port: "transport", prefix: "transport", use: (name) => `transports: [${name}]\n` },
  { port: "authenticator", prefix: "auth", use: (name) => `authenticator: ${name}\n` },
  { port: "resource-agent", prefix: "agent", use: unused },
  { port: "fence-device", prefix: "fence", use: (name) => `fence: [${name}]\n` },
  { port: "membership", prefix: "membership", use: (name) => `membership: ${name}\n` },
  { port: "resource-policy", prefix: "policy", use: (name) => `policy: ${name}\n` },
  { port: "quorum", prefix: "quorum", use: (name) => `quorum: [${name}]\n` },
  { port: "store", prefix: "store", use: (name) => `store: ${name}\n` },
  { port: "notifier", prefix: "notifier", use: (name) => `notifiers: [${name}]\n` },
];
