// Agents whose yes does not mean that a node has stopped, so that nothing may be built on it.

export const UNSUITED: Readonly<Record<string, string>> = {
  fence_ack_manual: "it waits for a person at a terminal; use the plugin fence-meatware instead",
  fence_heuristics_ping: "its yes says that a host answers a ping, not that a node is off",
};
