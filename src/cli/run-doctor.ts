import { resolve } from 'node:path';
import {
  examine,
  examineHar,
  harReportOf,
  renderHarHtml,
  renderHarMarkdown,
  renderHarReport,
  renderHtml,
  renderMarkdown,
  renderReport,
  reportOf,
  type HarReport,
  type Report,
} from '../doctor/index.ts';
import { parseDoctor, parseHarOptions, type DoctorOptions } from './doctor-options.ts';
import { readRecording } from './read-recording.ts';
import { reportProblems, toJson } from './report.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const CODES: Readonly<Record<Report['outcome'], ExitCode>> = {
  readable: 0,
  opaque: 1,
  blocked: 1,
  undecided: 3,
  unreachable: 3,
};

/** Examines a URL and reports. */
export async function runDoctor(url: string, options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  const task = parseDoctor(url, options);
  const json = options.json ?? false;
  if ('problems' in task) {
    reportProblems(task.problems, terminal, { json });
    return 2;
  }
  const report = reportOf(await examine(task.question, task.options));
  terminal.out(render(report, options, terminal));
  const isHit = report.findings.some(({ code, severity }) => code.startsWith('doctor-audit-') && severity !== 'info');
  return isHit && report.outcome === 'readable' ? 1 : CODES[report.outcome];
}

function render(report: Report, { json, markdown, html }: DoctorOptions, { color }: Terminal): string {
  if (json === true) return toJson(report);
  if (markdown === true) return renderMarkdown(report);
  return html === true ? renderHtml(report) : renderReport(report, { color });
}

/** Judges a browser's recording and reports. Nothing is asked of any server. */
export async function runRecording(file: string, options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  const json = options.json ?? false;
  const parsed = parseHarOptions(options);
  if ('problems' in parsed) {
    reportProblems(parsed.problems, terminal, { json });
    return 2;
  }
  const recording = await readRecording(resolve(terminal.cwd, file), file);
  if ('problem' in recording) {
    reportProblems([recording.problem], terminal, { json });
    return 3;
  }
  const report = harReportOf(examineHar(recording, parsed), file);
  terminal.out(renderRecording(report, options, terminal));
  return report.outcome === 'blocked' ? 1 : 0;
}

function renderRecording(report: HarReport, { json, markdown, html }: DoctorOptions, { color }: Terminal): string {
  if (json === true) return toJson(report);
  if (markdown === true) return renderHarMarkdown(report);
  return html === true ? renderHarHtml(report) : renderHarReport(report, { color });
}
