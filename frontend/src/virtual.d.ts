declare module "virtual:texts" {
  type Texts = Record<string, unknown>;
  export const english: Texts;
  export const others: Record<string, () => Promise<{ default: Texts }>>;
}
