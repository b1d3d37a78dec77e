/** A witness on Node: its leases in files. `listen` of `@systole/sdk/functions/node` serves it. @packageDocumentation */
export { LeaseFiles } from "./lease-files.js";
