/** The text of schema.json. */
export function generateSchema(): Promise<string>;
/** The text of doctor-report.schema.json. */
export function generateReportSchema(): Promise<string>;
