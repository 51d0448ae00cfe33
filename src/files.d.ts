/**
 * Files that the bundler takes in beside code.
 */
declare module '*.svg' {
  const value: string;
  export default value;
}

/** The list of settings: the only place where their names and defaults stand. */
declare module '*/settings/plugin.json' {
  interface IListed {
    type: string;
    default: unknown;
    enum?: unknown[];
    minimum?: number;
    maximum?: number;
  }
  const value: { properties: Record<string, IListed> };
  export default value;
}
