import { readFile, stat } from 'node:fs/promises';
import type { Diagnostic } from '../diagnostics/index.ts';
import { readHar, type Recording } from '../doctor/index.ts';
import { cliProblem } from './terminal.ts';

/** Longer ones hold bodies that nobody needs here, and would take several times as much memory. Bytes. */
const LARGEST = 200 * 1024 * 1024;

/** Reads a HAR file. @param name as the user wrote it */
export async function readRecording(path: string, name: string): Promise<Recording | { readonly problem: Diagnostic }> {
  const unreadable = (reason: string): { problem: Diagnostic } => ({
    problem: cliProblem('cli-har-unreadable', { file: name, reason }),
  });
  let text: string;
  try {
    const found = await stat(path);
    if (found.isDirectory()) return unreadable('folder');
    if (found.size > LARGEST) return unreadable('too-large');
    text = await readFile(path, 'utf8');
  } catch (error) {
    return unreadable((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'denied');
  }
  const recording = readHar(text);
  return 'fault' in recording ? unreadable(recording.fault) : recording;
}
