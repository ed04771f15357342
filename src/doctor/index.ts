/**
 * The doctor: asks a server as a page's browser would, and says why the page can't read the answer.
 *
 * @module
 */
export { examine, type Diagnosis, type ExamineOptions } from './examine.ts';
export { examineHar, type HarOptions } from './har/examine-har.ts';
export { readHar, type HarFault, type Recording } from './har/read-har.ts';
export type { Question } from './question.ts';
export { renderHarHtml } from './report/har-html.ts';
export { renderHarMarkdown } from './report/har-markdown.ts';
export { harReportOf } from './report/har-report.ts';
export { renderHarReport } from './report/har-text.ts';
export type { HarReport } from './report/har-types.ts';
export { reportOf } from './report/report.ts';
export { renderHtml } from './report/html.ts';
export { renderMarkdown } from './report/markdown.ts';
export { renderReport } from './report/text.ts';
export type { Report, ReportedFinding, ReportedStep } from './report/types.ts';
export { isStackName, STACKS, type StackName } from './stacks/names.ts';
