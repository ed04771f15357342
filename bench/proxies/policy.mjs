// The CORS policy of the scenarios, whose answers every proxy gives.
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];
export const REQUEST_HEADERS = ['authorization', 'content-type', 'x-requested-with'];
export const EXPOSED = ['x-request-id'];
export const MAX_AGE = 7200;

/** The headers of a preflight's answer that don't depend on the origin. */
export const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Methods': METHODS.join(', '),
  'Access-Control-Allow-Headers': REQUEST_HEADERS.join(', '),
  'Access-Control-Max-Age': String(MAX_AGE),
  Vary: 'Origin',
};

/** The headers of any other answer that don't depend on the origin. */
export const ANSWER_HEADERS = {
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': EXPOSED.join(', '),
  Vary: 'Origin',
};
