/** What a parser makes of one message. Text is one char a byte. */
export interface Message {
  /** The method, or the status. */
  start: string;
  /** The request target as sent; '' for a response. */
  target: string;
  /** 10 or 11. */
  version: number;
  /** Names and values in turn, as written, values without the white space around them. */
  headers: string[];
  body: string;
  /** As `headers`. */
  trailers: string[];
  /** Whether the message's end was seen. */
  complete: boolean;
  /** Whether the connection may carry another message afterwards. */
  keepAlive: boolean;
}

/** What a parser makes of a stream of bytes. */
export interface Reading {
  readonly messages: Message[];
  /** '' unless the parser refused the stream: then why. */
  refused: string;
}
