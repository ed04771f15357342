import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACKS } from '../../src/doctor/index.ts';
import { CLI, start, type Running } from '../fixtures/running.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const guide = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');

const [, recording = ''] = guide.split('## A recording');

function codeOf(language: string, text = guide): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(text)?.[1] ?? '';
}

/** What may differ from one run to the next: times, and what `localhost` is. */
function steady(text: string): string {
  return text.replaceAll(/\d+ ms/g, 'N ms').replaceAll(/(?:127\.0\.0\.1|\[::1\])(?=:)/g, 'ADDRESS');
}

describe('docs/doctor.md', () => {
  let folder: TempFolder;
  let server: Running;
  let port: string;

  beforeAll(async () => {
    const program = codeOf('js')
      .replace('8000', '0')
      .replace("console.log('listening')", 'console.log(server.address().port)');
    folder = makeTempFolder({ 'server.mjs': program });
    server = await start(`${folder.path}/server.mjs`, [], { until: /^(\d+)\n/ });
    port = server.match[1] ?? '';
  });
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  it('shows what its command prints about its server', async () => {
    const command = codeOf('sh').trim().replace('8000', port);
    const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
    const printed = await new Promise<string>((resolve) => {
      execFile(process.execPath, [CLI, ...args.slice(1)], (_, stdout) => resolve(stdout));
    });
    expect(steady(printed.replaceAll(`:${port}`, ':8000'))).toBe(steady(codeOf('text')));
  });

  it('shows what its command prints about its recording', async () => {
    folder.write('recording.har', codeOf('json', recording));
    const args = codeOf('sh', recording).trim().split(' ').slice(1);
    const [code, printed] = await new Promise<[unknown, string]>((resolve) => {
      execFile(process.execPath, [CLI, ...args], { cwd: folder.path }, (error, stdout) =>
        resolve([error?.code, stdout]),
      );
    });
    expect(printed).toBe(codeOf('text', recording));
    expect(code).toBe(1);
  });

  it('names every stack', () => {
    const [, mends = ''] = guide.split('## Mends');
    const named = [...(mends.split('; what stands')[0] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    expect(named).toEqual([...STACKS]);
  });
});
