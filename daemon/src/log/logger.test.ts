import {
  chmodSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LoggingChoice } from "../config/load-config.js";
import { openLog, type LogOptions, type OpenLog } from "./logger.js";

let directory: string;
const opened: OpenLog[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "systole-log-"));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  rmSync(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);
const linesOf = (name: string) =>
  readFileSync(at(name), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, ""));

function open(choice: Partial<LoggingChoice> = {}, options: LogOptions = {}): OpenLog {
  const nothing = { logFile: undefined, debugFile: undefined, logFacility: undefined, debugLevel: 0 };
  const consoleDescriptor = openSync(at("console"), "a");
  const log = openLog({ ...nothing, ...choice }, { consoleDescriptor, ...options });
  opened.push(log);
  return log;
}

describe("openLog", () => {
  it("writes all but debug to the console and to logfile, and everything to debugfile", async () => {
    const { log, close } = open({ logFile: at("log"), debugFile: at("debug") });
    log.debug("a", { n: 1 });
    log.info("b");
    log
      .child({ peer: "x" })
      .child({ link: "eth0" })
      .warn("c", { error: new Error("no") });
    log.error("d", { peer: "two words" });
    await close();
    const shown = ["info b", "warn c peer=x link=eth0 error=no", 'error d peer="two words"'];
    expect(linesOf("console")).toEqual(shown);
    expect(linesOf("log")).toEqual(shown);
    expect(linesOf("debug")).toEqual(["debug a n=1", ...shown]);
    expect(statSync(at("log")).mode & 0o137).toBe(0);
    log.info("too late");
  });

  it("begins each line with the time in UTC", async () => {
    const { log, close } = open();
    log.info("b");
    await close();
    expect(readFileSync(at("console"), "utf8")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info b\n$/);
  });

  it("shows debug on the console when ha.cf asks for it", async () => {
    const { log, close } = open({ debugLevel: 1 });
    log.debug("a");
    await close();
    expect(linesOf("console")).toEqual(["debug a"]);
  });

  it("never throws for what it is given", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const { log, close } = open();
    log.info("odd", {
      circle,
      none: undefined,
      big: 2n ** 70n,
      call: () => 1,
      level: "x",
      time: 7,
      msg: "z",
    });
    await close();
    expect(linesOf("console")).toEqual([expect.stringMatching(/^info odd .*big=1.18\S+ .*msg=z$/)]);
  });

  it("follows a file that was moved away", async () => {
    const { log, reopen, close } = open({ logFile: at("log") });
    log.info("before");
    renameSync(at("log"), at("log.1"));
    reopen();
    log.info("after");
    await close();
    expect([linesOf("log.1"), linesOf("log")]).toEqual([["info before"], ["info after"]]);
  });

  it("says on the console that a file cannot be opened, and tries again", async () => {
    const { log, reopen, close } = open({ logFile: at("missing/log") });
    log.info("lost");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(at("missing"));
    reopen();
    log.info("found");
    await close();
    expect(linesOf("console")[0]).toMatch(/^error log\.sink\.failed sink=.*missing\/log reason=.*ENOENT/);
    expect(linesOf("missing/log")).toEqual(["info found"]);
  });

  it("survives a full disk", async () => {
    const { log, close } = open({ logFile: "/dev/full" });
    log.info("lost");
    await expect.poll(() => readFileSync(at("console"), "utf8")).toContain("ENOSPC");
    log.info("lost too");
    await close();
  });
});

describe("syslog", () => {
  /** A program that writes its arguments and its input to a file, as `logger` does to syslog. */
  function fakeLogger(): string {
    const path = at("logger");
    writeFileSync(path, `#!/bin/sh\necho "$*" >> ${at("syslog")}\ncat >> ${at("syslog")}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it("gets each line with its severity, and all of them before close returns", async () => {
    const { log, close } = open({ logFacility: "local0" }, { syslogCommand: fakeLogger() });
    log.debug("not this");
    log.info("b");
    log.warn("c", { peer: "x" });
    log.error("d");
    await close();
    expect(readFileSync(at("syslog"), "utf8").split("\n")).toEqual([
      "--prio-prefix -p local0.info -t systole",
      "<6>info b",
      "<4>warn c peer=x",
      "<3>error d",
      "",
    ]);
  });

  it("is reported once when there is no such program, and does no harm", async () => {
    const { log, close } = open({ logFacility: "local0" }, { syslogCommand: at("none") });
    log.info("a");
    await expect.poll(() => readFileSync(at("console"), "utf8")).toContain("log.sink.failed");
    log.info("b");
    await close();
    expect(linesOf("console").filter((line) => line.includes("sink=syslog"))).toHaveLength(1);
  });
});
