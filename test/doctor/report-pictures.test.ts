import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml, renderReport, type Report } from '../../src/doctor/index.ts';
import { launchChromium } from '../fixtures/browser.ts';
import { reports } from '../fixtures/reports.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
});
afterAll(() => browser.close());

/** Texts whose contrast with what is behind them is below 4.5:1 (WCAG 2.2, 1.4.3). */
const FAINT = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const color = rgb(getComputedStyle(each).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (text === '' || element.closest('style') !== null) continue;
    const style = getComputedStyle(element);
    const ink = rgb(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
    const [light, dark] = [luminance(ink), luminance(behind(element))].toSorted((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    seen++;
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + text);
  }
  return { seen, faint };
})()`;

/** What is cut off or hangs out: boxes that scroll, and letters of a picture beyond its edges. */
const CUT = `(() => {
  const boxes = [...document.querySelectorAll('body, body *:not(svg *)')].filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0);
  const letters = [...document.querySelectorAll('svg text')].filter((each) => {
    const { x, width } = each.getBBox();
    return x < -0.5 || x + width > each.ownerSVGElement.viewBox.baseVal.width + 0.5;
  });
  return [...boxes, ...letters].map((each) => each.tagName + ' ' + each.textContent.slice(0, 60));
})()`;

describe.each(Object.entries(reports))('the report on %s', (_, make) => {
  let report: Report;
  beforeAll(async () => {
    report = await make();
  });

  it.each([
    ['light', 'screen', 1000],
    ['dark', 'screen', 1000],
    ['light', 'screen', 380],
    ['dark', 'print', 794],
  ] as const)('can be read: %s, on %s, %i pixels wide', async (colorScheme, media, width) => {
    await page.setViewportSize({ width, height: 700 });
    await page.emulateMedia({ colorScheme, media });
    await page.setContent(renderHtml(report));
    const { seen, faint } = await page.evaluate<{ seen: number; faint: string[] }>(FAINT);
    expect(seen).toBeGreaterThan(10);
    expect(faint).toEqual([]);
    expect(await page.evaluate<string[]>(CUT)).toEqual([]);
    // Letters of the picture may not shrink with the window.
    const smallest = await page.evaluate<number>(
      `Math.min(...[...document.querySelectorAll('svg text')].map((each) => each.getBoundingClientRect().height).filter((height) => height > 0))`,
    );
    expect(smallest).toBeGreaterThan(9);
  });

  it('fits 80 columns, but for what is copied', () => {
    const text = renderReport(report);
    const [title = '', from = '', ...lines] = text.split('\n');
    expect(title).toContain(report.request.method);
    expect(from).toContain('from ');
    const pieces = new Set(
      (report.fix?.files ?? []).flatMap((file) => file.text.split('\n').map((line) => `    ${line}`)),
    );
    const isCopied = (line: string): boolean =>
      pieces.has(line) || /^ {6}(?:curl | {2}(?:-H|--data) )/.test(line) || /^\s*\S+$/.test(line);
    expect(lines.filter((line) => line.length > 80 && !isCopied(line))).toEqual([]);
  });

  it('begins with the cause, and its mend', () => {
    const { findings, fix } = report;
    for (const text of [renderReport(report), renderHtml(report)]) {
      const places = [
        findings[0]?.code,
        findings[0]?.mendedByPolicy === true && fix ? `The mend for ${fix.title}` : undefined,
        'Also found',
      ];
      const found = places
        .flatMap((place) => (place === undefined ? [] : [text.indexOf(place)]))
        .filter((at) => at >= 0);
      expect(found).toEqual(found.toSorted((a, b) => a - b));
    }
  });
});
