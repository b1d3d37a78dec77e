// dynalite comes without types: the part of it that is used.
declare module "dynalite" {
  export default function dynalite(options: { readonly createTableMs: number }): unknown;
}
