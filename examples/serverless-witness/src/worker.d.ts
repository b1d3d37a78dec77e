export { default, LeaseObject } from "@systole/witness/workers";
//# sourceMappingURL=worker.d.ts.map
