import { describe, expect, it } from "vitest";
import { sdkFits } from "./version-rule.js";

describe("sdkFits", () => {
  it.each([
    ["1.2.3", "1.2.0", true],
    ["1.2.0", "1.5.0", true],
    ["1.5.0", "1.2.9", false],
    ["1.0.0", "2.0.0", false],
    ["2.0.0", "1.9.9", false],
    ["0.1.0", "0.1.4", true],
    ["0.1.5", "0.1.4", false],
    ["0.1.0", "0.2.0", false],
    ["0.2.0", "1.2.0", false],
    ["1.0.0-rc.1", "1.0.0-rc.1", true],
    ["1.0.0-rc.1", "1.0.0", false],
    ["1.0.0", "1.0.0-rc.1", false],
    ["1.2.3+build.5", "1.2.3", true],
    ["newest", "1.0.0", false],
    ["1.2", "1.2.0", false],
  ])("a plugin of SDK %s on a host of SDK %s: %s", (plugin, host, fits) => {
    expect(sdkFits(plugin, host)).toBe(fits);
  });
});
