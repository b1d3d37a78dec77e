// Asks agents for their metadata when the configuration is judged, before there are services: it runs programs by itself.
import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { nearestWord } from "@systole/sdk";
import { DESCRIBED_AT_ONCE, MAX_METADATA_BYTES, METADATA_TIMEOUT_MS } from "./limits.js";
import { parseMetadata, type FenceAgentDescription } from "./metadata.js";
import { UNSUITED } from "./unsuited.js";

export type Described =
  | { readonly ok: true; readonly description: FenceAgentDescription }
  | { readonly ok: false; readonly reason: string };

const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" };

/** By name. Agents that are unsuited anyway are not asked. */
export async function describeAgents(
  directory: string,
  agents: readonly string[],
): Promise<ReadonlyMap<string, Described>> {
  const described = new Map<string, Described>();
  const waiting = agents.filter((agent) => UNSUITED[agent] === undefined);
  const work = async (): Promise<void> => {
    for (let agent = waiting.pop(); agent !== undefined; agent = waiting.pop())
      described.set(agent, await describeAgent(directory, agent));
  };
  await Promise.all(Array.from({ length: DESCRIBED_AT_ONCE }, work));
  return described;
}

async function describeAgent(directory: string, agent: string): Promise<Described> {
  const path = `${directory}/${agent}`;
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return { ok: false, reason: await absence(directory, agent) };
  const answer = await askForMetadata(path);
  if (!answer.ok) return answer;
  try {
    return { ok: true, description: parseMetadata(answer.text) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, reason: `${path} does not describe itself: ${problem}` };
  }
}

async function absence(directory: string, agent: string): Promise<string> {
  const there = (await readdir(directory).catch(() => [])).filter((file) => file.startsWith("fence_"));
  const nearest = nearestWord(agent, there);
  if (nearest !== undefined) return `there is no agent ${agent} in ${directory}; did you mean "${nearest}"?`;
  return `there is no agent ${agent} in ${directory}: install the package fence-agents`;
}

type Answer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

function askForMetadata(path: string): Promise<Answer> {
  const options = {
    env: ENVIRONMENT,
    timeout: METADATA_TIMEOUT_MS,
    maxBuffer: MAX_METADATA_BYTES,
    cwd: "/",
  };
  return new Promise((resolve) => {
    const child = execFile(path, options, (error, stdout) => {
      if (error === null) resolve({ ok: true, text: stdout });
      else
        resolve({ ok: false, reason: `${path} does not describe itself: ${error.message.split("\n")[0]}` });
    });
    // An agent that ends without reading is judged by its exit code.
    child.stdin?.on("error", () => child.stdin?.destroy());
    child.stdin?.end("action=metadata\n");
  });
}
