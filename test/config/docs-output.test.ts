import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { FakeTerminal } from '../fixtures/fake-terminal.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneorigin-docs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

async function output(config: string, ...args: string[]): Promise<string> {
  writeFileSync(join(folder, 'oneorigin.yaml'), config);
  const terminal = new FakeTerminal(folder);
  await run(['check', ...args], terminal);
  return terminal.output;
}

it('docs/cli.md shows what a simulation prints', async () => {
  const config = `listen: 127.0.0.1:8080
upstreams:
  users: http://127.0.0.1:8081

cors:
  partners:
    origins: [https://app.example.com]
    methods: [PUT]
    headers: [content-type]

routes:
  - { path: /api/users/*, proxy: users, cors: partners }
`;
  const args = ['--origin', 'https://app.example.com', '--request', 'DELETE /api/users/1', '-H', 'x-token: 1'];
  expect(page('cli')).toContain(await output(config, ...args));
});

it('docs/configuration.md shows how mistakes are reported', async () => {
  const config = `upstreams:
  users: http://127.0.0.1:8081
cors:
  partners: { origins: [https://app.example.com] }

routes:
  - { path: /api/*, proxy: usres, cors: partner }
`;
  expect(page('configuration')).toContain(await output(config));
});

it('docs/routing.md shows how a tie is reported', async () => {
  const config = `routes:
  - { path: /users/:id, respond: 200 }
  - { path: /users, respond: 200 }
  - { path: /users/:user, respond: 200 }
`;
  const [first = ''] = (await output(config)).split('\n');
  expect(page('routing').replaceAll('\n', ' ')).toContain(first);
});
