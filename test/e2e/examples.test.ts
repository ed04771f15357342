import { createServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startQuickstart, type Quickstart } from '../fixtures/quickstart.ts';

const START = fileURLToPath(new URL('../../examples/quickstart/start.mjs', import.meta.url));

describe('the quickstart', () => {
  let quickstart: Quickstart;

  beforeAll(async () => {
    quickstart = await startQuickstart();
  });

  afterAll(async () => {
    await quickstart.stop();
  });

  it('serves the frontend and three services from one origin', async () => {
    const page = await fetch(quickstart.gateway);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Three services, one origin');
    for (const path of ['/api/users', '/api/orders', '/api/auth/me', '/api/seen']) {
      const response = await fetch(quickstart.gateway + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
    }
  });

  it('serves the partner’s page, which knows where the gateway is', async () => {
    expect(await (await fetch(quickstart.partner)).text()).toContain('from another origin');
    expect(await (await fetch(`${quickstart.partner}/gateway.js`)).text()).toContain(quickstart.gateway);
    expect((await fetch(`${quickstart.partner}/style.css`)).status).toBe(200);
  });
});

describe('a port that can’t be had', () => {
  it('is told with what to do about it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { status, stderr } = spawnSync(process.execPath, [START, '--port', String(port)], { encoding: 'utf8' });
    taken.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`Port ${port} is taken`);
    expect(stderr).toContain(`npm start -- --port ${port + 1}`);
  });

  it('is told when it’s no port', () => {
    const { status, stderr } = spawnSync(process.execPath, [START, '--port', 'http'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('"http" is not a port');
  });
});
