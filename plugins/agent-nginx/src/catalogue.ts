// What can be told to this agent, for people who ask `systole agents describe`: the table of parameters, as it is.
import type { AgentCatalogue, AgentDescription } from "@systole/sdk";
import { NGINX_PARAMETERS } from "./parameters.js";

const DESCRIPTION: AgentDescription = {
  title: "nginx, checked over HTTP, warm on the standby if wanted, drained on planned moves",
  text: "Written as nginx, nginx::FILE or nginx::FILE::NAME=VALUE::…; in systole.yaml by name.",
  parameters: NGINX_PARAMETERS.map(({ name, form, default: unset, about }) => ({
    name,
    required: false,
    type: form,
    ...(unset !== "" && { default: unset }),
    title: about,
    text: "",
  })),
  actions: ["start", "stop", "status", "warm"].map((name) => ({ name })),
};

export const nginxCatalogue: AgentCatalogue = {
  list: () => Promise.resolve(["native:nginx"]),
  describe: () => Promise.resolve({ ok: true, description: DESCRIPTION }),
};
