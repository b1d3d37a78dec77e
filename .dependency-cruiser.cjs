// Who may import whom: the table of docs/architecture.md as rules.
/** @type {import('dependency-cruiser').IConfiguration} */
const test = "\\.(test|lab)\\.ts$";
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "ports-import-nothing",
      severity: "error",
      from: { path: "^core/src/ports", pathNot: test },
      to: { pathNot: "^core/src/ports" },
    },
    {
      name: "engine-is-pure",
      severity: "error",
      from: { path: "^core/src/engine", pathNot: test },
      to: { pathNot: "^core/src/(ports|message|engine)" },
    },
    {
      name: "words-are-pure",
      severity: "error",
      from: { path: "^core/src/words", pathNot: test },
      to: { pathNot: "^core/src/(ports|words)" },
    },
    {
      name: "message-is-pure-but-for-codecs",
      severity: "error",
      from: { path: "^core/src/message", pathNot: test },
      to: {
        pathNot: "^(core/src/(ports|message|engine)|node_modules/(fflate|@openpgp/unbzip2-stream))",
      },
    },
    {
      name: "runtime-has-no-node",
      severity: "error",
      from: { path: "^core/src/(runtime|di)", pathNot: test },
      to: {
        pathNot: "^(core/src/(ports|message|engine|runtime|di)|node_modules/tsyringe)",
      },
    },
    {
      name: "hosts-of-functions-have-no-node",
      severity: "error",
      from: { path: "^core/src/host/(lambda|workers|cluster-function|function-|dynamo-)", pathNot: test },
      to: {
        pathNot:
          "^core/src/((ports|engine|http|runtime)/|host/(cluster-function|function-|dynamo-|node-clock))",
      },
    },
    {
      name: "only-di-touches-tsyringe",
      severity: "error",
      from: { pathNot: "^core/src/di/" },
      to: { path: "node_modules/tsyringe" },
    },
    {
      name: "signed-calls-have-no-node",
      severity: "error",
      from: { path: "^core/src/http", pathNot: test },
      to: { pathNot: "^core/src/(http|ports)" },
    },
    {
      name: "sdk-sees-ports-and-signed-calls-only",
      severity: "error",
      from: { path: "^sdk/src", pathNot: `^sdk/src/(functions/node|testing/doors)\\.ts$|${test}` },
      to: { pathNot: "^(sdk/src|core/(src|dist)/(ports|http))" },
    },
    {
      name: "the-witness-sees-the-sdk-only",
      severity: "error",
      from: { path: "^witness/src", pathNot: test },
      to: { path: "^(core|plugins|daemon|test|examples)/" },
    },
    {
      name: "the-witness-has-no-node-outside-of-its-entry",
      severity: "error",
      from: { path: "^witness/src", pathNot: `^witness/src/(node|testing)/|${test}` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "one-entry-of-the-sdk-is-for-node",
      severity: "error",
      from: { path: "^sdk/src/functions/node\\.ts$" },
      to: { pathNot: "^((node:)?(https?|net)$|core/(src|dist)/http)" },
    },
    {
      name: "plugins-see-the-sdk-only",
      severity: "error",
      from: { path: "^plugins/([^/]+)/src", pathNot: test },
      to: { path: "^(core|daemon|test|examples)/" },
    },
    {
      name: "plugins-do-not-see-each-other",
      severity: "error",
      from: { path: "^plugins/([^/]+)/src" },
      to: { path: "^plugins/", pathNot: "^plugins/$1/" },
    },
    {
      name: "the-simulator-sees-the-core-and-the-witness-only",
      severity: "error",
      from: { path: "^sim/src", pathNot: `^sim/src/heartbeat-node/captured\\.ts$|${test}` },
      to: {
        pathNot:
          "^(sim/src|core/(src|dist)/(index|ports/index|engine/index|words/index)|witness/(src|dist)/index)",
      },
    },
    {
      name: "the-simulator-is-seen-by-its-entry",
      severity: "error",
      from: { path: "^(daemon|examples)/", pathNot: test },
      to: { path: "^sim/", pathNot: "^sim/(src|dist)/index" },
    },
    {
      name: "daemon-uses-entry-points",
      severity: "error",
      from: { path: "^daemon/src", pathNot: test },
      to: { path: "^core/(src|dist)/(message|engine|di)/", pathNot: "^core/(src|dist)/message/index" },
    },
    {
      name: "only-the-wire-tool-sees-the-codec",
      severity: "error",
      from: { path: "^daemon/src", pathNot: `^daemon/src/(wire|commands/wire|testkit/wire-doors)|${test}` },
      to: { path: "^core/(src|dist)/message/" },
    },
    {
      name: "examples-use-entry-points",
      severity: "error",
      from: { path: "^examples" },
      to: { path: "^(core|plugins)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@systole/source", "import", "types", "default"],
    },
  },
};
