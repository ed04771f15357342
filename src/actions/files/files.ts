import type { FilesModel } from '../../config/model.ts';
import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { Action, Exchange } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';
import { failExchange, replyProblem } from '../../wire/problem.ts';
import { AbsentSiblings } from './absent-siblings.ts';
import { answerWith } from './answer.ts';
import { locate } from './locate.ts';
import { isNavigation, namesAsset } from './navigation.ts';
import { type Lookup, represent } from './representation.ts';
import { parseRequestPath, prefixSegments, type RefusedPath } from './request-path.ts';
import { closeFile, type OpenFile, Root } from './root.ts';

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

class Folder {
  private readonly lookup: Lookup;
  private readonly prefix: readonly string[];
  private readonly fallback: readonly string[] | undefined;
  private readonly index: readonly string[];

  constructor(model: FilesModel) {
    this.lookup = { root: new Root(model.root), absent: new AbsentSiblings() };
    this.prefix = prefixSegments(model.stripPrefix);
    this.fallback = model.fallback === '' ? undefined : model.fallback.split('/').filter((part) => part !== '');
    this.index = model.index;
  }

  answer(exchange: Exchange): void {
    // Too many open files, an I/O error, or a bug.
    this.find(exchange).catch((error: unknown) => failExchange(exchange, error));
  }

  private async find(exchange: Exchange): Promise<void> {
    const path = parseRequestPath(exchange.path, this.prefix);
    if (typeof path === 'string' && path !== 'missing') return replyProblem(exchange, PROBLEMS[path]);
    const located = path === 'missing' ? path : await locate(this.lookup.root, path, this.index);
    if (typeof located === 'object') return this.send(exchange, located, false);
    if (located === 'redirect') return redirectToFolder(exchange);
    if (located === 'forbidden') return replyProblem(exchange, 'file-forbidden');
    await this.fallBack(exchange);
  }

  private async fallBack(exchange: Exchange): Promise<void> {
    if (this.fallback !== undefined && isNavigation(exchange) && !namesAsset(exchange.path)) {
      const page = await this.lookup.root.open(this.fallback);
      if (typeof page === 'object') return this.send(exchange, page, true);
    }
    replyProblem(exchange, 'file-not-found');
  }

  private async send(exchange: Exchange, file: OpenFile, isFallback: boolean): Promise<void> {
    const representation = await represent(exchange, file, this.lookup);
    // Whoever left meanwhile would leave the descriptor open.
    if (exchange.finished) return closeFile(representation.file);
    answerWith(exchange, representation, isFallback);
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
