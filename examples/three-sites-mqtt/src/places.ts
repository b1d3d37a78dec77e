// The three places and their addresses, of the ranges that are kept free for examples.

export type SiteName = "east" | "west";
export const SITE_NAMES: readonly SiteName[] = ["east", "west"];

/** Each site's own address, and that of the cloud's end of its line. */
export const SITES: Readonly<Record<SiteName, { readonly address: string; readonly gateway: string }>> = {
  east: { address: "198.51.100.10", gateway: "198.51.100.1" },
  west: { address: "203.0.113.10", gateway: "203.0.113.1" },
};

/** Where the broker and the names are. */
export const CLOUD = "192.0.2.10";
export const SHOP = "www.shop.example";
