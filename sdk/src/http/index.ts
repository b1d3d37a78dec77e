/** For plugins that call functions, and for the functions: signed calls over HTTP. @packageDocumentation */
export * from "@systole/core/http";
