/** What a redirect is for. */
export type RedirectKind = 'https' | 'slash' | 'login' | 'elsewhere';

const LOGIN_PATH = /(?:^|[/._-])(?:log-?in|sign-?in|sso|saml2?|oauth2?|authorize|openid-connect|cas|adfs)(?:$|[/._-])/i;
const LOGIN_HOST = /^(?:login|signin|sso|auth|accounts?|idp|id)\.|\.(?:okta|auth0|onelogin|cloudflareaccess)\.com$/i;

/** What a redirect from one URL to another is for, judged by the two alone. */
export function redirectKind(from: string, to: string): RedirectKind {
  if (!URL.canParse(to, from)) return 'elsewhere';
  const [source, target] = [new URL(from), new URL(to, from)];
  if (isLogin(target)) return 'login';
  const samePath = source.pathname === target.pathname;
  if (source.hostname === target.hostname && source.protocol === 'http:' && target.protocol === 'https:')
    return 'https';
  const withoutSlash = (path: string): string => path.replace(/\/$/, '');
  if (!samePath && source.host === target.host && withoutSlash(source.pathname) === withoutSlash(target.pathname)) {
    return 'slash';
  }
  return 'elsewhere';
}

function isLogin({ hostname, pathname }: URL): boolean {
  return LOGIN_PATH.test(pathname) || LOGIN_HOST.test(hostname);
}
