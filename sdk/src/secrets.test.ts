import { describe, expect, it } from "vitest";
import { hidingSecrets, readParameters, readSecret, withoutSecrets, type SecretPlaces } from "./secrets.js";
import { MemoryProcesses } from "./testkit/memory-processes.js";
import { VirtualClock } from "./testkit/virtual-clock.js";

const files: Readonly<Record<string, { text: string; mode: number }>> = {
  "/etc/pdu.secret": { text: "hunter2\n", mode: 0o100600 },
  "/etc/open.secret": { text: "hunter2\n", mode: 0o100644 },
  "/etc/long.secret": { text: "x".repeat(70_000), mode: 0o100600 },
};
const places: SecretPlaces = {
  env: { PDU_PASSWORD: "opensesame" },
  async read(path) {
    const file = files[path];
    if (file === undefined) throw new Error("ENOENT");
    return file;
  },
};

describe("a secret", () => {
  it.each([
    ["inline", "inline"],
    [{ env: "PDU_PASSWORD" }, "opensesame"],
    [{ file: "/etc/pdu.secret" }, "hunter2"],
  ])("is read from %j", async (source, value) => {
    expect(await readSecret(source, places)).toBe(value);
  });

  it.each([
    [{ env: "NOT_SET" }, /NOT_SET is not set/],
    [{ file: "/etc/none" }, /\/etc\/none cannot be read: ENOENT/],
    [{ file: "/etc/open.secret" }, /everybody.*chmod 0600/],
    [{ file: "/etc/long.secret" }, /more than 65536 characters/],
  ])("is refused from %j, and does not show", async (source, message) => {
    const error: unknown = await readSecret(source, places).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "SECRET_UNREADABLE",
      message: expect.stringMatching(message) as string,
    });
    expect(String(error)).not.toMatch(/hunter2|xxx/);
  });
});

describe("parameters", () => {
  it("hide what comes from elsewhere, and what is called a password", async () => {
    const read = await readParameters(
      { ip: "192.0.2.7", user: { env: "PDU_PASSWORD" }, passwd: "letmein", pw: { file: "/etc/pdu.secret" } },
      places,
    );
    expect(read.values).toEqual({ ip: "192.0.2.7", user: "opensesame", passwd: "letmein", pw: "hunter2" });
    expect(read.secrets).toEqual(["opensesame", "letmein", "hunter2"]);
  });

  it("name the one that cannot be read", async () => {
    await expect(readParameters({ pw: { env: "NOT_SET" } }, places)).rejects.toThrow(/^parameter pw: /);
  });
});

describe("what is said", () => {
  it("shows no secret, not even where one begins with another", () => {
    expect(withoutSecrets("pass abcdef and abc", ["abc", "abcdef", ""])).toBe("pass *** and ***");
  });

  it("shows none in what a program says", async () => {
    const inner = new MemoryProcesses(new VirtualClock()).install("pdu", () => ({
      stdout: "login hunter2",
      stderr: "hunter2!",
    }));
    const request = { command: "pdu", args: [], timeoutMs: 1000 };
    const result = await hidingSecrets(inner, ["hunter2"]).run(request, new AbortController().signal);
    expect(result).toMatchObject({ stdout: "login ***", stderr: "***!", exitCode: 0 });
  });
});
