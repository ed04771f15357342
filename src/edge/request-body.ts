import { Problem } from './answer.ts';
import { fixedLength } from './fixed-length.ts';

/** As much of a body as is kept, to send it again where a redirect asks for that. */
const REPLAY_LIMIT = 64 * 1024;

/** Who is told how far a body is. */
export interface BodyProgress {
  /** The client is to send more. */
  readonly awaitClient: () => void;
  /** The API is to take what came. */
  readonly awaitBytes: () => void;
  /** All of it is there: the API is to answer. */
  readonly awaitHead: () => void;
  /** It's no body to send. The stream ends with this too, of which not every `fetch` makes an error. */
  readonly failed: (problem: Problem) => void;
}

/** What is put into `fetch` for a body. */
export interface SentBody {
  readonly body?: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;
  /** The length to announce, where `fetch` doesn't know it by itself. */
  readonly length?: number;
}

/** A request's body on its way: small ones as bytes, larger ones as they come. */
export class RequestBody {
  private readonly request: Request;
  private readonly max: number;
  private readonly length: number | undefined;
  private kept: Uint8Array<ArrayBuffer> | undefined = undefined;
  private asked = false;
  /** Ends a stream that is under way. */
  private breakOff: ((reason: Error) => void) | undefined = undefined;

  /** @param max bytes; 0: no limit. Throws a `Problem` if the request announces more. */
  constructor(request: Request, max: number) {
    this.request = request;
    this.max = max;
    this.length = announcedLength(request.headers.get('content-length'));
    if (this.length !== undefined && this.isTooMuch(this.length)) throw this.tooLarge();
  }

  /** Whether it can be sent once more. */
  get isGone(): boolean {
    return this.asked && this.kept === undefined && this.request.body !== null;
  }

  /** The body for one request: the first time, or again if it isn't gone. */
  async send(progress: BodyProgress): Promise<SentBody> {
    const { body } = this.request;
    const { length } = this;
    if (body === null) {
      progress.awaitHead();
      return {};
    }
    if (!this.asked && length !== undefined && length <= REPLAY_LIMIT) {
      progress.awaitClient();
      this.kept = new Uint8Array(await this.request.arrayBuffer());
    }
    this.asked = true;
    if (this.kept !== undefined) {
      progress.awaitHead();
      return { body: this.kept };
    }
    const counted = this.count(body, progress);
    return length === undefined ? { body: counted } : { body: fixedLength(counted, length), length };
  }

  /** Nobody waits for the rest of it. */
  stop(): void {
    this.breakOff?.(new Error('The answer is there.'));
  }

  /** The body as it comes, watched. */
  private count(body: ReadableStream<Uint8Array>, progress: BodyProgress): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let size = 0;
    let chunks: Uint8Array[] | undefined = [];
    const cancel = (reason: unknown): void => {
      this.breakOff = undefined;
      reader.cancel(reason).catch(() => {});
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.breakOff = (reason) => {
            cancel(reason);
            controller.error(reason);
          };
        },
        pull: async (controller) => {
          progress.awaitClient();
          const { done, value } = await reader.read();
          // Not any more: it was broken off meanwhile.
          if (this.breakOff === undefined) return;
          if (done) {
            this.breakOff = undefined;
            if (chunks !== undefined) this.kept = joined(chunks, size);
            progress.awaitHead();
            return controller.close();
          }
          size += value.byteLength;
          if (this.isTooMuch(size)) {
            const problem = this.tooLarge();
            progress.failed(problem);
            return this.breakOff(problem);
          }
          if (size > REPLAY_LIMIT) chunks = undefined;
          else chunks?.push(value.slice());
          progress.awaitBytes();
          controller.enqueue(value);
        },
        cancel,
      },
      { highWaterMark: 0 },
    );
  }

  private isTooMuch(size: number): boolean {
    return this.max > 0 && size > this.max;
  }

  private tooLarge(): Problem {
    return new Problem('body-too-large', `At most ${this.max} bytes are accepted.`);
  }
}

/** What Content-Length says; undefined for none, or none that can be. */
export function announcedLength(value: string | null): number | undefined {
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
