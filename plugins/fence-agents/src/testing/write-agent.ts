// An agent of our own making, which says what it was told and answers what a test wants.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `fence_own`: an agent of our own making. `parameters` and `actions` are what it describes, `body` what it does. */
export async function writeAgent(script: {
  readonly parameters: readonly string[];
  readonly actions: readonly string[];
  /** Shell. Its input is in `$input`, the action in `$action`, its directory in `$here`. */
  readonly body: string;
}): Promise<{ readonly directory: string; readonly close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "fence-agents-"));
  const parameters = script.parameters.map((name) => `<parameter name="${name}"/>`).join("");
  const actions = script.actions.map((name) => `<action name="${name}"/>`).join("");
  const metadata = `<resource-agent><parameters>${parameters}</parameters><actions>${actions}</actions></resource-agent>`;
  const text = `#!/bin/sh
here=$(dirname "$0"); input=$(cat)
action=$(echo "$input" | sed -n 's/^action=//p')
[ "$action" = metadata ] && { echo '${metadata}'; exit 0; }
${script.body}
`;
  await writeFile(join(directory, "fence_own"), text, { mode: 0o755 });
  return { directory, close: () => rm(directory, { recursive: true }) };
}
