/** Origins that are easily taken for this one: another scheme, `www.`, `localhost` for 127.0.0.1, a slash at the end. */
export function nearOrigins(origin: string): string[] {
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return [];
  const url = new URL(origin);
  const variant = (changes: { protocol?: string; hostname?: string }): string => {
    const port = url.port === '' ? '' : `:${url.port}`;
    return `${changes.protocol ?? url.protocol}//${changes.hostname ?? url.hostname}${port}`;
  };
  const near = [variant({ protocol: url.protocol === 'http:' ? 'https:' : 'http:' }), `${origin}/`];
  if (url.hostname === 'localhost') near.push(variant({ hostname: '127.0.0.1' }));
  else if (url.hostname === '127.0.0.1') near.push(variant({ hostname: 'localhost' }));
  else if (url.hostname.startsWith('www.')) near.push(variant({ hostname: url.hostname.slice(4) }));
  else near.push(variant({ hostname: `www.${url.hostname}` }));
  return near;
}
