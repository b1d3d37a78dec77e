// One clean environment for everything that runs in a lab host, so that a developer's shell cannot change a result.

/** PATH with the system administration directories, plain messages, and nothing else of the caller's. */
export function hostEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LANG: "C",
    LC_ALL: "C",
    TERM: process.env.TERM ?? "dumb",
    ...extra,
  };
}
