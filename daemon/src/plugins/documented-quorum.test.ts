// What docs/quorum.md says of quorums is accepted, and what it says cannot be is refused.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { composedQuorums } from "../testkit/documented-plugins.js";

const page = readFileSync(new URL("../../../docs/quorum.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");

describe("a quorum, as it is documented", () => {
  it("has an example of each kind", () => {
    expect(examples).toHaveLength(3);
  });

  it.each(examples.map((text, index) => [index === 2 ? "etcd" : "majority", text] as const))(
    "%s is accepted",
    async (name, text) => {
      expect(await composedQuorums(text)).toEqual({ quorum: [name], problems: [] });
    },
  );

  it("that breaks ties must be there", async () => {
    const { problems } = await composedQuorums(
      "plugins: [{ use: quorum-majority, with: { tieBreaker: { quorum: witness } } }]\nquorum: [majority]\n",
    );
    expect(problems.join()).toContain('no quorum is named "witness"');
  });
});
