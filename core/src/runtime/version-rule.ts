// Which plugins this host can run, judged by the SDK that each was built against.

/** The SDK that this host speaks; a test holds it against the packages' versions. */
export const HOST_SDK_VERSION = "0.1.0";

const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;

/**
 * True when a plugin built against SDK `plugin` runs on a host that speaks `host`: the same major, and no younger minor.
 * In 0.x the minor counts as the major and the patch as the minor. A pre-release fits only itself.
 */
export function sdkFits(plugin: string, host: string): boolean {
  const wanted = VERSION.exec(plugin);
  const offered = VERSION.exec(host);
  if (wanted === null || offered === null) return false;
  if (wanted[4] !== undefined || offered[4] !== undefined) return plugin === host;
  const [major, minor, patch] = numbers(wanted);
  const [hostMajor, hostMinor, hostPatch] = numbers(offered);
  if (major !== hostMajor) return false;
  return major === 0 ? minor === hostMinor && patch <= hostPatch : minor <= hostMinor;
}

function numbers(match: RegExpExecArray): readonly [number, number, number] {
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}
