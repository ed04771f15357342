/** The text of schema.json. */
export function generateSchema(): Promise<string>;
