import { stat } from 'node:fs';
import type { FilesModel } from '../../config/model.ts';
import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { Action, Exchange } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';
import { failExchange, replyProblem } from '../../wire/problem.ts';
import { answerWith } from './answer.ts';
import { FileMemory } from './file-memory.ts';
import { locate } from './locate.ts';
import { isNavigation, namesAsset } from './navigation.ts';
import { negotiate } from './negotiate.ts';
import type { OpenFile } from './open-file.ts';
import { parseRequestPath, prefixSegments, type RefusedPath, type RequestPath } from './request-path.ts';
import { Root } from './root.ts';

const ALLOW = new Field('Allow', 'GET, HEAD, OPTIONS');
const NO_CACHE = new Field('Cache-Control', 'no-cache');

const PROBLEMS: Readonly<Record<RefusedPath, ProblemCode>> = {
  malformed: 'malformed-request',
  ambiguous: 'ambiguous-path',
  forbidden: 'file-forbidden',
  missing: 'file-not-found',
};

/** The action `files`: answers with the files of one folder, as a built frontend wants them answered. */
export function createFiles(model: FilesModel): Action {
  const folder = new Folder(model);
  return function files(exchange) {
    if (exchange.bodyLength !== 0) exchange.discardBody();
    if (exchange.method === 'GET' || exchange.method === 'HEAD') return folder.answer(exchange);
    if (exchange.method !== 'OPTIONS') return replyProblem(exchange, 'method-not-allowed', { headers: [ALLOW] });
    const headers = new HeaderList();
    headers.appendField(ALLOW);
    exchange.reply(204, headers);
  };
}

/** One for all folders of the process: that's what bounds it. */
const memory = new FileMemory();

class Folder {
  private readonly root: Root;
  private readonly prefix: readonly string[];
  private readonly fallback: readonly string[] | undefined;
  private readonly index: readonly string[];

  constructor(model: FilesModel) {
    this.root = new Root(model.root, { memory });
    this.prefix = prefixSegments(model.stripPrefix);
    this.fallback = model.fallback === '' ? undefined : model.fallback.split('/').filter((part) => part !== '');
    this.index = model.index;
  }

  answer(exchange: Exchange): void {
    const path = parseRequestPath(exchange.path, this.prefix);
    if (typeof path === 'string' && path !== 'missing') return replyProblem(exchange, PROBLEMS[path]);
    this.attempt(exchange, () => {
      if (!this.root.mayHang) return this.find(exchange, path);
      // A file server that hangs keeps a thread waiting then and not the event loop.
      const asked = this.root.pathOf(path === 'missing' ? [] : path.segments);
      stat(asked, () => this.attempt(exchange, () => this.find(exchange, path)));
    });
  }

  /** Too many open files, an I/O error, or a bug cost this exchange only. */
  private attempt(exchange: Exchange, step: () => void): void {
    if (exchange.finished) return;
    try {
      step();
    } catch (error) {
      failExchange(exchange, error);
    }
  }

  private find(exchange: Exchange, path: RequestPath | 'missing'): void {
    const located = path === 'missing' ? path : locate(this.root, path, this.index);
    if (typeof located === 'object') return this.send(exchange, located, false);
    if (located === 'redirect') return redirectToFolder(exchange);
    if (located === 'forbidden') return replyProblem(exchange, 'file-forbidden');
    this.fallBack(exchange);
  }

  private fallBack(exchange: Exchange): void {
    if (this.fallback !== undefined && isNavigation(exchange) && !namesAsset(exchange.path)) {
      const page = this.root.open(this.fallback);
      if (typeof page === 'object') return this.send(exchange, page, true);
    }
    replyProblem(exchange, 'file-not-found');
  }

  private send(exchange: Exchange, file: OpenFile, isFallback: boolean): void {
    answerWith(exchange, negotiate(exchange, file, this.root), isFallback);
  }
}

/** The path has no empty segment and no backslash here, so it can't begin as `//host` does. */
function redirectToFolder(exchange: Exchange): void {
  const headers = new HeaderList();
  headers.append('Location', `${exchange.path}/${exchange.query}`);
  // Permanent for caches means for ever, and a folder can become a route of the frontend.
  headers.appendField(NO_CACHE);
  exchange.reply(308, headers);
}
