// `ocf:heartbeat:Filesystem::device=/dev/sda1::directory=/data`: an agent of OCF and its parameters.
import { didYouMean, nearestWord } from "@systole/sdk";
import { join } from "node:path";
import type { Resolution, ResourceLookup } from "./resolve-resource.js";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
const PARAMETER = /^([A-Za-z_][A-Za-z0-9_-]*)=(.*)$/s;

/** `text` begins with `ocf:`. */
export function resolveOcf(text: string, lookup: ResourceLookup): Resolution {
  const body = text.slice("ocf:".length);
  const split = body.indexOf("::");
  const [name, rest] = split < 0 ? [body, undefined] : [body.slice(0, split), body.slice(split + 2)];
  const [provider, type, ...surplus] = name.split(":");
  if (
    provider === undefined ||
    type === undefined ||
    surplus.length > 0 ||
    !NAME.test(provider) ||
    !NAME.test(type)
  ) {
    const advice = type === undefined && NAME.test(name) ? `, e.g. ocf:heartbeat:${name}` : "";
    return invalid(
      `"${text}" names no agent of OCF; write ocf:PROVIDER:TYPE::NAME=VALUE::NAME=VALUE${advice}`,
    );
  }
  const parameters: Record<string, string> = {};
  for (const word of splitParameters(rest)) {
    const [, key, value] = PARAMETER.exec(word) ?? [];
    if (key === undefined || value === undefined)
      return invalid(
        `"${word}" in "${text}" is not a parameter; write NAME=VALUE, agents of OCF take nothing else`,
      );
    if (Object.hasOwn(parameters, key))
      return invalid(`"${text}" has the parameter ${key} twice; delete one`);
    parameters[key] = value;
  }
  const path = join(lookup.ocfDirectory, provider, type);
  if (!lookup.isExecutableFile(path)) return notFound(text, provider, type, lookup);
  return { ok: true, agent: "ocf", args: [provider, type], parameters, resolvesTo: `ocf:${path}` };
}

/** At each `::` that a parameter follows: a value may be an IPv6 address. */
function splitParameters(text: string | undefined): readonly string[] {
  return text ? text.split(/::(?=[A-Za-z_][A-Za-z0-9_-]*=)/) : [];
}

function invalid(message: string): Resolution {
  return { ok: false, code: "resource.name-invalid", message };
}

function notFound(text: string, provider: string, type: string, lookup: ResourceLookup): Resolution {
  const providers = lookup.namesIn(lookup.ocfDirectory);
  const message = `nothing looks after "${text}": there is no `;
  const advice = "install the package that brings it (Debian: resource-agents)";
  const answer = (reason: string): Resolution => {
    return { ok: false, code: "resource.not-found", message: `${message}${reason}` };
  };
  if (!providers.includes(provider)) {
    const hint = didYouMean(provider, providers) || `; ${advice}`;
    return answer(`provider "${provider}" in ${lookup.ocfDirectory}${hint}`);
  }
  const types = lookup.namesIn(join(lookup.ocfDirectory, provider)).filter((one) => NAME.test(one));
  const nearest = nearestWord(type, types);
  const hint = nearest === undefined ? advice : `did you mean "ocf:${provider}:${nearest}"?`;
  return answer(`agent ${join(lookup.ocfDirectory, provider, type)}; ${hint}`);
}
