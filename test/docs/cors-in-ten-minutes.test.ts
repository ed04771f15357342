import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../fixtures/browser.ts';
import { start } from '../fixtures/running.ts';
import { makeTempFolder } from '../fixtures/temp-folder.ts';

const FOLDER = fileURLToPath(new URL('../../examples/cors-in-ten-minutes/', import.meta.url));
const guide = readFileSync(new URL('../../docs/cors-in-ten-minutes.md', import.meta.url), 'utf8');
const STAGE = readFileSync(`${FOLDER}stage.mjs`, 'utf8');

/** An example as the page has it: the program, what the browser shows, and what reaches the servers. */
interface Example {
  readonly name: string;
  readonly program: string;
  readonly shown: string;
  readonly printed: string;
}

const EXAMPLE =
  /^\[([\w-]+\.mjs)\]\(\S+\)\n\n```js\n([^]*?)^```\n\nThe page:\n\n```text\n([^]*?)^```(?:\n\nThe terminal:\n\n```text\n([^]*?)^```)?/gm;
const examples = [...guide.matchAll(EXAMPLE)].map(([, name = '', program = '', shown = '', printed = '']): Example => ({
  name,
  program,
  shown,
  printed,
}));

/** Free ports in the place of those that the text names. */
async function freePorts(): Promise<ReadonlyMap<string, string>> {
  const servers = ['5173', '8000', '8001'].map((named) => ({ named, server: createServer().listen(0, '127.0.0.1') }));
  const ports = new Map<string, string>();
  for (const { named, server } of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.set(named, String((server.address() as AddressInfo).port));
  }
  await Promise.all(servers.map(({ server }) => once(server.close(), 'close')));
  return ports;
}

/** A text with the ports of the guide, or with those that are free. */
function renumber(text: string, ports: Iterable<readonly [string, string]>): string {
  const numbers = new Map(ports);
  return text.replaceAll(/(?<!\d)\d{4,5}(?!\d)/g, (number) => numbers.get(number) ?? number);
}

describe('docs/cors-in-ten-minutes.md', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('shows every example as it is', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== 'stage.mjs');
    expect(examples.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
    for (const { name, program } of examples) expect(program).toBe(readFileSync(FOLDER + name, 'utf8'));
    expect(guide.split('```js').length - 1).toBe(examples.length);
  });

  it.each(examples)('$name does in a browser what the text says', async ({ name, program, shown, printed }) => {
    const ports = await freePorts();
    const back = [...ports].map(([named, free]) => [free, named] as const);
    const folder = makeTempFolder({ 'stage.mjs': STAGE, [name]: renumber(program, ports) });
    const running = await start(`${folder.path}/${name}`, [], { until: /^Open (http:\S+)\n/m });
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      await tab.goto(running.match[1] ?? '');
      await tab.waitForFunction("document.title === 'done'");
      expect(renumber((await tab.textContent('#output')) ?? '', back)).toBe(shown);
      const output = (): string => renumber(running.output().replace(/^Open .*\n/m, ''), back);
      await expect.poll(output).toBe(printed);
    } finally {
      await context.close();
      await running.stop();
      folder.remove();
    }
  });
});
