// The classes of agents, in the order in which they are shown, and what each is.

export const AGENT_CLASSES: ReadonlyMap<string, string> = new Map([
  ["native", "built in, without a program in between"],
  ["ocf", "agents of OCF; write ocf:PROVIDER:NAME::PARAMETER=VALUE"],
  ["heartbeat", "scripts of heartbeat, in resource.d"],
  ["lsb", "scripts in init.d"],
  ["systemd", "services of systemd"],
]);
