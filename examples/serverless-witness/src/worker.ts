// The witness as a Cloudflare Worker: what wrangler.jsonc uploads.
export { default, LeaseObject } from "@systole/witness/workers";
