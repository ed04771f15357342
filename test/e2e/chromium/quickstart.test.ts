import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../fixtures/browser.ts';
import { startQuickstart, type Quickstart } from '../../fixtures/quickstart.ts';

/** What `/api/seen` answers. */
interface Counts {
  readonly services: readonly { readonly name: string; readonly requests: number; readonly preflights: number }[];
  readonly gateway: Readonly<Record<string, { preflights: number; allowed: number; refused: number }>>;
}

let quickstart: Quickstart;
let browser: Browser;

beforeAll(async () => {
  [quickstart, browser] = await Promise.all([startQuickstart(), launchChromium()]);
});

afterAll(async () => {
  await browser.close();
  await quickstart.stop();
});

async function counts(): Promise<Counts> {
  return (await (await fetch(`${quickstart.gateway}/api/seen`)).json()) as Counts;
}

async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector('html[data-ready]');
  return page;
}

describe('the page that shares the services’ origin', () => {
  it('uses all three without a preflight or a CORS header, and shows it', async () => {
    const page = await open(quickstart.gateway);
    for (const [button, list, text] of [
      ['#rename', '#users', 'Ada Lovelace'],
      ['#order', '#orders', 'Compiler'],
      ['#login', '#me', 'Signed in as Grace'],
    ] as const) {
      await page.click(button);
      await page.getByText(text).waitFor();
      expect(await page.textContent(list)).toContain(text);
    }
    await page.waitForFunction("document.getElementById('requests').textContent === '9'");
    expect(await page.textContent('#preflights')).toBe('0');
    expect(await page.textContent('#cors-headers')).toBe('0');
    const { services, gateway } = await counts();
    expect(services.map(({ name, requests, preflights }) => [name, requests, preflights])).toEqual([
      ['users', 3, 0],
      ['orders', 3, 0],
      ['auth', 3, 0],
    ]);
    expect(gateway[quickstart.gateway]?.preflights ?? 0).toBe(0);
    await page.close();
  });
});

describe('the page on another origin', () => {
  it('may do what the policy says and nothing else, and the terminal says why', async () => {
    const before = await counts();
    const page = await open(quickstart.partner);
    expect(await page.textContent('#read')).toBe('Works: 200, 2 users');
    expect(await page.textContent('#change')).toBe('Works: 200, Grace');
    expect(await page.textContent('#remove')).toBe('Blocked: Failed to fetch');
    expect(await page.textContent('#orders')).toBe('Blocked: Failed to fetch');
    const { services, gateway } = await counts();
    // The PUT's and the DELETE's: answered by the gateway, seen by no service.
    expect(gateway[quickstart.partner]).toEqual({ preflights: 2, allowed: 3, refused: 2 });
    expect(services.map(({ preflights }) => preflights)).toEqual([0, 0, 0]);
    const requests = (all: Counts): number => all.services.reduce((sum, service) => sum + service.requests, 0);
    expect(requests(await counts()) - requests(before)).toBe(3);
    expect(quickstart.output()).toContain('refused(method-not-allowed)');
    expect(quickstart.output()).toContain('Write `methods: [PUT, DELETE]`.');
    expect(quickstart.output()).toContain('route /api/orders/* has no CORS policy');
    await page.close();
  });
});

describe('Ctrl-C', () => {
  it('ends everything', async () => {
    const another = await startQuickstart();
    expect(await another.stop()).toBe(0);
    await expect(fetch(another.gateway)).rejects.toThrow();
    await expect(fetch(another.partner)).rejects.toThrow();
  });
});
